"""Twitch's answers as types. An unknown field is accepted; a missing or wrong one raises `WrongShape`."""

from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from twitch_access.errors import WrongShape

Item = TypeVar("Item")


def milliseconds(moment: datetime) -> int:
    """Convert to milliseconds since 1970 UTC."""
    return round(moment.timestamp() * 1000)


class User(msgspec.Struct, frozen=True):
    """A Twitch account."""

    id: str
    login: str
    display_name: str


class Stream(msgspec.Struct, frozen=True):
    """A broadcast that is live now."""

    id: str
    user_id: str
    user_login: str
    user_name: str
    started_at: datetime
    viewer_count: int
    game_id: str = ""
    game_name: str = ""
    title: str = ""
    language: str = ""


class Game(msgspec.Struct, frozen=True):
    """A game or category."""

    id: str
    name: str


class Video(msgspec.Struct, frozen=True):
    """A recording; `stream_id` is None where it is not an archive of a broadcast."""

    id: str
    user_id: str
    url: str
    created_at: datetime
    stream_id: str | None = None
    type: str = ""
    duration: str = ""


class RequestedClip(msgspec.Struct, frozen=True):
    """Twitch has accepted to make this clip; it appears in Get Clips later."""

    id: str
    edit_url: str = ""


class FoundClip(msgspec.Struct, frozen=True):
    """A clip that exists. Its URLs follow no promised form: keep them as given."""

    id: str
    url: str
    embed_url: str
    broadcaster_id: str
    creator_id: str
    title: str
    created_at: datetime
    thumbnail_url: str = ""
    duration: float | None = None
    video_id: str = ""
    vod_offset: int | None = None


class Pagination(msgspec.Struct, frozen=True):
    """Where the next page starts."""

    cursor: str | None = None


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """One page of answers."""

    data: list[Item]
    pagination: Pagination = Pagination()


class GrantedToken(msgspec.Struct, frozen=True):
    """What the token endpoint grants. `expires_in` is in seconds."""

    access_token: str
    expires_in: int
    refresh_token: str | None = None
    scope: list[str] | None = None


class Validation(msgspec.Struct, frozen=True):
    """Whose token it is. An application's token has no user."""

    client_id: str
    expires_in: int
    user_id: str | None = None
    login: str | None = None
    scopes: list[str] | None = None


class DeviceCode(msgspec.Struct, frozen=True):
    """What a person types in at `verification_uri`. `interval`: seconds between two polls."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: int
    interval: float = 5.0


class Problem(msgspec.Struct, frozen=True):
    """Twitch's own words about an error."""

    message: str = ""
    error: str = ""


def decode(body: bytes, kind: Any, what: str) -> Any:
    """Decode `body` as `kind`; raise `WrongShape`, which names `what` was requested."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WrongShape(f"{what}: {error}") from error


def problem(body: bytes) -> str:
    """Return the error message in an answer, the start of the body if it has none."""
    try:
        told = msgspec.json.decode(body, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return body[:200].decode("utf-8", "replace")
    return told.message or told.error
