"""Keeps the lease, so that of two instances with one token one answers and sends."""

import asyncio
import time
from collections.abc import Callable

import structlog

from contracts import metrics
from discord_bot.data.lease import Lease
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError

RENEWALS = 3  # within the time of a lease
MARGIN_SECONDS = 1.0  # before its end, from which nothing more is sent

log = structlog.get_logger()


def boot_seconds() -> float:
    """Return the seconds since this machine started; those in which it slept count as well."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Holding:
    """`clock`: seconds that only go forward, also while this machine sleeps."""

    def __init__(self, lease: Lease, seconds: float, clock: Callable[[], float] = boot_seconds) -> None:
        self._lease, self._seconds, self._clock = lease, seconds, clock
        self._until = 0.0

    def holds(self) -> bool:
        """Return whether this instance may answer and send now; says nothing more than that without asking."""
        return self._clock() < self._until - MARGIN_SECONDS

    async def wait(self) -> None:
        """Wait until this instance has the lease."""
        is_told = False
        while not await self._renew():
            if not is_told:
                log.info("another instance answers and sends, standing by")
            is_told = True
            await asyncio.sleep(self._seconds / RENEWALS)
        log.info("this instance answers and sends")

    async def keep(self) -> None:
        """Renew the lease until another instance has it, or Postgres was away for too long."""
        while self.holds():
            await asyncio.sleep(self._seconds / RENEWALS)
            await self._renew()
        log.warning("the lease is lost")
        self._until = 0.0
        measure(metrics.DISCORD_HOLDER).set(0)

    async def give_back(self) -> None:
        """Let another instance take over."""
        self._until = 0.0
        measure(metrics.DISCORD_HOLDER).set(0)
        try:
            await self._lease.give_back()
        except PostgresAwayError as error:
            log.info("the lease ends by itself", reason=str(error))

    async def _renew(self) -> bool:
        """Ask for the lease once; an answer that says no ends it at once, none leaves it as it is."""
        asked_at = self._clock()
        try:
            has = await self._lease.take()
        except PostgresAwayError as error:
            log.warning("the lease waits for Postgres", reason=str(error))
            return False
        self._until = asked_at + self._seconds if has else 0.0
        measure(metrics.DISCORD_HOLDER).set(int(has))
        return has
