"""The API's emotes: the most used over all channels and of one, series, and the live line of a graph."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from pydantic import BeforeValidator

from api_frontend.data.channels import KnownChannel
from api_frontend.data.emotes.live_graphs import EmoteNews
from api_frontend.data.lists.filters import MOST_ITEMS
from api_frontend.data.lists.parameters import in_zone, none_if_empty
from api_frontend.data.live import News
from api_frontend.middleware.errors import ERROR_ANSWERS, NOT_FOUND_ANSWER
from api_frontend.rendering import SHARED
from api_frontend.text.problems import no_channel
from api_frontend.views.api_emote_models import (
    EmoteBoardModel,
    EmotePage,
    EmoteSeriesItem,
    EmoteSeriesModel,
    PlacedEmoteModel,
    UsedEmoteModel,
)
from api_frontend.views.api_events import text_of
from api_frontend.views.api_lists import LOGIN
from api_frontend.views.api_moments import Limit
from api_frontend.views.asked_emotes import (
    AskedEmotes,
    Emotes,
    From,
    Named,
    NamePart,
    Provider,
    StepSeconds,
    Until,
    checked,
    opened,
    unique,
)
from api_frontend.views.events import LiveLine
from api_frontend.views.known_parameters import only_known
from api_frontend.views.language_parameter import language
from api_frontend.views.site import CurrentSite
from emote_counts.reading import milliseconds

MOST_LISTED = 1_000  # emotes, over all pages
READING = [Depends(only_known), Depends(language)]
EXAMPLE = (
    "retry: 3000\r\nevent: emotes\r\n"
    'data: {"until":1795367057000,"minutes":[{"at":1795367040000,"emotes":[[[3,1],[9,4]]],"people":[5]}]}\r\n\r\n'
)
STREAM: dict[str, Any] = {
    "description": "`emotes`: minutes that have changed (`at`, ms since 1970 UTC), for each emote that was asked for, "
    "in that order, pairs of a second of the minute and its uses, and its people; what is not listed until `until` is "
    "0. `freshness`: as in `/events`",
    "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EXAMPLE}},
}
After = Annotated[
    Annotated[str, Query(pattern=r"^\d{1,4}$")] | None,
    BeforeValidator(none_if_empty),
    Query(description="`next` of the previous page"),
]


async def shared(response: Response) -> None:
    """Let caches keep the answer for some seconds."""
    response.headers["Cache-Control"] = SHARED


async def known_channel(site: CurrentSite, login: Annotated[str, Path(pattern=LOGIN)]) -> KnownChannel:
    """Find a channel by its login or id."""
    known = await site.channels.named(login)
    if known is None:
        raise HTTPException(404, no_channel(login))
    return known


async def asked_by_program(
    emote: Emotes = [],  # noqa: B006  # FastAPI copies it
    period: Named = None,
    from_at: From = None,
    until: Until = None,
    step: StepSeconds = None,
) -> AskedEmotes:
    """Read what is asked for; times without a zone are UTC."""
    begin, end = in_zone(from_at, "UTC"), in_zone(until, "UTC")
    now = datetime.now(UTC)
    return checked(AskedEmotes(keys=unique(emote), period=period, from_at=begin, until_at=end, step=step, now=now))


async def asked_time(period: Named = None, from_at: From = None, until: Until = None) -> AskedEmotes:
    """Read the time that is asked for."""
    return await asked_by_program([], period, from_at, until, None)


router = APIRouter(prefix="/api/v1", tags=["emotes"], responses=ERROR_ANSWERS, dependencies=READING)
OfChannel = Annotated[KnownChannel, Depends(known_channel)]
Asked = Annotated[AskedEmotes, Depends(asked_by_program)]
AskedTime = Annotated[AskedEmotes, Depends(asked_time)]
KEPT = [Depends(shared)]


@router.get("/emotes", dependencies=KEPT)
async def emotes(site: CurrentSite, limit: Annotated[int, Query(ge=1, le=MOST_ITEMS)] = 25) -> EmoteBoardModel:
    """List the most used emotes over all channels, of the last five minutes and of today."""
    board = await site.board.read()
    return EmoteBoardModel(
        now=[PlacedEmoteModel.placed(each) for each in board.now[:limit]],
        today=[PlacedEmoteModel.placed(each) for each in board.today[:limit]],
        today_until=board.today_until,
    )


@router.get("/channels/{login}/emotes", dependencies=KEPT, responses=NOT_FOUND_ANSWER)
async def channel_emotes(
    site: CurrentSite,
    known: OfChannel,
    asked: AskedTime,
    provider: Provider = None,
    q: NamePart = None,
    limit: Limit = 25,
    cursor: After = None,
) -> EmotePage:
    """List a channel's most used emotes of a time: the last hour if none is given, or any that began 30 days ago."""
    asked = replace(asked, provider=provider, name_part=q)
    begin = int(cursor or 0)
    most = min(begin + limit + 1, MOST_LISTED)
    period = asked.window.period
    found = await site.emotes.top(
        known.channel.channel_id,
        milliseconds(asked.from_at) if asked.from_at else period.from_at,
        min(milliseconds(asked.until_at or asked.now), period.until_at),
        most=most,
        providers=asked.providers,
        name_part=asked.name_part or "",
    )
    following = str(begin + limit) if len(found) > begin + limit else None
    return EmotePage(items=[UsedEmoteModel.of(each) for each in found[begin : begin + limit]], next=following)


@router.get("/channels/{login}/emotes/series", dependencies=KEPT, responses=NOT_FOUND_ANSWER)
async def emote_series(site: CurrentSite, known: OfChannel, asked: Asked) -> EmoteSeriesModel:
    """Return how often up to five emotes were used, step by step; without `emote` those of the busiest three.

    At most 1,500 steps: where there were more, the next longer step serves, and `step` says which.
    """
    channel_id = known.channel.channel_id
    asked = await opened(site, channel_id, asked)
    shown, found = await site.emotes.series(channel_id, asked.keys, asked.window.period)
    items = [EmoteSeriesItem.of(emote, each) for emote, each in zip(shown, found, strict=True)]
    return EmoteSeriesModel.of(channel_id, asked.window.period, items)


@router.head("/channels/{login}/emotes/events", include_in_schema=False)
@router.get("/channels/{login}/emotes/events", responses=NOT_FOUND_ANSWER | {200: STREAM}, response_class=Response)
async def emote_events(request: Request, site: CurrentSite, known: OfChannel, emote: Emotes) -> Response:
    """Stream the new seconds of up to five emotes as server-sent events, some seconds after they were used."""
    keys = [str(key) for key in unique(emote)]

    def write(news: News) -> str:
        return news.of(keys) if isinstance(news, EmoteNews) else text_of(news)

    client = site.clients.of(request.scope)
    return LiveLine(site, client, lambda found: False, None, write, known.channel.channel_id)
