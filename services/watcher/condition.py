"""What is seen at one look: all is well, or the one trouble that matters most."""

from dataclasses import dataclass
from enum import StrEnum


class Condition(StrEnum):
    """How things are. A heartbeat that stopped explains old data, and without Postgres neither can be known."""

    WELL = "well"
    DATA_OLD = "data_old"
    HEARTBEAT_STOPPED = "heartbeat_stopped"
    POSTGRES_AWAY = "postgres_away"


@dataclass(frozen=True)
class Ages:
    """Seconds since the recorder's heartbeat and since the newest processed chat; None: there was never any."""

    heartbeat_seconds: float | None = None
    data_seconds: float | None = None


@dataclass(frozen=True)
class Limits:
    """Ages in seconds beyond which something is wrong."""

    heartbeat_seconds: float
    data_seconds: float


def judge(ages: Ages | None, limits: Limits) -> Condition | None:
    """The condition that `ages` show; None for `ages`: Postgres did not answer.

    The answer is None where the processing machine has never run: nothing can have stopped.
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
