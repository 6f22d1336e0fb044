"""What this instance can vouch for: since when it reads everything, and what a new holder has to tell of it."""

from collections.abc import Callable, Iterable

from stream_monitoring.capture.coverage import CoverageBook, Covered
from stream_monitoring.chat.clocks import TwitchClock
from stream_monitoring.spool.batch import Batch

SETTLING_MS = 5_000  # after a start the list of channels may still be on its way
SETTLED_MS = 30_000  # after a start: a channel that is chosen from then on was just chosen for all
PATIENCE_MS = 60_000  # a channel that cannot be joined for so long (banned, renamed) holds nobody up


class Account:
    """`tend` runs in the capture's thread, the rest may be asked from any. Machine times are of its steady clock."""

    def __init__(self, book: CoverageBook, clock: TwitchClock, machine_now: Callable[[], int]) -> None:
        self._book = book
        self._clock = clock
        self._now = machine_now
        self._wanted_at: dict[str, int] = {}
        self._additions: set[str] = set()  # chosen when all others were read: nobody read them before
        self._begun_at: int | None = None
        self._is_settled = False
        self._since: int | None = None

    def tend(self, wanted: Iterable[str]) -> None:
        """Every quarter of a second or so."""
        now, channels = self._now(), self._book.channels()
        known = self._wanted_at
        self._wanted_at = {login: known.get(login, now) for login in wanted}
        if self._is_settled:
            self._additions |= self._wanted_at.keys() - known.keys()
        self._additions &= self._wanted_at.keys()
        since = self._unbroken_since(channels, now)
        if self._begun_at is None and self._wanted_at:
            self._begun_at = now
        age = now - self._begun_at if self._begun_at is not None else 0
        self._since = since if age >= SETTLING_MS else None
        self._is_settled = self._is_settled or (since is not None and age >= SETTLED_MS)

    def _unbroken_since(self, channels: dict[str, Covered], now: int) -> int | None:
        """Machine's time since which every channel is read; None where one is not."""
        since = []
        for login, wanted_at in self._wanted_at.items():
            covered = channels.get(login)
            if covered is not None and covered.sockets:
                is_addition = login in self._additions and covered.since_at == covered.begun_at
                since.append(0 if is_addition else covered.since_at)
            elif login not in self._additions or covered is not None:
                missing_since = max(wanted_at, covered.lost_at if covered is not None else 0)
                if now - missing_since < PATIENCE_MS:
                    return None
        return max(since, default=None)

    @property
    def read_since(self) -> int | None:
        """Twitch's time since which everything is read without a break; None where it is not, or the time unknown."""
        since = self._since
        return self._clock.estimate(since) if since is not None and self._clock.learned else None

    def missed(self, after: int, until: int | None) -> list[bytes]:
        """Lines for the log: a gap from `after` on in each channel whose account begins later, at least to `until`."""
        batch = Batch()
        channels = self._book.channels()
        for covered in channels.values():
            begun = self._clock.estimate(covered.begun_at) if covered.begun_at else 0
            end = max(begun, until or 0)
            if end > after + 1:
                batch.add(self._book.undelivered(covered, after + 1, end))
        self._book.owe(after + 1, [login for login in self._wanted_at if login not in channels])
        return batch.take()

    def reads(self, at: int) -> list[bytes]:
        """Lines for the log: `joined` for each channel that is read since before `at`; the other may have left it."""
        batch = Batch()
        for covered in self._book.channels().values():
            if covered.sockets and self._clock.estimate(covered.since_at) <= at:
                batch.add(self._book.told(covered, at))
        return batch.take()
