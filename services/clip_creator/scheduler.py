"""Steps at their times, run by a few threads, so that waiting for one clip holds up no other."""

import heapq
import threading
import time
from collections.abc import Callable
from itertools import count

Step = Callable[[], float | None]  # does its work and names the time of its next turn; None: it is done
IDLE_SECONDS = 0.2  # how soon a stop is noticed


class Scheduler:
    """Steps wait here for their turn. Times are seconds of the clock passed in."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._waiting: list[tuple[float, int, Step]] = []
        self._order = count()  # equal times are served in the order they came
        self._changed = threading.Condition()
        self._closed = threading.Event()

    def add(self, due: float, step: Step) -> None:
        """Run `step` at `due`, or as soon after it as a thread is free."""
        with self._changed:
            heapq.heappush(self._waiting, (due, next(self._order), step))
            self._changed.notify()

    def close(self) -> None:
        """Nothing will be added from outside any more."""
        self._closed.set()

    def __len__(self) -> int:
        with self._changed:
            return len(self._waiting)

    def work(self, stop: threading.Event) -> None:
        """A worker: runs steps until `stop`, then those due once nothing is added any more.

        Several may run at once. An exception of a step ends it.
        """
        while True:
            ending = stop.is_set() and self._closed.is_set()
            step = self._take()
            if step is None and ending:
                return
            if step is None:
                continue
            due = step()
            if due is not None:
                self.add(due, step)

    def _take(self) -> Step | None:
        """The first step that is due; None where none became due within `IDLE_SECONDS`."""
        with self._changed:
            wait = self._waiting[0][0] - self._clock() if self._waiting else IDLE_SECONDS
            if wait > 0:
                self._changed.wait(min(wait, IDLE_SECONDS))
            if self._waiting and self._waiting[0][0] <= self._clock():
                return heapq.heappop(self._waiting)[2]
            return None
