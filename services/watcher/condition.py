"""The condition of the system at one check: well, or its most important trouble."""

from dataclasses import dataclass
from enum import StrEnum


class Condition(StrEnum):
    """In rising order of importance: a stopped heartbeat explains old data, and without Postgres neither is known."""

    WELL = "well"
    DATA_OLD = "data_old"
    HEARTBEAT_STOPPED = "heartbeat_stopped"
    POSTGRES_AWAY = "postgres_away"


@dataclass(frozen=True)
class Backup:
    """Seconds since the last good backup of a kind, None if there was none; and whether the last try failed."""

    kind: str
    good_seconds: float | None
    is_failing: bool


@dataclass(frozen=True)
class Ages:
    """Seconds since the recorder's last heartbeat and since the newest processed chat; None if there was never any."""

    heartbeat_seconds: float | None = None
    data_seconds: float | None = None
    backups: tuple[Backup, ...] = ()


@dataclass(frozen=True)
class Limits:
    """Ages in seconds above which something is wrong."""

    heartbeat_seconds: float
    data_seconds: float


def condition_of(ages: Ages | None, limits: Limits) -> Condition | None:
    """Return the condition that `ages` indicate; `ages` is None if Postgres did not answer.

    Returns None if the processing machine has never run: nothing can have stopped.
    """
    if ages is None:
        return Condition.POSTGRES_AWAY
    if ages.heartbeat_seconds is None:
        return None
    if ages.heartbeat_seconds > limits.heartbeat_seconds:
        return Condition.HEARTBEAT_STOPPED
    if ages.data_seconds is not None and ages.data_seconds > limits.data_seconds:
        return Condition.DATA_OLD
    return Condition.WELL
