"""The parameters of a list's address: their forms, and what the API's documentation says of them."""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import Query
from pydantic import AfterValidator, BeforeValidator, JsonValue

from api_frontend.data.lists.cursor import PATTERN as CURSOR_PATTERN
from api_frontend.data.lists.periods import Period
from api_frontend.data.lists.words import MOST_CHARACTERS, words_of
from contracts.channel_names import parse_channel

CHANNEL_PATTERN = r"^[A-Za-z0-9_]{1,40}$"
CODE_PATTERN = r"^[a-z0-9_]{1,40}$"
LANGUAGE_PATTERN = r"^[a-z]{2,5}(-[a-z]{2,8})?$"
TEXT_PATTERN = r"^[^\x00]*$"  # Postgres takes no NUL
NAME_PATTERN = r"^[^\x00-\x1f\x7f]{1,200}$"  # a game's name: no controls
MOST_ITEMS = 100
NUMBER = re.compile(r"\s*[+-]?[\d._]*(?:[eE][+-]?\d+)?\s*[\d._]\s*")
FIRST_YEAR, LAST_YEAR = 1, 9999  # of Python's calendar; not whole in every zone
Order = Literal["newest", "best"]
RARITIES = {"hour": 3_600, "day": 86_400, "week": 604_800, "month": 2_592_000}  # seconds
Rarity = Literal["hour", "day", "week", "month"]


def none_if_empty(value: object) -> object:
    """Treat empty text, which a form sends for an empty field, as not given."""
    return None if isinstance(value, str) and not value.strip() else value


def trimmed(value: object) -> object:
    """Take the blanks around a text away; nothing is left of an empty one."""
    return value.strip() or None if isinstance(value, str) else value


def login_or_id(value: object) -> object:
    """Take a channel in every form in which people copy it; leave what names none to the pattern."""
    if not isinstance(value, str) or not value.strip():
        return None if isinstance(value, str) else value
    try:
        name = parse_channel(value)
    except ValueError:
        return value
    return name.login or name.channel_id


def searchable(value: str | None) -> str | None:
    """Return the search, or None if it has no word."""
    return value if value and words_of(value) else None


def in_range(value: datetime | None) -> datetime | None:
    """Refuse a time that some zone's calendar does not have."""
    if value is not None and not FIRST_YEAR < value.year < LAST_YEAR:
        raise ValueError("out of range")
    return value


def in_zone(value: datetime | None, zone: str) -> datetime | None:
    """Convert to UTC; a time without a zone is of this one."""
    if value is None:
        return None
    return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def no_number(value: object) -> object:
    """Refuse a number, which would be taken for seconds since 1970 or for milliseconds, as its size has it."""
    if isinstance(value, str) and NUMBER.fullmatch(value):
        raise ValueError("write the time as in ISO 8601, for example 2026-11-22T17:00:00Z")
    return none_if_empty(value)


Time = Annotated[datetime | None, BeforeValidator(no_number), AfterValidator(in_range)]
CURSOR_OR_NONE: dict[str, JsonValue] = {  # what fits and is no cursor is refused with 400
    "anyOf": [{"type": "string", "pattern": CURSOR_PATTERN, "format": "cursor"}, {"type": "null"}]
}
ChannelName = Annotated[
    Annotated[str, Query(pattern=CHANNEL_PATTERN)] | None,
    BeforeValidator(login_or_id),
    Query(description="a channel's login, its address, or its id", examples=["lunaplays"]),
]
From = Annotated[
    Time,
    Query(
        alias="from",
        description="detected at or after this time (ISO 8601; of `tz` unless it has a zone)",
    ),
]
Until = Annotated[Time, Query(description="detected before this time")]
PeriodName = Annotated[
    Period | None, BeforeValidator(none_if_empty), Query(description="detected in this period, by the calendar of `tz`")
]
Zone = Annotated[
    Annotated[str, Query(max_length=64)] | None,
    BeforeValidator(none_if_empty),
    Query(
        description="the time zone of periods and times, by its IANA name; UTC if not given", examples=["Asia/Seoul"]
    ),
]
OrderName = Annotated[
    Order | None,
    BeforeValidator(none_if_empty),
    Query(description="`newest` first, which is what you get if you do not ask, or `best` first"),
]
Game = Annotated[
    Annotated[str, Query(pattern=NAME_PATTERN)] | None,
    BeforeValidator(trimmed),
    Query(description="the stream's game or category, as Twitch writes it", examples=["Elden Ring"]),
]
Language = Annotated[
    Annotated[str, Query(pattern=LANGUAGE_PATTERN)] | None,
    BeforeValidator(trimmed),
    Query(description="the stream's language, as Twitch's code", examples=["de"]),
]
Mood = Annotated[
    Annotated[str, Query(pattern=CODE_PATTERN)] | None,
    BeforeValidator(none_if_empty),
    Query(description="what the crowd felt", examples=["laughter"]),
]
Cause = Annotated[
    Annotated[str, Query(pattern=CODE_PATTERN)] | None,
    BeforeValidator(none_if_empty),
    Query(description="the trigger: the first of a moment's causes", examples=["raid"]),
]
LeastRarity = Annotated[
    Rarity | None,
    BeforeValidator(none_if_empty),
    Query(description="only moments that were their channel's biggest in at least this time"),
]
Search = Annotated[
    Annotated[str, Query(max_length=MOST_CHARACTERS, pattern=TEXT_PATTERN)] | None,
    BeforeValidator(trimmed),
    AfterValidator(searchable),
    Query(description="words of the stream's title, its channel or its game; the last may be unfinished"),
]
Clips = Annotated[bool, Query(description="only moments that have a clip")]
Shadow = Annotated[bool, Query(description="for operators: only what experimental detectors found")]
CursorText = Annotated[
    str | None,
    BeforeValidator(none_if_empty),
    Query(description="`next` of the previous page", json_schema_extra=CURSOR_OR_NONE),
]
