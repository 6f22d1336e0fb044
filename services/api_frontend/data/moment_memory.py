"""Keeps moments for a second, since most pages show the same ones."""

import time
from collections.abc import Callable, Iterable

from api_frontend.data.stored_moment import StoredMoment

MOST = 500  # about 20 kB each


class MomentMemory:
    """The moments read last, by id, each for some seconds; a change that is notified drops them at once.

    Which of them may be shown is asked each time: the lists' queries say so.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._kept: dict[str, tuple[float, StoredMoment]] = {}

    def known(self, ids: Iterable[str]) -> dict[str, StoredMoment]:
        """Return those of these that are fresh."""
        oldest = self._clock() - self._seconds
        found = {moment_id: self._kept[moment_id] for moment_id in ids if moment_id in self._kept}
        return {moment_id: moment for moment_id, (read_at, moment) in found.items() if read_at > oldest}

    def keep(self, moments: Iterable[StoredMoment], read_at: float) -> None:
        """Keep moments that were asked for at this time of the clock."""
        for moment in moments:
            self._kept.pop(moment.moment_id, None)
            self._kept[moment.moment_id] = (read_at, moment)
        while len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]

    def now(self) -> float:
        """Return the time on the clock."""
        return self._clock()

    def forget(self) -> None:
        """Drop all of them: something has changed."""
        self._kept.clear()
