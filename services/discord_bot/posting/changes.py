"""Changes of messages that go on beside each other, one of each message at a time."""

import asyncio
from collections.abc import Coroutine, Hashable
from typing import Any

import structlog

from service_runtime.postgres import PostgresAwayError

PATIENCE_SECONDS = 5.0  # after which others are looked at: Discord may make an edit wait for minutes

log = structlog.get_logger()


class Changes:
    """What takes longer than everybody's patience goes on by itself, and its message is left alone meanwhile."""

    def __init__(self) -> None:
        self._going_on: dict[Hashable, asyncio.Task[None]] = {}

    def is_going_on(self, key: Hashable) -> bool:
        """Return whether a message is being changed."""
        return key in self._going_on

    def begin(self, key: Hashable, work: Coroutine[Any, Any, None]) -> None:
        """Begin a change; nothing may be going on for the message."""
        task = asyncio.create_task(work)
        self._going_on[key] = task
        task.add_done_callback(lambda _: self._going_on.pop(key, None))

    async def settle(self) -> None:
        """Wait for a while until all is done. Raises what went wrong meanwhile."""
        tasks = list(self._going_on.values())
        if not tasks:
            return
        done, late = await asyncio.wait(tasks, timeout=PATIENCE_SECONDS)
        for each in late:
            each.add_done_callback(report)
        for each in done:
            each.result()

    def cancel(self) -> None:
        """End what is going on."""
        for each in list(self._going_on.values()):
            each.cancel()


def report(task: "asyncio.Task[None]") -> None:
    """Log what went wrong with a change that nobody waits for; the next look at its message tries again."""
    error = None if task.cancelled() else task.exception()
    if isinstance(error, PostgresAwayError):
        log.warning("a change waits for Postgres", reason=str(error))
    elif error is not None:
        log.error("a change failed", exc_info=error)
