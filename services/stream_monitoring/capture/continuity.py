"""Since when this instance reads everything without a break, and which gaps it reports as a new holder."""

from collections.abc import Callable, Iterable

from stream_monitoring.capture.coverage import CoverageTracker, CoveredChannel
from stream_monitoring.chat.clocks import TwitchClock
from stream_monitoring.spool.batch import Batch

# Of a channel id: the event times (after, until) between which nothing of it can be delivered.
Lacking = Callable[[str], Iterable[tuple[int, int]]]

SETTLING_MS = 5_000  # after a start the list of channels may still be on its way
SETTLED_MS = 30_000  # a channel that is wanted later than this after a start was newly chosen, for all instances
JOIN_PATIENCE_MS = 60_000  # a channel that cannot be joined for so long (banned, renamed) no longer counts


class Continuity:
    """Track the unbroken reading of all wanted channels.

    `update` runs in the capture's thread, the rest is safe from any. Machine times are of its steady clock.
    """

    def __init__(self, coverage: CoverageTracker, clock: TwitchClock, machine_now: Callable[[], int]) -> None:
        self._coverage = coverage
        self._clock = clock
        self._now = machine_now
        self._wanted_since: dict[str, int] = {}
        self._additions: set[str] = set()  # chosen while all others were read: no instance read them before
        self._first_wanted_at: int | None = None
        self._is_settled = False
        self._read_since: int | None = None

    def update(self, wanted: Iterable[str]) -> None:
        """Recompute `read_since`; call it every quarter second."""
        now, channels = self._now(), self._coverage.channels()
        known = self._wanted_since
        self._wanted_since = {login: known.get(login, now) for login in wanted}
        if self._is_settled:
            self._additions |= self._wanted_since.keys() - known.keys()
        self._additions &= self._wanted_since.keys()
        since = self._unbroken_since(channels, now)
        if self._first_wanted_at is None and self._wanted_since:
            self._first_wanted_at = now
        age = now - self._first_wanted_at if self._first_wanted_at is not None else 0
        self._read_since = since if age >= SETTLING_MS else None
        self._is_settled = self._is_settled or (since is not None and age >= SETTLED_MS)

    def _unbroken_since(self, channels: dict[str, CoveredChannel], now: int) -> int | None:
        """Return the machine time since which every wanted channel is read, None if one is not."""
        since = []
        for login, wanted_since in self._wanted_since.items():
            covered = channels.get(login)
            if covered is not None and covered.sockets:
                is_addition = login in self._additions and covered.read_since == covered.tracked_since
                since.append(0 if is_addition else covered.read_since)
            elif login not in self._additions or covered is not None:
                missing_since = max(wanted_since, covered.lost_at if covered is not None else 0)
                if now - missing_since < JOIN_PATIENCE_MS:
                    return None
        return max(since, default=None)

    @property
    def read_since(self) -> int | None:
        """Twitch's time since which every channel is read; None if one is not, or before Twitch's clock is learned."""
        since = self._read_since
        return self._clock.estimate(since) if since is not None and self._clock.learned else None

    def gap_lines(self, after: int, until: int | None) -> list[bytes]:
        """Return lines (key, value) with a gap after `after` in each channel that was not read from then on.

        Each gap ends where the channel is read, and not before `until`. A channel that is not joined yet gets its gap
        when it is.
        """
        batch = Batch()
        channels = self._coverage.channels()
        for covered in channels.values():
            tracked_since = self._clock.estimate(covered.tracked_since) if covered.tracked_since else 0
            end = max(tracked_since, until or 0)
            if end > after + 1:
                batch.add(self._coverage.undelivered_gap(covered, after + 1, end))
        self._coverage.owe_gap(after + 1, [login for login in self._wanted_since if login not in channels])
        return batch.take()

    def undelivered_lines(self, lacking: Lacking) -> list[bytes]:
        """Return lines (key, value) with a gap in each known channel for each time of which it lacks records."""
        batch = Batch()
        for covered in self._coverage.channels().values():
            for after, until in lacking(covered.channel_id):
                batch.add(self._coverage.undelivered_gap(covered, after + 1, until))
        return batch.take()

    def joined_lines(self, at: int) -> list[bytes]:
        """Return `joined` for each channel read since before `at`: the last holder may have reported it lost."""
        batch = Batch()
        for covered in self._coverage.channels().values():
            if covered.sockets and self._clock.estimate(covered.read_since) <= at:
                batch.add(self._coverage.joined_record(covered, at))
        return batch.take()
