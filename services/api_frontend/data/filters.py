"""Which moments a visitor wants to see: channel, time, clips only, mood, cause, and the place in the list."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from pydantic import AfterValidator, BeforeValidator

from api_frontend.data import cursor as cursors
from api_frontend.data.cursor import Cursor
from contracts.moment_words import cause_words

CHANNEL_PATTERN = r"^[A-Za-z0-9_]{1,40}$"
CODE_PATTERN = r"^[a-z0-9_]{1,40}$"
MOST_ITEMS = 100


class BadRequestError(Exception):
    """The request cannot be understood; `code` is for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def none_if_empty(value: object) -> object:
    """A form sends its empty fields as empty text."""
    return None if value == "" else value


def in_utc(value: datetime | None) -> datetime | None:
    """A time without a zone is UTC."""
    if value is None or value.tzinfo is None:
        return value and value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error


def address_time(value: datetime) -> str:
    """A time (UTC) for an address."""
    return value.isoformat().replace("+00:00", "Z")


Time = Annotated[datetime | None, BeforeValidator(none_if_empty), AfterValidator(in_utc)]
Channel = Annotated[
    Annotated[str, Query(pattern=CHANNEL_PATTERN)] | None,
    BeforeValidator(none_if_empty),
    Query(description="a channel's login, or its id", examples=["lunaplays"]),
]
From = Annotated[Time, Query(alias="from", description="crossed at or after this time, ISO 8601; no zone means UTC")]
Until = Annotated[Time, Query(description="crossed before this time")]
Mood = Annotated[
    Annotated[str, Query(pattern=CODE_PATTERN)] | None,
    BeforeValidator(none_if_empty),
    Query(description="what the crowd felt", examples=["laughter"]),
]
Cause = Annotated[
    Annotated[str, Query(pattern=CODE_PATTERN)] | None,
    BeforeValidator(none_if_empty),
    Query(description="what brought the crowd, by the first of a moment's causes", examples=["raid"]),
]
Clips = Annotated[bool, Query(description="only moments whose clip is made")]
Shadow = Annotated[bool, Query(description="for operators: what a detector on trial has found, and nothing else")]
CursorText = Annotated[str | None, BeforeValidator(none_if_empty), Query(description="`next` of the page before")]


@dataclass(frozen=True)
class Filter:
    """What the address asks for. `channel` is a login in lower case, or an id."""

    channel: str | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    clips_only: bool = False
    mood: str | None = None
    cause: str | None = None
    shadow: bool = False
    after: Cursor | None = None

    @property
    def follows_the_present(self) -> bool:
        """Whether new moments belong on this page; those of a detector on trial are told to no open page."""
        return self.after is None and self.until_at is None and not self.shadow

    @property
    def narrows(self) -> bool:
        """Whether anything but the place in the list is asked for."""
        return bool(self.words())

    def at(self, after: Cursor | None) -> "Filter":
        """The same moments from another place on."""
        return replace(self, after=after)

    def words(self) -> list[str]:
        """What narrows the list, for people."""
        named = [
            self.channel,
            self.from_at and f"from {self.from_at:%Y-%m-%d %H:%M}",
            self.until_at and f"until {self.until_at:%Y-%m-%d %H:%M}",
            "clips only" if self.clips_only else None,
            self.mood and self.mood.replace("_", " "),
            self.cause and cause_words(self.cause),
            "detectors on trial" if self.shadow else None,
        ]
        return [words for words in named if words]

    def query_text(self) -> str:
        """The filter as an address's query, without `?`."""
        pairs = [
            ("channel", self.channel),
            ("from", self.from_at and address_time(self.from_at)),
            ("until", self.until_at and address_time(self.until_at)),
            ("clips", "1" if self.clips_only else None),
            ("mood", self.mood),
            ("cause", self.cause),
            ("shadow", "1" if self.shadow else None),
            ("cursor", cursors.encode(self.after) if self.after else None),
        ]
        return urlencode([(name, value) for name, value in pairs if value])


def from_address(
    channel: Channel = None,
    from_at: From = None,
    until: Until = None,
    clips: Clips = False,
    mood: Mood = None,
    cause: Cause = None,
    shadow: Shadow = False,
    cursor: CursorText = None,
) -> Filter:
    """The filter that an address asks for; raises `BadRequestError` for a cursor that is none."""
    try:
        after = cursors.decode(cursor) if cursor else None
    except cursors.CursorError as error:
        raise BadRequestError("bad_cursor", f"cursor: {error}") from error
    return Filter(channel.lower() if channel else None, from_at, until, clips, mood, cause, shadow, after)
