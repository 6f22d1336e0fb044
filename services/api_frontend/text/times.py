"""Writes times: for programs, for forms, and for people in their language and time zone."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale

from api_frontend.reader import CURRENT, UTC_NAME

DAYS = {"de": "%(day)s."}  # how a language writes the day of a month; the others write the number


@cache
def months(language: str) -> dict[int, str]:
    """Return the months' short names."""
    return dict(Locale.parse(language).months["format"]["abbreviated"])


def iso(at: datetime) -> str:
    """Format a time for `datetime` attributes and programs."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def zone_time(at: datetime | None, zone: str) -> str:
    """Format a time for a form's date field, in the zone."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}" if at else ""


def day_text(at: datetime, today: datetime, language: str) -> str:
    """Write a day, without the year if it is this one; empty if it is today. Babel's own takes 50 times as long."""
    if at.date() == today.date():
        return ""
    day = f"{DAYS.get(language, '%(day)s') % {'day': at.day}} {months(language)[at.month]}"
    return f"{day}, " if at.year == today.year else f"{day} {at.year}, "


def time_text(at: datetime, form: str) -> str:
    """Format a time as the script does, for its form: "when" leaves out today's date, "seconds" every date."""
    reader = CURRENT.get()
    at, zone = at.astimezone(ZoneInfo(reader.zone)), "" if reader.zone != UTC_NAME else " UTC"
    if form == "seconds":
        return f"{at:%H:%M:%S}{zone}"
    today = datetime.now(at.tzinfo) if form == "when" else datetime.min
    return f"{day_text(at, today, reader.language)}{at:%H:%M}{zone}"
