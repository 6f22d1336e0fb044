"""The messages to the operator: what is wrong, since when, what goes on meanwhile, what to type next."""

from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from watcher.condition import Ages, Condition

WHAT_WAS = {
    Condition.DATA_OLD: "data was old",
    Condition.HEARTBEAT_STOPPED: "machine B was silent",
    Condition.POSTGRES_AWAY: "Postgres did not answer",
}
ON_B = "docker compose -f docker-compose.processing.yml"
ON_A = "docker compose -f docker-compose.reliable.yml"


class Notice(msgspec.Struct, frozen=True):
    """One message. `at`: seconds since 1970 UTC when it was decided."""

    event: Condition
    text: str
    at: float


class Times(NamedTuple):
    """Seconds since 1970 UTC: of the decision, of the first look that saw it, and of the outage's beginning."""

    at: float
    seen_at: float
    began_at: float


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    if whole < 120 * 60:
        return f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def clock(at: float) -> str:
    """A time as date and minute, UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def begin(trouble: Condition, seen_at: float, at: float, ages: Ages) -> float:
    """When the trouble began, seconds since 1970 UTC: with the last sign of life, where there is one."""
    if trouble is Condition.HEARTBEAT_STOPPED and ages.heartbeat_seconds is not None:
        return at - ages.heartbeat_seconds
    if trouble is Condition.DATA_OLD and ages.data_seconds is not None:
        return at - ages.data_seconds
    return seen_at


def write(told: Condition, now: Condition, times: Times, ages: Ages) -> Notice:
    """The message for `now` after `told`."""
    if now is Condition.WELL:
        text = _well_again(told, times.seen_at - times.began_at, ages)
    elif now is Condition.HEARTBEAT_STOPPED:
        text = _silent(times.at, ages.heartbeat_seconds or 0.0)
    elif now is Condition.DATA_OLD:
        text = _old(told, times.at, ages.data_seconds or 0.0)
    else:
        text = (
            f"Postgres on machine A has not answered since {clock(times.seen_at)}. The site can show little, and "
            f"machine B waits with its records. Next, on A: {ON_A} ps postgres"
        )
    return Notice(now, f"Stream Scout: {text}", times.at)


def _well_again(told: Condition, lasted_seconds: float, ages: Ages) -> str:
    fresh = "" if ages.data_seconds is None else f" Data is {duration(ages.data_seconds)} old."
    return f"well again after {duration(lasted_seconds)} ({WHAT_WAS.get(told, 'trouble')}).{fresh}"


def _silent(at: float, age_seconds: float) -> str:
    return (
        f"machine B is silent. Its last heartbeat was {duration(age_seconds)} ago, at {clock(at - age_seconds)}. "
        "The site shows what it has, and machine A keeps the chat. Next: has B power and network? Then, on B: "
        f"{ON_B} ps recorder"
    )


def _old(told: Condition, at: float, age_seconds: float) -> str:
    begin = "machine B is back and catching up: data is" if told is Condition.HEARTBEAT_STOPPED else "data is"
    return (
        f"{begin} {duration(age_seconds)} old; the newest processed chat is of {clock(at - age_seconds)}. "
        "Next, on B: make status"
    )
