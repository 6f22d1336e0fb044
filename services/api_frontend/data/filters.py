"""Which moments a visitor asks for. `CONDITIONS` holds all that the site knows of each way to narrow the list.

To add one: a field of `Filter`, a parameter of `from_address`, an entry in `CONDITIONS`, its fragment in sql/list.sql,
and an input in the page's form.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from pydantic import AfterValidator, BeforeValidator

from api_frontend.data import cursor as cursors
from api_frontend.data.cursor import Cursor
from api_frontend.data.stored_moment import Channel, StoredMoment
from contracts.channel_names import parse_channel
from contracts.moment_words import cause_words

CHANNEL_PATTERN = r"^[A-Za-z0-9_]{1,40}$"
CODE_PATTERN = r"^[a-z0-9_]{1,40}$"
MOST_ITEMS = 100
NO_CHANNEL = ""  # the id that no channel has


class BadRequestError(Exception):
    """The request cannot be understood; `code` is for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def none_if_empty(value: object) -> object:
    """Treat empty text, which a form sends for an empty field, as not given."""
    return None if value == "" else value


def login_or_id(value: object) -> object:
    """Take a channel in every form in which people copy it; leave what names none to the pattern."""
    if not isinstance(value, str) or not value.strip():
        return None if isinstance(value, str) else value
    try:
        name = parse_channel(value)
    except ValueError:
        return value
    return name.login or name.channel_id


def in_utc(value: datetime | None) -> datetime | None:
    """Convert to UTC; a time without a zone is UTC already."""
    if value is None or value.tzinfo is None:
        return value and value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error


def address_time(value: datetime | None) -> str | None:
    """Format a time (UTC) for an address."""
    return value.isoformat().replace("+00:00", "Z") if value else None


Time = Annotated[datetime | None, BeforeValidator(none_if_empty), AfterValidator(in_utc)]
ChannelName = Annotated[
    Annotated[str, Query(pattern=CHANNEL_PATTERN)] | None,
    BeforeValidator(login_or_id),
    Query(description="a channel's login, its address, or its id", examples=["lunaplays"]),
]
From = Annotated[Time, Query(alias="from", description="detected at or after this time (ISO 8601; UTC unless stated)")]
Until = Annotated[Time, Query(description="detected before this time")]
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
Clips = Annotated[bool, Query(description="only moments that have a clip")]
Shadow = Annotated[bool, Query(description="for operators: only what experimental detectors found")]
CursorText = Annotated[str | None, BeforeValidator(none_if_empty), Query(description="`next` of the previous page")]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the address asks for. `channel` is a login in lower case or an id; `channel_id` is what it leads to."""

    channel: str | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    clips_only: bool = False
    mood: str | None = None
    cause: str | None = None
    shadow: bool = False
    after: Cursor | None = None
    channel_id: str = NO_CHANNEL

    @property
    def follows_the_present(self) -> bool:
        """Whether new moments belong on this page; experimental ones are sent to no open page."""
        return self.after is None and self.until_at is None and not self.shadow

    @property
    def narrows(self) -> bool:
        """Whether anything but the page is asked for."""
        return bool(self.labels())

    @property
    def before(self) -> Cursor | None:
        """The position that every moment comes before: the end of the time asked for, or of the page before."""
        ends = [end for end in (self.after, self.until_at and Cursor(self.until_at, "")) if end]
        return min(ends, key=lambda end: (end.crossed_at, end.moment_id), default=None)

    def at(self, after: Cursor | None) -> "Filter":
        """Ask for the same moments from another position on."""
        return replace(self, after=after)

    def of(self, channel: Channel | None) -> "Filter":
        """Ask for the moments of this channel, which `channel` named; None if there is no such channel."""
        return replace(self, channel_id=channel.channel_id if channel else NO_CHANNEL)

    def conditions(self) -> list["FilterCondition"]:
        """Return the conditions that are asked for."""
        return [condition for condition in CONDITIONS if condition.value(self)]

    def fits(self, moment: StoredMoment) -> bool:
        """Return whether the list holds the moment; the list's query decides alike."""
        return moment.document.shadow == self.shadow and all(one.fits(moment, self) for one in self.conditions())

    def labels(self) -> list[str]:
        """Describe what narrows the list, for people."""
        labels = [condition.label(self) for condition in self.conditions()]
        return [label for label in labels if label] + ["experimental detectors"] * self.shadow

    def query_text(self) -> str:
        """Write the filter as an address's query, without `?`."""
        pairs = [(condition.parameter, condition.value(self)) for condition in self.conditions()]
        return urlencode([*pairs, *[("shadow", "1")] * self.shadow])


