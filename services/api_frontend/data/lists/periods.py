"""The periods that a list may cover, by the visitor's calendar."""

from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Literal, get_args
from zoneinfo import ZoneInfo, available_timezones

Period = Literal["hour", "today", "yesterday", "week", "all"]
PERIODS: tuple[Period, ...] = get_args(Period)
Bounds = tuple[datetime | None, datetime | None]  # from and until, UTC; None: open
WEEK_DAYS = 7  # today is the last of them


@cache
def zones() -> frozenset[str]:
    """Return the names of all time zones, read once: it takes 20 ms to look for them on the disk."""
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Return whether a time zone of this name is known."""
    return name in zones()


def midnight(zone: ZoneInfo, now: datetime, days_ago: int) -> datetime:
    """Return when the day began in the zone, as UTC."""
    day = now.astimezone(zone).date() - timedelta(days=days_ago)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def bounds(period: Period, zone: ZoneInfo, now: datetime) -> Bounds:
    """Return where the period begins and ends."""
    if period == "hour":
        return now - timedelta(hours=1), None
    if period == "today":
        return midnight(zone, now, 0), None
    if period == "yesterday":
        return midnight(zone, now, 1), midnight(zone, now, 0)
    if period == "week":
        return midnight(zone, now, WEEK_DAYS - 1), None
    return None, None
