"""Messages as every form hands them on, a few thousand at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from math import isfinite
from typing import NamedTuple

BATCH = 4096  # messages
LONGEST_SECONDS = 1e9  # thirty years: a later time is a date, not a time from the start


class ForeignMessage(NamedTuple):
    """One message of another program's file.

    `emotes`: a JSON list of `contracts.chat_messages.Emote`, or empty. `id`: Twitch's, by which it may be deleted.
    """

    t: float
    user: str
    text: str
    emotes: str = ""
    id: str = ""


class Batch(NamedTuple):
    """Messages by columns. `emotes` and `ids` are empty if no message has any."""

    times: list[float]
    users: "list[int | str]"
    texts: list[str]
    emotes: list[str] = []  # noqa: RUF012 - never changed
    ids: list[str] = []  # noqa: RUF012 - never changed


def batches(messages: Iterable[ForeignMessage]) -> Iterator[Batch]:
    """Collect messages."""
    rest = iter(messages)
    while taken := list(islice(rest, BATCH)):
        times, users, texts, emotes, ids = zip(*taken, strict=True)
        yield Batch(list(times), list(users), list(texts), _unless_empty(emotes), _unless_empty(ids))


def _unless_empty(column: tuple[str, ...]) -> list[str]:
    return list(column) if any(column) else []


def time_of(value: object) -> float | None:
    """Return a time in seconds; None for everything that is none, such as NaN, a word, or true."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if isfinite(value) and abs(value) <= LONGEST_SECONDS else None
