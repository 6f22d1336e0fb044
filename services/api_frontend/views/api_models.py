"""What the API answers: typed, and made from what Postgres has."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from api_frontend.data import cursor as cursors
from api_frontend.data.moments import ClipState, Page, StoredMoment
from api_frontend.rendering import why

COUNTED = ("window_seconds", "window_messages", "window_chatters", "expected_chatters")  # from the evidence


class ChannelModel(BaseModel):
    """A broadcaster; `login` is null until its name is known."""

    id: str
    login: str | None
    display_name: str


class ClipModel(BaseModel):
    """What became of the clip. `too_late` comes with `vod_url`, the recording at that second."""

    status: Literal["intent", "made", "refused", "skipped", "unknown", "too_late"]
    decided_at: datetime
    reason: str
    title: str
    duration_seconds: float | None
    id: str | None
    url: str | None
    embed_url: str | None
    thumbnail_url: str | None
    vod_url: str | None


class CountModel(BaseModel):
    """How often an emote or a word was used, and by how many people."""

    name: str
    uses: int
    chatters: int


class MomentModel(BaseModel):
    """A burst of chat worth a clip. All times are UTC."""

    id: str
    revision: int = Field(description="1 raised, 2 peaked, 3 closed; a higher one replaces a lower one")
    channel: ChannelModel
    crossed_at: datetime = Field(description="when the score crossed the threshold; the list's order")
    peak_at: datetime
    closed_at: datetime | None
    why: str = Field(examples=["9 times its usual chat, 212 people in 7 s, LUL 140"])
    score: float
    times_usual: float = Field(description="messages in the window against what is usual")
    window_seconds: int
    window_messages: int
    window_chatters: int = Field(description="distinct people who wrote in the window")
    expected_chatters: float = Field(description="the level that the score compares with; 0: not known")
    causes: list[str] = Field(description="what brought the crowd beside the stream, the most certain first")
    cause: str | None = Field(description="the first of `causes`")
    mood: str | None = Field(description="what the crowd felt", examples=["laughter"])
    mood_share: float | None = Field(description="share of its people whose emotes or words say so, 0 to 1")
    biggest_in_seconds: int | None = Field(description="how long the channel had no peak as high; null: not known")
    clip_from_at: datetime | None = Field(description="the stretch of picture that the crowd reacted to")
    clip_until_at: datetime | None
    no_clip_reason: Literal["cause", "rate", "shadow"] | None = Field(description="null: a clip may be made")
    shadow: bool = Field(description="found by a detector on trial, for operators")
    detector: str = Field(examples=["burst 1"], description="name and version")
    stream_id: str | None
    stream_started_at: datetime | None
    clip: ClipModel | None


class CurveModel(BaseModel):
    """Counts for each second from `from_at` on; where `covered` is 0, nobody read that second."""

    from_at: int = Field(description="milliseconds since 1970")
    messages: list[int]
    chatters: list[int]
    covered: list[int]


class MomentDetail(MomentModel):
    """A moment with its evidence."""

    curve: CurveModel
    emotes: list[CountModel]
    words: list[CountModel]
    usual_messages_per_second: float
    usual_chatters_per_second: float


class MomentPage(BaseModel):
    """Moments, newest first. `next` is the cursor of the following page, null at the end."""

    items: list[MomentModel]
    next: str | None


def clip_model(clip: ClipState | None) -> ClipModel | None:
    """The clip as the API shows it."""
    if clip is None:
        return None
    fields = {name: getattr(clip, name) for name in ClipModel.model_fields if name != "id"}
    return ClipModel(id=clip.clip_id, **fields)


def summary(moment: StoredMoment) -> dict[str, object]:
    """The fields that the list and the single moment share."""
    special = {"id", "revision", "channel", "why", "cause", "detector", "clip", *COUNTED}
    same = [name for name in MomentModel.model_fields if name not in special]
    channel = moment.channel
    return {
        "id": moment.moment_id,
        "revision": moment.revision_number,
        "channel": ChannelModel(id=channel.channel_id, login=channel.login, display_name=channel.display_name),
        "why": why(moment),
        "cause": moment.causes[0] if moment.causes else None,
        "detector": f"{moment.detector_name} {moment.detector_version}",
        "clip": clip_model(moment.clip),
        **{name: getattr(moment, name) for name in same},
        **{name: getattr(moment.evidence, name) for name in COUNTED},
    }


def page_model(page: Page) -> MomentPage:
    """A page of the list."""
    items = [MomentModel.model_validate(summary(moment)) for moment in page.moments]
    return MomentPage(items=items, next=cursors.encode(page.next) if page.next else None)


def detail_model(moment: StoredMoment) -> MomentDetail:
    """One moment with its evidence."""
    evidence = moment.evidence
    return MomentDetail.model_validate(
        summary(moment)
        | {
            "curve": CurveModel(
                from_at=evidence.curve_from_at,
                messages=evidence.messages,
                chatters=evidence.chatters,
                covered=evidence.covered,
            ),
            "emotes": [CountModel(name=one.name, uses=one.uses, chatters=one.chatters) for one in evidence.emotes],
            "words": [CountModel(name=one.word, uses=one.uses, chatters=one.chatters) for one in evidence.words],
            "usual_messages_per_second": evidence.usual_messages_per_second,
            "usual_chatters_per_second": evidence.usual_chatters_per_second,
        }
    )
