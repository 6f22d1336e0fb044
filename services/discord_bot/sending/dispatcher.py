"""Does what is asked of Discord in its order, at a pace that Discord's global limit allows."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from enum import IntEnum

from discord_bot.rules.editing import Pace
from discord_bot.sending.lanes import Lanes

REQUESTS_PER_SECOND = 47  # Discord allows 50, some of which are left to commands; 2,000 servers take 43 s
AT_ONCE = 64  # at 47 a second an answer may take 1.4 s
EDITS_AT_ONCE = 24  # of these: edits of old messages may have to wait for minutes
Work = Callable[[], Awaitable[None]]


class Priority(IntEnum):
    """The lowest goes first: news that lose by waiting, then all other news, then what stands there already."""

    MOMENT = 0
    LIVE = 1
    DIGEST = 2
    EDIT = 3


class Dispatcher:
    """A job takes its place in the pace when it begins, so that nothing urgent waits behind what only has a place."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace(REQUESTS_PER_SECOND)
        self._lanes: Lanes[tuple[Priority, Work]] = Lanes()
        self._running, self._running_edits = 0, 0
        self._news = asyncio.Event()

    def put(self, priority: Priority, lane: Hashable, work: Work) -> None:
        """Queue a job, which has to handle all of its errors."""
        self._lanes.put(priority, lane, (priority, work))
        self._news.set()

    async def run(self) -> None:
        """Do jobs until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._may_begin()
                await self.turn()
                if not self._has_room():
                    continue
                lane, (priority, work) = self._lanes.take()
                self._count(priority, 1)
                group.create_task(self._do(lane, priority, work))

    async def turn(self) -> None:
        """Wait until one more request may go out."""
        if (wait := self._pace.wait_seconds(time.monotonic())) > 0:
            await asyncio.sleep(wait)

    async def _may_begin(self) -> None:
        while not self._has_room():
            self._news.clear()
            await self._news.wait()

    def _has_room(self) -> bool:
        priority = self._lanes.most_urgent()
        if priority is None or self._running >= AT_ONCE:
            return False
        return priority < Priority.EDIT or self._running_edits < EDITS_AT_ONCE

    async def _do(self, lane: Hashable, priority: Priority, work: Work) -> None:
        try:
            await work()
        finally:
            self._count(priority, -1)
            self._lanes.free(lane)
            self._news.set()

    def _count(self, priority: Priority, change: int) -> None:
        self._running += change
        self._running_edits += change if priority is Priority.EDIT else 0
