"""Clips that a channel's own people ask for: an intent is written before Twitch is asked, its outcome after that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg.rows import DictRow

from api_frontend.data.database import Database, queries
from contracts import metrics
from service_runtime.measures import measure
from twitch_access.answers import FoundClip
from twitch_access.recorded import Stretch

State = Literal["intent", "asked", "made", "refused", "unknown"]


@dataclass(frozen=True, kw_only=True)
class OwnClip:
    """A row of `own_clips`; `now` is Postgres's clock as it was read."""

    moment_id: str
    channel_id: str
    user_id: str
    vod_id: str
    ends_at: int
    duration_seconds: float
    title: str
    state: State
    reason: str
    clip_id: str | None
    asked_first_at: datetime
    intended_at: datetime
    now: datetime

    @property
    def is_open(self) -> bool:
        """Whether an outcome is still to come."""
        return self.state in ("intent", "asked")

    @property
    def age_seconds(self) -> float:
        """How long ago it was asked for."""
        return (self.now - self.intended_at).total_seconds()


class OwnClips:
    """Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        self._rows = database.rows

    async def intend(self, channel_id: str, user_id: str, moment_id: str, stretch: Stretch, title: str) -> bool:
        """Write an intent; False if one is under way for the moment already, or its clip was made."""
        values = {
            "moment_id": moment_id,
            "channel_id": channel_id,
            "user_id": user_id,
            "vod_id": stretch.vod_id,
            "ends_at": stretch.ends_at,
            "duration_seconds": stretch.duration_seconds,
            "title": title,
        }
        return bool(await self._rows(queries.intend_own_clip.sql, values))

    async def one(self, moment_id: str) -> OwnClip | None:
        """Return what is known of a moment's clip."""
        found = await self._rows(queries.own_clip.sql, {"moment_id": moment_id})
        return OwnClip(**found[0]) if found else None

    async def of(self, ids: Sequence[str]) -> dict[str, OwnClip]:
        """Return what is known of these moments' clips."""
        return by_moment(await self._rows(queries.own_clips_of.sql, {"ids": list(ids)}))

    async def open(self, older_seconds: float, most: int) -> list[OwnClip]:
        """Return those that are to be looked for: named ones, and intents that are so old."""
        rows = await self._rows(queries.open_own_clips.sql, {"older_seconds": older_seconds, "most": most})
        return list(by_moment(rows).values())

    async def name(self, moment_id: str, clip_id: str) -> None:
        """Note the clip's id, which Twitch gives before the clip is there."""
        await self._rows(queries.name_own_clip.sql, {"moment_id": moment_id, "clip_id": clip_id})

    async def settle(self, moment_id: str, state: State, reason: str = "") -> None:
        """Write an outcome without a clip."""
        await self._rows(queries.settle_own_clip.sql, {"moment_id": moment_id, "state": state, "reason": reason})
        measure(metrics.OWN_CLIPS).labels(outcome=reason or state).inc()

    async def put(self, wanted: OwnClip, clip: FoundClip) -> None:
        """Make a clip the moment's."""
        values = {
            "channel_id": wanted.channel_id,
            "moment_id": wanted.moment_id,
            "title": clip.title or wanted.title,
            "duration_seconds": clip.duration or wanted.duration_seconds,
            "clip_id": clip.id,
            "url": clip.url,
            "embed_url": clip.embed_url,
            "thumbnail_url": clip.thumbnail_url,
        }
        await self._rows(queries.put_own_clip.sql, values)
        measure(metrics.OWN_CLIPS).labels(outcome="made").inc()

    async def forget(self, days: int) -> None:
        """Delete what was settled so long ago."""
        await self._rows(queries.forget_own_clips.sql, {"days": days})


def by_moment(rows: Sequence[DictRow]) -> dict[str, OwnClip]:
    """Read rows, by their moments."""
    return {row["moment_id"]: OwnClip(**row) for row in rows}
