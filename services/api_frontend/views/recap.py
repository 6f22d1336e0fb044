"""A stream's recap: the whole night as a page that grows while it is live, and as one picture."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Query, Request, Response

from api_frontend.data.emotes.emote import EmoteKey, UsedEmote
from api_frontend.data.recaps.recap import Recap
from api_frontend.data.stored_moment import StoredMoment
from api_frontend.pictures.night import Night, night_picture
from api_frontend.rendering import READER_PAGE
from api_frontend.text.problems import no_stream
from api_frontend.text.recap.night_curve import PEAKS, draw_night
from api_frontend.text.recap.night_words import happenings_of, hours_of
from api_frontend.views.channel import LIVE_SHARED, CurrentChannel, Visited
from api_frontend.views.conditional import SHORTLY, has_it, kept_by_readers, not_modified, piece, tag_of
from api_frontend.views.social import drawn_for, language
from emote_counts.reading import TopEmote
from stream_recaps.felt import RecapEmote

LISTED = 24  # moments of a page of the list
MOST_EMOTES = 12
DESIGN = "1"  # raise it when a picture of the same stream is drawn differently
FOR_AN_HOUR = kept_by_readers(3600)

router = APIRouter(include_in_schema=False)
StreamId = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.-]+$")]
Sort = Annotated[Literal["best", "time"], Query(description="best first, or in the order of time")]
PageNumber = Annotated[int, Query(ge=1, le=100)]


@dataclass(frozen=True)
class VisitedStream:
    """The stream of an address, with its channel."""

    at: Visited
    recap: Recap

    @property
    def path(self) -> str:
        """The path of its page."""
        return f"/channels/{self.at.known.address_name}/streams/{self.recap.stream.stream_id}"

    async def peaks(self) -> list[StoredMoment]:
        """Return the moments that are named, best first."""
        return await self.at.site.moments.by_ids(self.recap.best_ids[:PEAKS])

    async def listed(self, sort: str, page: int) -> list[StoredMoment]:
        """Return the moments of a page of the list."""
        recap = self.recap
        ids = recap.best_ids if sort == "best" else [each.moment_id for each in recap.eruptions]
        return await self.at.site.moments.by_ids(ids[(page - 1) * LISTED : page * LISTED])

    async def changing(self, sort: str, page: int) -> dict[str, Any]:
        """Return what a live stream's page shows anew: its curve and its moments."""
        found = len(self.recap.eruptions)
        return {
            "recap": self.recap,
            "channel": self.at.known.channel,
            "own": self.path,
            "curve": draw_night(self.recap),
            "moments": await self.listed(sort, page),
            "numbered": {each: number for number, each in enumerate(self.recap.best_ids[:PEAKS], 1)},
            "sort": sort,
            "page": page,
            "pages": -(-found // LISTED),
            "first": (page - 1) * LISTED + 1,
        }

    async def emotes(self) -> dict[EmoteKey, UsedEmote]:
        """Return the emotes of the stream and of its hours, with their looks."""
        hours = [each for hour in self.recap.hours for each in hour.emotes]
        named = {key_of(each): each for each in [*hours, *self.recap.emotes]}
        emotes, channel_id = self.at.site.emotes, self.at.channel_id
        looks = await emotes.looks([(channel_id, key) for key in named])
        return {key: emotes.used(TopEmote(*top_of(each)), channel_id, looks) for key, each in named.items()}


def key_of(emote: RecapEmote) -> EmoteKey:
    """Return the key of an emote."""
    return EmoteKey(emote.provider, emote.id)


def top_of(emote: RecapEmote) -> tuple[str, str, str, int, int]:
    """Return an emote as a list of the most used has it."""
    return emote.provider, emote.id, emote.name, emote.uses, emote.people


async def visited_stream(at: CurrentChannel, stream_id: StreamId) -> VisitedStream:
    """Find the stream of an address. 404 for one that the channel did not have."""
    recap = await at.site.recaps.of(at.channel_id, stream_id)
    if recap is None:
        raise HTTPException(404, no_stream())
    return VisitedStream(at, recap)


CurrentStream = Annotated[VisitedStream, Depends(visited_stream)]


@router.api_route("/channels/{login}/streams/{stream_id}.png", methods=["GET", "HEAD"])
async def picture(request: Request, here: CurrentStream) -> Response:
    """Show the stream in one picture: its card on other sites."""
    recap, channel = here.recap, here.at.known.channel
    peaks = await here.peaks()
    parts = [DESIGN, language(), channel.display_name, channel.login or "", recap.stream.stream_id]
    parts += [str((recap.minutes, recap.stream.ended_at, recap.viewers_peak))]
    parts += [f"{each.moment_id} {each.crossed_at}" for each in recap.eruptions]
    key = tag_of(*parts, *(each.version for each in peaks))
    kept = SHORTLY if recap.is_live or recap.is_behind else FOR_AN_HOUR
    if has_it(request, key):
        return not_modified(key, kept)
    drawn = await drawn_for(request, here.at.site, key, lambda: night_picture(Night(channel, recap, peaks)))
    return Response(drawn, media_type="image/png", headers={"ETag": key, "Cache-Control": kept})


@router.api_route("/channels/{login}/streams/{stream_id}", methods=["GET", "HEAD"])
async def recap(here: CurrentStream, sort: Sort = "best", page: PageNumber = 1) -> Response:
    """Show the whole stream."""
    freshness = (await here.at.site.progress.read())[0]
    used = await here.emotes()
    values = await here.changing(sort, page) | {
        "freshness": freshness,
        "peaks": await here.peaks(),
        "hours": hours_of(here.recap),
        "happenings": happenings_of(here.recap),
        "emotes": [used[key_of(each)] for each in here.recap.emotes[:MOST_EMOTES]],
        "emote_of": lambda each: used[key_of(each)].emote,
        "own_name": here.at.known.address_name,
    }
    return here.at.site.renderer.page("recap.html", values, headers=READER_PAGE)


@router.get("/channels/{login}/streams/{stream_id}/live")
async def live(
    here: CurrentStream, sort: Sort = "best", page: PageNumber = 1, if_none_match: Annotated[str, Header()] = ""
) -> Response:
    """Return the piece of an open page that grows while the stream is live, as JSON; 304 while it is the same."""
    html = here.at.site.renderer.piece("_recap_live.html", **await here.changing(sort, page))
    return piece(html, if_none_match, LIVE_SHARED)
