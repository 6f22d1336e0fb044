"""How fresh the data is, and since when processing has been offline."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

CLOSE_BEHIND = timedelta(seconds=60)  # further behind than this, the job is catching up


@dataclass(frozen=True)
class StageProgress:
    """A stage's last report: the event time it has finished, and when it reported that."""

    event_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Freshness:
    """How far the site has read. `at`: chat is processed up to here, or (away) since when nothing has been."""

    state: Literal["nothing", "live", "catching_up", "away", "unreachable"]
    at: datetime | None
    age_seconds: float | None
    channels: int = 0  # that are watched


UNREACHABLE = Freshness("unreachable", None, None)  # Postgres does not answer


def freshness_of(stages: dict[str, StageProgress], now: datetime, away_after: timedelta) -> Freshness:
    """Derive the freshness from the stages `job` and `recorder`; `now` is the database's clock."""
    job, recorder = stages.get("job"), stages.get("recorder")
    if job is None:
        return Freshness("nothing", None, None)
    age = max(0.0, (now - job.event_at).total_seconds())
    last_report = min(job.updated_at, recorder.updated_at) if recorder else job.updated_at
    if now - last_report > away_after:
        return Freshness("away", last_report, age)
    if now - job.event_at > CLOSE_BEHIND:
        return Freshness("catching_up", job.event_at, age)
    return Freshness("live", job.event_at, age)
