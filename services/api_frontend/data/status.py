"""How fresh each stage is: chat, moments, clips and the page's own database."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from api_frontend.data.database import Database, queries
from api_frontend.data.freshness import CLOSE_BEHIND, StageProgress
from service_runtime.postgres import PostgresAwayError

CLIP_WAITS_SECONDS = 120  # Twitch has a clip within some 20 s, or it is asked again for a minute

StageName = Literal["chat", "moments", "clips", "database"]
StageState = Literal["fresh", "behind", "silent", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage. `at`: it is done up to here; of clips, when the newest was made. `silent_since`: its last report."""

    name: StageName
    state: StageState
    at: datetime | None = None
    silent_since: datetime | None = None
    waiting: int = 0


@dataclass(frozen=True, kw_only=True)
class Results:
    """The newest moment and clip, and how many clips have been waited for too long."""

    moment_at: datetime | None
    clip_at: datetime | None
    waiting: int


def reported(name: StageName, reports: list[StageProgress | None], now: datetime, away_after: timedelta) -> Stage:
    """Derive a stage's state from its own report, the first, and those of whoever hands it on."""
    own, *others = reports
    if own is None:
        return Stage(name=name, state="unknown")
    last = min(report.updated_at for report in (own, *others) if report is not None)
    if now - last > away_after:
        return Stage(name=name, state="silent", at=own.event_at, silent_since=last)
    return Stage(name=name, state="behind" if now - own.event_at > CLOSE_BEHIND else "fresh", at=own.event_at)


def clips_stage(results: Results) -> Stage:
    """Derive the state of clips from what is owed."""
    state: StageState = "behind" if results.waiting else "fresh" if results.clip_at else "unknown"
    return Stage(name="clips", state=state, at=results.clip_at, waiting=results.waiting)


DATABASE_AWAY: list[Stage] = [
    Stage(name="chat", state="unknown"),
    Stage(name="moments", state="unknown"),
    Stage(name="clips", state="unknown"),
    Stage(name="database", state="silent"),
]


class Stages:
    """Reads the stages."""

    def __init__(self, database: Database, away_after_seconds: float) -> None:
        self._database = database
        self._away_after = timedelta(seconds=away_after_seconds)

    async def read(self) -> list[Stage]:
        """Return every stage in the order of the data; without Postgres none but the database's is known."""
        try:
            rows = await self._database.rows(queries.stages.sql)
            found = await self._database.rows(queries.newest_results.sql, {"waits_seconds": CLIP_WAITS_SECONDS})
        except PostgresAwayError:
            return DATABASE_AWAY
        now = rows[-1]["now"]
        reports = {row["stage"]: StageProgress(row["event_at"], row["updated_at"]) for row in rows if row["stage"]}
        capture, job, recorder = (reports.get(name) for name in ("capture", "job", "recorder"))
        return [
            reported("chat", [capture, recorder], now, self._away_after),
            reported("moments", [job, recorder], now, self._away_after),
            clips_stage(Results(**found[0])),
            Stage(name="database", state="fresh", at=now),
        ]
