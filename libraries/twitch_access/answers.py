"""Twitch's answers as types. An unknown field is accepted, null is as good as missing; the rest is `WrongShape`."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from twitch_access.errors import WrongShape

Item = TypeVar("Item")
Id = Annotated[str, msgspec.Meta(min_length=1)]
Login = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Za-z0-9_]{1,50}$")
]  # goes into chat's JOIN; empty for a deleted account
Count = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e10)]
YEARS = range(2005, 2200)  # in which a broadcast can be; sums with other times stay far from a datetime's ends
SHOWN_CHARACTERS = 200  # of Twitch's own words about an error
NOT_READABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)  # of any body, also one nested without end


def milliseconds(moment: datetime) -> int:
    """Convert to milliseconds since 1970 UTC."""
    return round(moment.timestamp() * 1000)


def read_as_utc(answer: msgspec.Struct, field: str) -> None:
    """Take a time without a zone as UTC, which is what Twitch means. Raises ValueError for a time outside `YEARS`."""
    moment: datetime = getattr(answer, field)
    if moment.year not in YEARS:
        raise ValueError(f"no time of a broadcast: {moment}")
    if moment.tzinfo is None:
        msgspec.structs.force_setattr(answer, field, moment.replace(tzinfo=UTC))


class User(msgspec.Struct, frozen=True):
    """A Twitch account."""

    id: Id
    login: Login
    display_name: str = ""
    profile_image_url: str = ""


class Stream(msgspec.Struct, frozen=True):
    """A broadcast that is live now."""

    id: Id
    user_id: Id
    user_login: Login
    started_at: datetime
    user_name: str = ""
    viewer_count: Count = 0
    game_id: str = ""
    game_name: str = ""
    title: str = ""
    language: str = ""
    thumbnail_url: str = ""  # with {width} and {height} in it

    def __post_init__(self) -> None:
        read_as_utc(self, "started_at")


class Game(msgspec.Struct, frozen=True):
    """A game or category."""

    id: Id
    name: str


class Video(msgspec.Struct, frozen=True):
    """A recording; `stream_id` is None where it is not an archive of a broadcast."""

    id: Id
    user_id: Id
    url: Id
    created_at: datetime
    stream_id: str | None = None
    type: str = ""
    duration: str = ""

    def __post_init__(self) -> None:
        read_as_utc(self, "created_at")


class RequestedClip(msgspec.Struct, frozen=True):
    """Twitch has accepted to make this clip; it appears in Get Clips later."""

    id: Id
    edit_url: str = ""


class FoundClip(msgspec.Struct, frozen=True):
    """A clip that exists. Its URLs follow no promised form: keep them as given."""

    id: Id
    url: Id
    broadcaster_id: Id
    created_at: datetime
    embed_url: str = ""
    creator_id: str = ""
    title: str = ""
    thumbnail_url: str = ""
    duration: Seconds | None = None
    video_id: str = ""
    vod_offset: int | None = None
    view_count: Count = 0

    def __post_init__(self) -> None:
        read_as_utc(self, "created_at")


class Pagination(msgspec.Struct, frozen=True):
    """Where the next page starts."""

    cursor: str = ""


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """One page of answers. `odd`: what is wrong with the items that were left out."""

    data: list[Item]
    cursor: str = ""
    odd: tuple[str, ...] = ()


class RawPage(msgspec.Struct, frozen=True):
    """A page before its items are read. The cursor of some endpoints is the pagination itself."""

    data: list[Any]
    pagination: Pagination | str = Pagination()


class GrantedToken(msgspec.Struct, frozen=True):
    """What the token endpoint grants. `expires_in`: seconds, 0 if Twitch sends none. Only the token is required."""

    access_token: Id
    expires_in: Seconds = 0
    refresh_token: str | None = None


class Validation(msgspec.Struct, frozen=True):
    """Whose token it is. An application's token has no user."""

    client_id: str = ""
    user_id: str | None = None
    login: str | None = None
    scopes: list[str] | None = None


class DeviceCode(msgspec.Struct, frozen=True):
    """What a person types in at `verification_uri`. `interval`: seconds between two polls."""

    device_code: Id
    user_code: Id
    verification_uri: Id
    expires_in: Seconds
    interval: Annotated[float, msgspec.Meta(gt=0, le=600)] = 5.0


class Problem(msgspec.Struct, frozen=True):
    """Twitch's own words about an error."""

    message: str = ""
    error: str = ""


def decode(body: bytes, kind: Any, what: str) -> Any:
    """Decode `body` as `kind`; raise `WrongShape`, which names `what` was requested."""
    try:
        return msgspec.convert(without_nulls(read_json(body)), kind)
    except NOT_READABLE as error:
        raise WrongShape(f"{what}: {str(error) or 'nested too deeply'}") from error


def read_json(body: bytes) -> Any:
    """Read JSON. NaN and Infinity, which are none, count as null, and half of a surrogate pair stays what it is.

    Raises what `NOT_READABLE` lists.
    """
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        try:
            return json.loads(body, parse_constant=lambda _: None)
        except ValueError:
            pass
        raise


def decode_page(body: bytes, kind: Any, what: str) -> Page[Any]:
    """Decode a page of `kind`. An item of the wrong shape is left out; `WrongShape` if no item is right."""
    raw: RawPage = decode(body, RawPage, what)
    right, odd = [], []
    for item in raw.data:
        try:
            right.append(msgspec.convert(item, kind))
        except NOT_READABLE as error:
            odd.append(str(error))
    if odd and not right:
        raise WrongShape(f"{what}: {odd[0]}")
    cursor = raw.pagination if isinstance(raw.pagination, str) else raw.pagination.cursor
    return Page(right, cursor, tuple(odd))


def without_nulls(value: Any) -> Any:
    """Remove what is null from objects."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def problem(body: bytes) -> str:
    """Return the error message in an answer, on one line; empty if it has none, as an HTML page."""
    try:
        told: Problem = decode(body, Problem, "error")
    except WrongShape:
        return ""
    return " ".join((told.message or told.error).split())[:SHOWN_CHARACTERS]
