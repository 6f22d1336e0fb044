"""An order for what waits: the most urgent first, and of each lane one at a time.

A lane is a text channel's messages, or its edits: what Discord makes one of them wait for holds up no other.
"""

import heapq
from collections import defaultdict
from collections.abc import Hashable
from itertools import count
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Lanes(Generic[Item]):
    """Pure. What is equally urgent keeps its order."""

    def __init__(self) -> None:
        self._numbers = count()
        self._waiting: defaultdict[Hashable, list[tuple[int, int, Item]]] = defaultdict(list)  # by lane
        self._heads: list[tuple[int, int, Hashable]] = []  # of free lanes; some are out of date
        self._busy: set[Hashable] = set()

    def put(self, priority: int, lane: Hashable, item: Item) -> None:
        """Let an item wait; a lower priority goes first."""
        heapq.heappush(self._waiting[lane], (priority, next(self._numbers), item))
        self._show(lane)

    def most_urgent(self) -> int | None:
        """Return the priority of what `take` would give; None if it would give nothing."""
        while self._heads:
            priority, number, lane = self._heads[0]
            waiting = self._waiting.get(lane)
            if lane not in self._busy and waiting and waiting[0][:2] == (priority, number):
                return priority
            heapq.heappop(self._heads)
        return None

    def take(self) -> tuple[Hashable, Item]:
        """Return the next item and its lane, which is busy until `free`. Raises LookupError if there is none."""
        if self.most_urgent() is None:
            raise LookupError("nothing may go on")
        _, _, lane = heapq.heappop(self._heads)
        _, _, item = heapq.heappop(self._waiting[lane])
        self._busy.add(lane)
        return lane, item

    def free(self, lane: Hashable) -> None:
        """Let the lane's next item go on."""
        self._busy.discard(lane)
        self._show(lane)
        if not self._waiting[lane]:
            del self._waiting[lane]

    def _show(self, lane: Hashable) -> None:
        if lane not in self._busy and self._waiting[lane]:
            priority, number, _ = self._waiting[lane][0]
            heapq.heappush(self._heads, (priority, number, lane))
