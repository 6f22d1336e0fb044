"""Runs steps at their due times in a few threads, so that waiting for one clip delays no other."""

import heapq
import threading
import time
from collections.abc import Callable
from itertools import count

Step = Callable[[], float | None]  # returns the time of its next run, or None when it is done
IDLE_SECONDS = 0.2  # longest wait before a stop is noticed


class Scheduler:
    """A queue of steps by due time, in seconds of the given clock."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._waiting: list[tuple[float, int, Step]] = []
        self._order = count()  # keeps steps with equal times in order of arrival
        self._changed = threading.Condition()
        self._closed = threading.Event()

    def add(self, due: float, step: Step) -> None:
        """Run `step` at `due`, or once a thread is free after that."""
        with self._changed:
            heapq.heappush(self._waiting, (due, next(self._order), step))
            self._changed.notify()

    def close(self) -> None:
        """Declare that only steps themselves will add to the queue from now on."""
        self._closed.set()

    def __len__(self) -> int:
        with self._changed:
            return len(self._waiting)

    def work(self, stop: threading.Event) -> None:
        """Run steps until `stop` is set and the queue is closed with nothing due. Several workers may run at once.

        An exception from a step ends the worker.
        """
        while True:
            ending = stop.is_set() and self._closed.is_set()
            step = self._next_due()
            if step is None and ending:
                return
            if step is None:
                continue
            due = step()
            if due is not None:
                self.add(due, step)

    def _next_due(self) -> Step | None:
        """Pop the first step that is due; None if none becomes due within `IDLE_SECONDS`."""
        with self._changed:
            wait = self._waiting[0][0] - self._clock() if self._waiting else IDLE_SECONDS
            if wait > 0:
                self._changed.wait(min(wait, IDLE_SECONDS))
            if self._waiting and self._waiting[0][0] <= self._clock():
                return heapq.heappop(self._waiting)[2]
            return None
