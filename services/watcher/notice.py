"""Composes the messages to the operator: what is wrong, since when, what still works, what to type next."""

from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from watcher.condition import Ages, Condition

PAST_TROUBLE = {
    Condition.DATA_OLD: "data was old",
    Condition.HEARTBEAT_STOPPED: "machine B was silent",
    Condition.POSTGRES_AWAY: "Postgres did not answer",
}
ON_B = "docker compose -f docker-compose.processing.yml"
ON_A = "docker compose -f docker-compose.reliable.yml"


class Notice(msgspec.Struct, frozen=True):
    """One message. `at`: when it was composed, in seconds since 1970 UTC."""

    event: Condition
    text: str
    at: float


class Times(NamedTuple):
    """Seconds since 1970 UTC: of the report, of the first check that observed it, and of the outage's start."""

    at: float
    observed_at: float
    began_at: float


def duration(seconds: float) -> str:
    """Format seconds for a person: 95 s, 12 min, 2 h 5 min."""
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    if whole < 120 * 60:
        return f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def clock(at: float) -> str:
    """Format a time as date and minute, UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def outage_start(trouble: Condition, observed_at: float, at: float, ages: Ages) -> float:
    """Return when the trouble began: at the last sign of life if known, else when it was first observed."""
    if trouble is Condition.HEARTBEAT_STOPPED and ages.heartbeat_seconds is not None:
        return at - ages.heartbeat_seconds
    if trouble is Condition.DATA_OLD and ages.data_seconds is not None:
        return at - ages.data_seconds
    return observed_at


def compose(before: Condition, now: Condition, times: Times, ages: Ages) -> Notice:
    """Compose the message for `now`, given the condition reported before."""
    if now is Condition.WELL:
        text = _recovered(before, times.observed_at - times.began_at, ages)
    elif now is Condition.HEARTBEAT_STOPPED:
        text = _silent(times.at, ages.heartbeat_seconds or 0.0)
    elif now is Condition.DATA_OLD:
        text = _data_old(before, times.at, ages.data_seconds or 0.0)
    else:
        text = (
            f"Postgres on machine A has not answered since {clock(times.observed_at)}. The site can show little, and "
            f"machine B keeps its results until Postgres is back. Next, on A: {ON_A} ps postgres"
        )
    return Notice(now, f"Stream Scout: {text}", times.at)


def _recovered(before: Condition, lasted_seconds: float, ages: Ages) -> str:
    fresh = "" if ages.data_seconds is None else f" Data is {duration(ages.data_seconds)} old."
    return f"recovered after {duration(lasted_seconds)} ({PAST_TROUBLE.get(before, 'trouble')}).{fresh}"


def _silent(at: float, age_seconds: float) -> str:
    return (
        f"machine B is silent. Its last heartbeat was {duration(age_seconds)} ago, at {clock(at - age_seconds)}. "
        "The site shows the data it has, and machine A keeps recording chat. Next: check that B has power and "
        f"network, then on B: {ON_B} ps recorder"
    )


def _data_old(before: Condition, at: float, age_seconds: float) -> str:
    catching_up = before is Condition.HEARTBEAT_STOPPED
    subject = "machine B is back and catching up: data is" if catching_up else "data is"
    return (
        f"{subject} {duration(age_seconds)} old; the newest processed chat is from {clock(at - age_seconds)}. "
        "Next, on B: make status"
    )