@dataclass(frozen=True, kw_only=True)
class FilterCondition:
    """One way to narrow the list: `parameter` in an address, with the value of a filter, empty if not asked for.

    `fragment` of sql/list.sql and `fits` decide alike. `in_clips`: the table `clips` can answer it as well.
    """

    parameter: str
    value: Callable[[Filter], str | None]
    label: Callable[[Filter], str | None]
    fragment: str
    fits: Callable[[StoredMoment, Filter], bool]
    in_clips: bool = False


CONDITIONS = (
    FilterCondition(
        parameter="channel",
        value=lambda wanted: wanted.channel,
        label=lambda wanted: wanted.channel,
        fragment="of_channel",
        fits=lambda moment, wanted: moment.channel.channel_id == wanted.channel_id,
        in_clips=True,
    ),
    FilterCondition(
        parameter="from",
        value=lambda wanted: address_time(wanted.from_at),
        label=lambda wanted: f"from {wanted.from_at:%Y-%m-%d %H:%M}",
        fragment="crossed_from",
        fits=lambda moment, wanted: wanted.from_at is None or moment.crossed_at >= wanted.from_at,
        in_clips=True,
    ),
    FilterCondition(
        parameter="until",
        value=lambda wanted: address_time(wanted.until_at),
        label=lambda wanted: f"until {wanted.until_at:%Y-%m-%d %H:%M}",
        fragment="crossed_before",
        fits=lambda moment, wanted: is_before(moment, wanted.before),
        in_clips=True,
    ),
    FilterCondition(
        parameter="clips",
        value=lambda wanted: "1" if wanted.clips_only else None,
        label=lambda _: "clips only",
        fragment="with_clip",
        fits=lambda moment, _: moment.has_clip,
        in_clips=True,
    ),
    FilterCondition(
        parameter="mood",
        value=lambda wanted: wanted.mood,
        label=lambda wanted: wanted.mood and wanted.mood.replace("_", " "),
        fragment="of_mood",
        fits=lambda moment, wanted: moment.document.mood == wanted.mood,
    ),
    FilterCondition(
        parameter="cause",
        value=lambda wanted: wanted.cause,
        label=lambda wanted: wanted.cause and cause_words(wanted.cause),
        fragment="of_cause",
        fits=lambda moment, wanted: moment.document.causes[:1] == [wanted.cause],
    ),
    FilterCondition(
        parameter="cursor",
        value=lambda wanted: cursors.encode(wanted.after) if wanted.after else None,
        label=lambda _: None,
        fragment="crossed_before",
        fits=lambda moment, wanted: is_before(moment, wanted.before),
        in_clips=True,
    ),
)


def is_before(moment: StoredMoment, end: Cursor | None) -> bool:
    """Return whether the moment comes before this position."""
    return end is None or (moment.crossed_at, moment.moment_id) < (end.crossed_at, end.moment_id)


def from_address(
    channel: ChannelName = None,
    from_at: From = None,
    until: Until = None,
    clips: Clips = False,
    mood: Mood = None,
    cause: Cause = None,
    shadow: Shadow = False,
    cursor: CursorText = None,
) -> Filter:
    """Read the filter that an address asks for; raises `BadRequestError` for a malformed cursor."""
    try:
        after = cursors.decode(cursor) if cursor else None
    except cursors.CursorError as error:
        raise BadRequestError("bad_cursor", f"cursor: {error}") from error
    return Filter(
        channel=channel.lower() if channel else None,
        from_at=from_at,
        until_at=until,
        clips_only=clips,
        mood=mood,
        cause=cause,
        shadow=shadow,
        after=after,
    )
