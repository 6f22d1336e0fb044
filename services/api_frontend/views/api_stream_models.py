"""What the API answers for the streams of a channel."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from api_frontend.data.recaps.recap import Recap
from api_frontend.data.stored_moment import StoredMoment
from api_frontend.text.recap.night_words import peak_address
from api_frontend.views.api_models import MomentModel, summary
from contracts.chat_messages import VIEWERS_EVERY_SECONDS
from stream_recaps.felt import RecapEmote

HOUR = timedelta(hours=1)


class StreamModel(BaseModel):
    """A broadcast."""

    id: str = Field(description="Twitch's id")
    title: str
    game: str = Field(examples=["Elden Ring"])
    language: str = Field(description="Twitch's code", examples=["en"])
    started_at: datetime
    ended_at: datetime | None = Field(description="null while it is live, and where its end was not seen")
    is_live: bool
    moments: int = Field(description="how often its chat erupted")
    viewers_peak: int | None = Field(description="null where nobody has counted them")
    viewers_mean: int | None


class StreamList(BaseModel):
    """A channel's streams, newest first."""

    items: list[StreamModel]
    next: int | None = Field(description="the next page's `cursor`; null at the end")


class NightCurveModel(BaseModel):
    """Chat by the minute, one entry each."""

    from_at: int = Field(description="start of the first minute, milliseconds since 1970")
    messages: list[int]
    people: list[int] = Field(description="distinct people in the loudest second of each minute")
    unread_seconds: list[int] = Field(description="seconds of each minute that nobody read: their counts mean nothing")


class UsedEmoteModel(BaseModel):
    """An emote and how often it was used."""

    provider: str
    id: str
    name: str
    uses: int


class HourModel(BaseModel):
    """An hour of the stream, from its start on."""

    from_at: datetime
    moods: dict[str, float] = Field(description="shares among the uses of emotes that say a mood, 0 to 1")
    emotes: list[UsedEmoteModel] = Field(description="the most used ones first")


class ChangeModel(BaseModel):
    """What the stream was called from then on."""

    at: datetime
    title: str
    game: str


class RaidModel(BaseModel):
    """A raid that arrived; who raided is not kept."""

    at: datetime
    viewers: int | None


class RecapMomentModel(MomentModel):
    """A moment of the stream."""

    watch_url: str | None = Field(description="its clip, else the recording at the clip's start; null for neither")


class ViewerPlaceModel(BaseModel):
    """A place of the stream that viewers clipped and no moment of ours is at."""

    started_at: datetime
    ended_at: datetime
    viewers: int = Field(description="how many people made clips of it")
    views: int = Field(description="of all their clips")
    url: str | None = Field(description="the most viewed clip")


class RecapModel(StreamModel):
    """A stream's recap."""

    counted_until: datetime | None = Field(description="up to when its chat is counted; null: nothing of it is")
    previous: str | None = Field(description="id of the stream before")
    next: str | None = Field(description="id of the stream after")
    curve: NightCurveModel
    viewers: list[int | None] = Field(description=f"a number for each {VIEWERS_EVERY_SECONDS} seconds, null if unknown")
    hours: list[HourModel]
    emotes: list[UsedEmoteModel] = Field(description="of the whole stream, the most used ones first")
    changes: list[ChangeModel] = Field(description="titles and games; the first is what it began with")
    raids: list[RaidModel]
    best: list[str] = Field(description="ids of its moments, best first")
    found_by_viewers: list[ViewerPlaceModel] = Field(description="what most viewers clipped first, at most 24")
    items: list[RecapMomentModel] = Field(description="its moments in the order of time")


def emote_models(emotes: Sequence[RecapEmote]) -> list[UsedEmoteModel]:
    """Convert emotes."""
    return [UsedEmoteModel(provider=each.provider, id=each.id, name=each.name, uses=each.uses) for each in emotes]


def moment_models(recap: Recap, moments: Sequence[StoredMoment]) -> list[RecapMomentModel]:
    """Convert the stream's moments."""
    return [
        RecapMomentModel.model_validate(summary(each) | {"watch_url": peak_address(recap, each)}) for each in moments
    ]


def curve_model(recap: Recap) -> NightCurveModel:
    """Convert the minutes."""
    minutes = recap.minutes
    return NightCurveModel(
        from_at=minutes.from_at,
        messages=list(minutes.messages),
        people=list(minutes.people),
        unread_seconds=list(minutes.unread),
    )


def place_models(recap: Recap) -> list[ViewerPlaceModel]:
    """Convert what viewers alone found."""
    names = ViewerPlaceModel.model_fields
    return [ViewerPlaceModel(**{name: getattr(each, name) for name in names}) for each in recap.viewer_places]


def recap_model(recap: Recap, moments: Sequence[StoredMoment]) -> RecapModel:
    """Convert a recap."""
    stream = recap.stream
    return RecapModel(
        id=stream.stream_id,
        title=stream.title,
        game=stream.game_name,
        language=stream.language,
        started_at=stream.started_at,
        ended_at=stream.ended_at,
        is_live=recap.is_live,
        moments=len(recap.eruptions),
        viewers_peak=recap.viewers_peak,
        viewers_mean=recap.viewers_mean,
        counted_until=recap.counted_until,
        previous=stream.previous_id,
        next=stream.next_id,
        curve=curve_model(recap),
        viewers=list(recap.viewers),
        hours=[
            HourModel(from_at=stream.started_at + place * HOUR, moods=hour.moods, emotes=emote_models(hour.emotes))
            for place, hour in enumerate(recap.hours)
        ],
        emotes=emote_models(recap.emotes),
        changes=[ChangeModel(at=each.changed_at, title=each.title, game=each.game_name) for each in recap.changes],
        raids=[RaidModel(at=each.sent_at, viewers=each.viewers) for each in recap.raids],
        best=recap.best_ids,
        found_by_viewers=place_models(recap),
        items=moment_models(recap, moments),
    )
