"""A moment as Postgres holds it: the contract's document, its channel and its clip."""

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
import structlog
from msgspec import structs
from psycopg.rows import DictRow

from api_frontend.data.viewers.viewer_place import ClippedBy
from contracts.clips import ClipStatus
from contracts.moments import Evidence, Moment
from moment_detection.hidden_words import HiddenWords

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NO_EVIDENCE = Evidence(
    curve_from_at=0,
    messages=[],
    chatters=[],
    covered=[],
    window_seconds=0,
    window_messages=0,
    window_chatters=0,
    usual_messages_per_second=0.0,
    usual_chatters_per_second=0.0,
    emotes=[],
    words=[],
)
ADDRESSES = ("url", "embed_url", "thumbnail_url", "vod_url")
DOCUMENT = msgspec.json.Decoder(Moment)

log = structlog.get_logger()


@dataclass(frozen=True)
class Channel:
    """A broadcaster. `login` is None until the name is known."""

    channel_id: str
    login: str | None
    display_name: str


@dataclass(frozen=True, kw_only=True)
class StreamFacts:
    """What the stream was when the moment was recorded; empty texts where that is unknown. `language` is a code."""

    title: str = ""
    game_name: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class ClipState:
    """What became of the moment's clip; see `contracts.clips`."""

    status: ClipStatus
    decided_at: datetime
    reason: str
    title: str
    duration_seconds: float | None
    clip_id: str | None
    url: str | None
    embed_url: str | None
    thumbnail_url: str | None
    vod_url: str | None


@dataclass(frozen=True, kw_only=True)
class StoredMoment:
    """One moment with its channel and clip. `version` changes whenever the moment, its clip or its viewers do.

    `stored` is the document's JSON: it may have fields that this version's contract does not know.
    """

    document: Moment
    stored: str
    version: str
    changed_at: datetime
    channel: Channel
    clip: ClipState | None
    stream: StreamFacts = StreamFacts()
    grade: int = 0  # how good it is within its channel: docs/best.md
    words: frozenset[str] = frozenset()  # what a search finds it by
    clipped_by: ClippedBy | None = None  # viewers, on Twitch; None: nobody has

    @property
    def moment_id(self) -> str:
        """The moment's id."""
        return self.document.moment_id

    @property
    def crossed_at(self) -> datetime:
        """When chat erupted; the list is in this order."""
        return utc(self.document.crossed_at)

    def without(self, hidden: HiddenWords) -> "StoredMoment":
        """Return it without the emotes and words that pages never show."""
        evidence = hidden.shown(self.document.evidence)
        if evidence is self.document.evidence:
            return self
        return dataclasses.replace(self, document=structs.replace(self.document, evidence=evidence))

    def place(self, order: str) -> tuple[int, datetime, str]:
        """Return its position in a list of this order, for comparing."""
        return self.grade if order == "best" else 0, self.crossed_at, self.moment_id

    @property
    def has_clip(self) -> bool:
        """Whether its clip was made."""
        return self.clip is not None and self.clip.status == "made"


def utc(time_ms: int) -> datetime:
    """Convert milliseconds since 1970."""
    return EPOCH + timedelta(milliseconds=time_ms)


def web_address(text: str | None) -> str | None:
    """Return an address that a browser may be sent to, or None: what is stored came from elsewhere."""
    return text if text and text.startswith(("https://", "http://")) else None


def document_in(stored: str) -> Moment:
    """Decode a stored document; evidence that does not fit the contract is left out.

    Raises msgspec.ValidationError if the rest does not fit either.
    """
    try:
        return DOCUMENT.decode(stored)
    except msgspec.ValidationError as error:
        fields = msgspec.json.decode(stored) | {"evidence": msgspec.to_builtins(NO_EVIDENCE)}
        document = msgspec.convert(fields, Moment)
        log.warning("evidence not understood", moment_id=document.moment_id, reason=str(error))
        return document


def clip_in(row: DictRow) -> ClipState | None:
    """Read the clip's columns of a row, if there is a clip."""
    if row["status"] is None:
        return None
    fields = {field.name: row[field.name] for field in dataclasses.fields(ClipState)}
    return ClipState(**fields | {name: web_address(fields[name]) for name in ADDRESSES})


def clipped_by_in(row: DictRow) -> ClippedBy | None:
    """Read how many viewers clipped it, if any did."""
    viewers = row["viewer_clips"]
    return ClippedBy(viewers, web_address(row["viewer_clip_url"])) if viewers else None


def version_of(revision: int, clip_revision: int | None, viewers: int) -> str:
    """Name the version of a moment, of its clip, and of how many viewers clipped it."""
    return ".".join(str(each) for each in (revision, clip_revision or 0, viewers or None) if each is not None)


def moment_in(row: DictRow) -> StoredMoment | None:
    """Read a row of `by_ids`; None if its document does not fit the contract."""
    try:
        document = document_in(row["document"])
    except msgspec.ValidationError as error:
        log.error("document not understood", reason=str(error))
        return None
    channel_id = document.channel_id
    return StoredMoment(
        document=document,
        stored=row["document"],
        version=version_of(document.revision_number, row["clip_revision"], row["viewer_clips"]),
        changed_at=row["changed_at"],
        channel=Channel(channel_id, row["login"], row["display_name"] or f"channel {channel_id}"),
        clip=clip_in(row),
        stream=StreamFacts(title=row["stream_title"], game_name=row["game_name"], language=row["language"]),
        grade=row["grade"],
        words=frozenset(row["words"]),
        clipped_by=clipped_by_in(row),
    )
