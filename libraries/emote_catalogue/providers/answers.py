"""What the answers of all providers have in common: statuses, limits, and entries that cannot be read."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeVar

import msgspec

from emote_catalogue.emote import CatalogueEmote, ProviderName
from emote_catalogue.errors import NotThere, RateLimited, Refused, ServerTrouble, WrongShape
from emote_catalogue.fetching import Answer, Fetch

ODD_SHARE = 0.1  # of a catalogue's entries; more that cannot be read, and the provider has changed its shape
LONGEST_WAIT_SECONDS = 900.0
EPOCH_FROM = 1e9  # a reset beyond it is a time since 1970, not a number of seconds to wait
EPOCH_MS_FROM = 1e12
RESETS = ("retry-after", "x-ratelimit-global-reset", "x-ratelimit-reset")
IDENTIFIER = re.compile(r"[0-9A-Za-z_-]{1,64}")  # of an emote or a set: it becomes a part of addresses
HOST_PATH = re.compile(r"//[0-9A-Za-z.-]+(:\d+)?(/[0-9A-Za-z_.-]+)+")
UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)
T = TypeVar("T")


class Provider(Protocol):
    """A provider of emotes. Both methods raise a CatalogueError."""

    @property
    def name(self) -> ProviderName:
        """Return its name in records and tables."""
        ...

    def global_emotes(self, fetch: Fetch) -> tuple[CatalogueEmote, ...]:
        """Return the emotes that every channel has."""
        ...

    def channel_emotes(self, fetch: Fetch, channel_id: str) -> tuple[CatalogueEmote, ...]:
        """Return the channel's own emotes, none where the channel has no account there."""
        ...


class _Object(msgspec.Struct):
    """Any JSON object."""


def whole(answer: Answer, is_absence: Callable[[bytes], bool] | None = None) -> bytes:
    """Return the body of a good answer. Raises CatalogueError for every other.

    `is_absence`: whether the body of a 404 says that the channel has no account; then NotThere is raised.
    """
    status = answer.status
    if status == 200:
        return answer.body
    if status == 404 and is_absence and is_absence(answer.body):
        raise NotThere("the channel has no account there")
    if status == 429:
        raise RateLimited(wait_seconds(answer.headers))
    if status >= 500:
        raise ServerTrouble(status, wait_seconds(answer.headers))
    raise Refused(f"the provider answered {status}")


def is_object(body: bytes) -> bool:
    """Return whether a 404 is the provider's own, and not the HTML of something in between."""
    try:
        msgspec.json.decode(body, type=_Object)
    except UNREADABLE:
        return False
    return True


def wait_seconds(headers: Mapping[str, str], now: Callable[[], float] = time.time) -> float | None:
    """Return how long the provider asks to wait, at most 15 minutes; None where it does not say it.

    Reads Retry-After (seconds or a date), then the limit's reset: seconds, or a time since 1970 in s or ms.
    """
    for name in RESETS:
        seconds = _seconds(headers.get(name, ""), now())
        if seconds is not None:
            return min(max(0.0, seconds), LONGEST_WAIT_SECONDS)
    return None


def spent_seconds(headers: Mapping[str, str], now: Callable[[], float] = time.time) -> float:
    """Return how long to wait after a good answer: until the reset where nothing remains of the limit, else 0."""
    remaining = headers.get("x-ratelimit-global-remaining", headers.get("x-ratelimit-remaining", "")).strip()
    return wait_seconds(headers, now) or 0.0 if remaining == "0" else 0.0


def _seconds(text: str, now: float) -> float | None:
    if re.fullmatch(r"\s*\d{1,15}(\.\d+)?\s*", text, re.ASCII):
        number = float(text)
        number /= 1000 if number >= EPOCH_MS_FROM else 1
        return number - now if number >= EPOCH_FROM else number
    try:
        return parsedate_to_datetime(text).timestamp() - now
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def decode(body: bytes, kind: type[T]) -> T:
    """Decode an answer. Raises WrongShape."""
    try:
        return msgspec.json.decode(body, type=kind)
    except UNREADABLE as error:
        raise WrongShape(f"{error}; the answer begins with {body[:40]!r}") from error


def read_entries(
    entries: Sequence[msgspec.Raw], kind: type[T], read: Callable[[T], CatalogueEmote | None]
) -> list[CatalogueEmote]:
    """Return the emotes of a catalogue; leave out entries that cannot be read. Raises WrongShape for many of those.

    `read` returns None for an entry that is no emote.
    """
    decoder, emotes, odd, reason = msgspec.json.Decoder(kind), [], 0, ""
    for entry in entries:
        try:
            emote = read(decoder.decode(entry))
        except UNREADABLE as error:
            odd, reason = odd + 1, str(error)
        else:
            emotes += [emote] if emote else []
    if odd > len(entries) * ODD_SHARE:
        raise WrongShape(f"{odd} of {len(entries)} entries cannot be read: {reason}")
    return emotes


def identifier(text: str) -> str:
    """Return an id that may be a part of an address. Raises msgspec.ValidationError."""
    if not IDENTIFIER.fullmatch(text):
        raise msgspec.ValidationError(f"{text[:40]!r} is no id")
    return text
