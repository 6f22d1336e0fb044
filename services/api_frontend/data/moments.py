"""The moments as Postgres has them: pages of the list, single ones, and what changed lately."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog
from psycopg.rows import DictRow

from api_frontend.data.cursor import Cursor
from api_frontend.data.database import Database, queries
from api_frontend.data.filters import Filter
from contracts.moments import Evidence, NoClipReason

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)
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
EVIDENCE = msgspec.json.Decoder(Evidence)

log = structlog.get_logger()


@dataclass(frozen=True)
class Channel:
    """A broadcaster. Before its name is known, `login` is None."""

    channel_id: str
    login: str | None
    display_name: str


@dataclass(frozen=True)
class ClipState:
    """What became of the moment's clip; see `contracts.clips`."""

    status: str
    decided_at: datetime
    reason: str
    title: str
    duration_seconds: float | None
    clip_id: str | None
    url: str | None
    embed_url: str | None
    thumbnail_url: str | None
    vod_url: str | None


@dataclass(frozen=True)
class StoredMoment:
    """One moment with its channel and clip. `version` changes whenever the moment or its clip does.

    The fields that the contract has too are explained there: `contracts.moments.Moment`.
    """

    moment_id: str
    revision_number: int
    version: str
    changed_at: datetime
    channel: Channel
    detector_name: str
    detector_version: int
    stream_id: str | None
    stream_started_at: datetime | None
    crossed_at: datetime
    peak_at: datetime
    closed_at: datetime | None
    score: float
    times_usual: float
    causes: list[str]
    mood: str | None
    mood_share: float | None
    biggest_in_seconds: int | None
    clip_from_at: datetime | None
    clip_until_at: datetime | None
    no_clip_reason: NoClipReason | None
    shadow: bool
    evidence: Evidence
    clip: ClipState | None


@dataclass(frozen=True)
class Page:
    """Moments of one page, newest first, and where the next one begins."""

    moments: list[StoredMoment]
    next: Cursor | None


@dataclass(frozen=True)
class Version:
    """How a moment looked when it last changed."""

    moment_id: str
    version: str
    changed_at: datetime


def web_address(text: str | None) -> str | None:
    """An address that a browser may be sent to, or None: what is stored came from elsewhere."""
    return text if text and text.startswith(("https://", "http://")) else None


def evidence_in(stored: str, moment_id: str) -> Evidence:
    """The evidence in stored JSON; one that does not fit the contract shows as none."""
    try:
        return EVIDENCE.decode(stored)
    except msgspec.ValidationError as error:
        log.warning("evidence not understood", moment_id=moment_id, reason=str(error))
        return NO_EVIDENCE


def clip_in(row: DictRow) -> ClipState | None:
    """The clip's columns of a row, where there is a clip."""
    if row["status"] is None:
        return None
    return ClipState(
        row["status"],
        row["decided_at"],
        row["reason"],
        row["title"],
        row["duration_seconds"],
        row["clip_id"],
        web_address(row["url"]),
        web_address(row["embed_url"]),
        web_address(row["thumbnail_url"]),
        web_address(row["vod_url"]),
    )


def moment_in(row: DictRow) -> StoredMoment:
    """The moment that a row of `by_ids` holds."""
    same = (
        "moment_id",
        "revision_number",
        "changed_at",
        "detector_name",
        "detector_version",
        "stream_id",
        "stream_started_at",
        "crossed_at",
        "peak_at",
        "closed_at",
        "score",
        "times_usual",
        "causes",
        "mood",
        "mood_share",
        "biggest_in_seconds",
        "clip_from_at",
        "clip_until_at",
        "no_clip_reason",
        "shadow",
    )
    channel_id = row["channel_id"]
    return StoredMoment(
        version=f"{row['revision_number']}.{row['clip_revision'] or 0}",
        channel=Channel(channel_id, row["login"], row["display_name"] or f"channel {channel_id}"),
        evidence=evidence_in(row["evidence"], row["moment_id"]),
        clip=clip_in(row),
        **{name: row[name] for name in same},
    )


class Moments:
    """Reads moments. Every method raises `PostgresAwayError` where Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_ids(self, ids: Iterable[str]) -> list[StoredMoment]:
        """The moments of these ids that exist, in the order of the ids."""
        wanted = list(ids)
        if not wanted:
            return []
        rows = await self._database.rows(queries.by_ids.sql, {"ids": wanted})
        found = {row["moment_id"]: moment_in(row) for row in rows}
        return [found[moment_id] for moment_id in wanted if moment_id in found]

    async def one(self, moment_id: str) -> StoredMoment | None:
        """One moment, or None."""
        found = await self.by_ids([moment_id])
        return found[0] if found else None

    async def channel_named(self, name: str) -> Channel | None:
        """The channel with this login; digits that are no login are taken for an id."""
        rows = await self._database.rows(queries.channel_by_login.sql, {"login": name})
        if rows:
            return Channel(**rows[0])
        return Channel(name, None, f"channel {name}") if name.isdigit() else None

    async def page(self, wanted: Filter, channel: Channel | None, most: int) -> Page:
        """The newest `most` moments of the filter; `channel` is what its name leads to, None for all."""
        places = await self.places(wanted, channel, most + 1)
        moments = await self.by_ids(place.moment_id for place in places[:most])
        return Page(moments, places[most - 1] if len(places) > most else None)

    async def places(self, wanted: Filter, channel: Channel | None, most: int) -> list[Cursor]:
        """The places of that page, newest first; a made clip has one before its moment is recorded."""
        before = min(wanted.after or Cursor(END, ""), Cursor(wanted.until_at or END, ""), key=cursor_order)
        parameters = {
            "from_at": wanted.from_at or BEGINNING,
            "before_at": before.crossed_at,
            "before_id": before.moment_id,
            "most": most,
            "channel_id": channel.channel_id if channel else None,
            "mood": wanted.mood,
            "cause": wanted.cause,
            "clips_only": wanted.clips_only,
        }
        rows = await self._database.rows(question(wanted, channel is not None).sql, parameters)
        return [Cursor(**row) for row in rows]

    async def recent_versions(self, most: int) -> list[Version]:
        """How the newest moments look now."""
        rows = await self._database.rows(queries.recent_versions.sql, {"most": most})
        return [
            Version(row["moment_id"], f"{row['revision_number']}.{row['clip_revision']}", row["changed_at"])
            for row in rows
        ]


def question(wanted: Filter, of_channel: bool) -> Any:
    """The query that walks the index which narrows most."""
    if wanted.shadow:
        return queries.shadow_places
    if wanted.mood or wanted.cause:
        if of_channel:
            return queries.places_of_channel_and_mood if wanted.mood else queries.places_of_channel_and_cause
        return queries.places_of_mood if wanted.mood else queries.places_of_cause
    if wanted.clips_only:
        return queries.newest_clip_places_of_channel if of_channel else queries.newest_clip_places
    return queries.newest_places_of_channel if of_channel else queries.newest_places


def cursor_order(place: Cursor) -> tuple[datetime, str]:
    """Order of places, oldest first."""
    return (place.crossed_at, place.moment_id)
