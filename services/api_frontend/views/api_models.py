"""What the API answers: typed, derived from the contract, and filled from what Postgres holds."""

from datetime import datetime
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from pydantic import BaseModel, ConfigDict, Field, create_model

from api_frontend.data.lists import cursor as cursors
from api_frontend.data.moments import Page
from api_frontend.data.stored_moment import ClipState, StoredMoment, utc
from api_frontend.text.lead import lead, why
from contracts.clips import ClipStatus
from contracts.moments import Moment

Scalar = str | int | float | bool | None
COUNTED = ("window_seconds", "window_messages", "window_chatters", "expected_chatters")  # from the evidence
RESHAPED = {  # fields of the contract that are answered in another form
    "schema_version",
    "moment_id",
    "revision",
    "revision_number",
    "detector_name",
    "detector_version",
    "channel_id",
    "evidence",
}
PARTS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def answered(name: str, kind: Any) -> tuple[Any, Any]:
    """Return type and description of a contract's field as the API answers it: a time is an ISO 8601 text."""
    description = None
    if get_origin(kind) is Annotated:
        kind, meta = get_args(kind)
        description = meta.description
    if name.endswith("_at"):
        kind = datetime | None if NoneType in get_args(kind) else datetime
    return kind, Field(description=description)


CONTRACT_FIELDS = {
    name: answered(name, kind)
    for name, kind in get_type_hints(Moment, include_extras=True).items()
    if name not in RESHAPED
}


class ChannelModel(BaseModel):
    """A broadcaster."""

    id: str = Field(description="Twitch's id")
    login: str | None = Field(description="null until it is known")
    display_name: str


class ClipModel(BaseModel):
    """What became of the clip."""

    status: ClipStatus = Field(description="`intent` while it is being made; `unknown` if Twitch never confirmed it")
    decided_at: datetime
    reason: str = Field(description="why there is no clip; may be empty")
    title: str
    duration_seconds: float | None
    id: str | None = Field(description="Twitch's id")
    url: str | None = Field(description="the clip on Twitch")
    embed_url: str | None = Field(description="the clip's player; add `&parent=` with your domain")
    thumbnail_url: str | None
    vod_url: str | None = Field(description="the recording at that second, where there is no clip")


class CountModel(BaseModel):
    """How often an emote or a word was used, and by how many people."""

    name: str
    uses: int
    chatters: int = Field(description="distinct people")


class StreamModel(BaseModel):
    """The stream when the moment happened; empty texts where that is unknown."""

    title: str
    game: str = Field(examples=["Elden Ring"])
    language: str = Field(description="Twitch's code", examples=["en"])


class MomentHead(BaseModel):
    """What identifies and explains a moment."""

    id: str
    revision: int = Field(description="1 raised, 2 peaked, 3 closed; a higher one replaces a lower one")
    changed_at: datetime = Field(description="when it, or its clip, last changed: for `changed_since`")
    channel: ChannelModel
    stream: StreamModel
    lead: str = Field(description="what the crowd did", examples=["Chat burst out laughing · KEKW"])
    why: str = Field(
        description="what the crowd did, and how many people wrote",
        examples=["Chat burst out laughing · LUL: 212 people at once, usually 20 (11×)"],
    )


ContractMoment = create_model("ContractMoment", __base__=MomentHead, **CONTRACT_FIELDS)  # type: ignore[call-overload]


class MomentModel(ContractMoment):  # type: ignore[valid-type, misc]  # its fields are the contract's
    """A burst of chat worth a clip. All times are UTC. Later versions may add fields."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Scalar] = Field(init=False)

    window_seconds: int = Field(description="length of the window, which ends with the peak")
    window_messages: int = Field(description="messages in the window")
    window_chatters: int = Field(description="distinct people who wrote in the window")
    expected_chatters: float = Field(description="people who usually write in such a window; 0 if not known")
    cause: str | None = Field(description="the first of `causes`")
    detector: str = Field(examples=["crowd 1"], description="name and version")
    clip: ClipModel | None = Field(description="null if none was requested")
    viewer_clips: int = Field(description="how many viewers clipped it on Twitch, as far as we have asked")
    viewer_clip_url: str | None = Field(description="the most viewed of their clips")


class CurveModel(BaseModel):
    """Chat activity, one entry per second."""

    from_at: int = Field(description="start of the first second, milliseconds since 1970")
    messages: list[int]
    chatters: list[int] = Field(description="distinct people in each second")
    covered: list[int] = Field(description="0 if chat was not read in that second, so that its counts mean nothing")


class MomentDetail(MomentModel):
    """A moment with its evidence."""

    curve: CurveModel
    emotes: list[CountModel]
    words: list[CountModel]
    usual_messages_per_second: float = Field(description="mean before the moment")
    usual_chatters_per_second: float = Field(description="mean before the moment")


KNOWN = {*Moment.__struct_fields__, *MomentDetail.model_fields}


class MomentPage(BaseModel):
    """Moments, newest first."""

    items: list[MomentModel]
    next: str | None = Field(description="the next page's `cursor`; null at the end")
    as_of: datetime | None = Field(default=None, description="with `changed_since`: what to ask with the next time")


def clip_model(clip: ClipState | None) -> ClipModel | None:
    """Convert a clip."""
    if clip is None:
        return None
    fields = {name: getattr(clip, name) for name in ClipModel.model_fields if name != "id"}
    return ClipModel(id=clip.clip_id, **fields)


def contract_fields(document: Moment) -> dict[str, object]:
    """Return the contract's fields as the API answers them."""
    fields = {name: getattr(document, name) for name in CONTRACT_FIELDS}
    return fields | {name: utc(at) for name, at in fields.items() if name.endswith("_at") and at is not None}


def newer_fields(stored: str) -> dict[str, object]:
    """Return the scalars of a stored document that only a newer version's contract knows."""
    unknown = {name: msgspec.json.decode(raw) for name, raw in PARTS.decode(stored).items() if name not in KNOWN}
    return {name: value for name, value in unknown.items() if isinstance(value, Scalar)}


def summary(moment: StoredMoment) -> dict[str, object]:
    """Return the fields that the list and the single moment share."""
    document, channel = moment.document, moment.channel
    return {
        **newer_fields(moment.stored),
        **contract_fields(document),
        **{name: getattr(document.evidence, name) for name in COUNTED},
        "id": document.moment_id,
        "revision": document.revision_number,
        "channel": ChannelModel(id=channel.channel_id, login=channel.login, display_name=channel.display_name),
        "changed_at": moment.changed_at,
        "stream": StreamModel(title=moment.stream.title, game=moment.stream.game_name, language=moment.stream.language),
        "lead": lead(document),
        "why": why(document),
        "cause": document.causes[0] if document.causes else None,
        "detector": f"{document.detector_name} {document.detector_version}",
        "clip": clip_model(moment.clip),
        "viewer_clips": moment.clipped_by.viewers if moment.clipped_by else 0,
        "viewer_clip_url": moment.clipped_by.url if moment.clipped_by else None,
    }


def page_model(page: Page) -> MomentPage:
    """Convert a page of the list."""
    items = [MomentModel.model_validate(summary(moment)) for moment in page.moments]
    return MomentPage(items=items, next=cursors.encode(page.next) if page.next else None)


def detail_model(moment: StoredMoment) -> MomentDetail:
    """Convert one moment with its evidence."""
    evidence = moment.document.evidence
    detail: MomentDetail = MomentDetail.model_validate(
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
    return detail
