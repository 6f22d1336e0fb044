"""Keeps answers in memory for some seconds, and for as long as Postgres is away."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

from starlette.datastructures import Headers

from api_frontend.reader import Reader

AWAY_SECONDS = 3600.0  # how old a page may be that is shown while Postgres is away
MOST_BYTES = 16_000_000
ETAG_BYTES = 9
ALIKE = ("public", "no-cache")  # what a view says of an answer that is the same for all readers of a language and zone


class Key(NamedTuple):
    """What an answer depends on."""

    host: str
    path: str
    query: bytes
    is_compressed: bool
    reader: Reader = Reader()

    @property
    def page(self) -> tuple[str, str, bytes]:
        """What was asked for, whoever reads it."""
        return self.host, self.path, self.query

    def likeness(self, other: "Key") -> tuple[bool, bool, bool]:
        """Return how well the answer to another reader of the page stands in; the greatest is the best."""
        same_language = self.reader.language == other.reader.language
        return self == other, same_language and self.reader.zone == other.reader.zone, same_language


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A whole answer. `made_at` is on the monotonic clock, `state` counts the changes before it was asked for."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    route: Any
    etag: str
    made_at: float
    state: int
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @cached_property
    def may_be_shared(self) -> bool:
        """Whether every reader of the language and time zone gets the same, as the view says in `Cache-Control`."""
        headers = Headers(raw=self.headers)
        says_so = any(word in headers.get("cache-control", "") for word in ALIKE)
        return self.status == 200 and says_so and "set-cookie" not in headers

    @property
    def is_page(self) -> bool:
        """Whether people read it."""
        return Headers(raw=self.headers).get("content-type", "").startswith("text/html")


def etag_of(body: bytes) -> str:
    """Name a body; weak, since compressed and plain are the same to a reader."""
    return f'W/"{blake2b(body, digest_size=ETAG_BYTES).hexdigest()}"'


class KeptAnswers:
    """The latest answers, the least used of them dropped first.

    `changed` makes all of them old: they are shown only while Postgres is away. `forget` drops them: something was
    hidden from visitors.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._bytes = 0
        self.state = 0
        self._forgotten_at = 0  # the state

    def now(self) -> float:
        """Return the time on the clock of `made_at`."""
        return self._clock()

    def fresh(self, key: Key) -> Answer | None:
        """Return the answer if it is as good as a new one."""
        found = self._answers.get(key)
        if found is None or found.state != self.state or self._clock() - found.made_at >= self._seconds:
            return None
        self._answers.move_to_end(key)
        return found

    def last(self, key: Key) -> Answer | None:
        """Return the last answer, for want of a new one; in another time zone or language rather than none."""
        oldest = self._clock() - AWAY_SECONDS
        known = [each for each, found in self._answers.items() if each.page == key.page and found.made_at >= oldest]
        alike = max(known, key=lambda each: (key.likeness(each), self._answers[each].made_at), default=None)
        return self._answers[alike] if alike else None

    def keep(self, key: Key, answer: Answer) -> None:
        """Keep it, unless what it was made from may have been hidden meanwhile."""
        if answer.state < self._forgotten_at:
            return
        self._drop(key)
        self._answers[key] = answer
        self._bytes += len(answer.body)
        while self._bytes > MOST_BYTES:
            self._drop(next(iter(self._answers)))

    def changed(self) -> None:
        """Note that there is news."""
        self.state += 1

    def forget(self) -> None:
        """Drop all answers, those under way too."""
        self.state += 1
        self._forgotten_at = self.state
        self._answers.clear()
        self._bytes = 0

    def _drop(self, key: Key) -> None:
        if (found := self._answers.pop(key, None)) is not None:
            self._bytes -= len(found.body)
