"""Waits for the lease, runs a session while it lasts, and gives it back when the program stops."""

import asyncio
import secrets
import socket
import threading
from collections.abc import Coroutine
from typing import Any

import structlog

from contracts import metrics
from discord_bot.data.database import Database
from discord_bot.data.lease import Lease
from discord_bot.holding import Holding
from discord_bot.polling.twitch import Twitch
from discord_bot.sending.errors import Away
from discord_bot.session import Session, Stores, Surroundings
from discord_bot.settings import DiscordSettings
from service_runtime.backoff import Backoff
from service_runtime.measures import measure

RETRIES = Backoff(2.0, 60.0, jitter=0.5)  # seconds, between two tries to connect
STOP_SECONDS = 0.25  # between two looks at the program's stop event

log = structlog.get_logger()


class LeaseLost(Exception):  # noqa: N818  (it ends a session, and is no failure)
    """Another instance answers and sends, or Postgres was away for too long."""


class Serving:
    """`problems` and `notes` answer /ready."""

    def __init__(
        self, *, settings: DiscordSettings, conninfo: str, twitch: Twitch | None, points_per_minute: float
    ) -> None:
        self._settings, self._conninfo = settings, conninfo
        self._twitch, self._points_per_minute = twitch, points_per_minute
        self._holder = f"{socket.gethostname()}-{secrets.token_hex(4)}"  # no two instances have the same
        self._session: Session | None = None
        self._failures = 0

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop`."""
        measure(metrics.DISCORD_CONNECTED).set_function(lambda: float(self.is_connected()))
        asyncio.run(self._serve(stop))

    def is_connected(self) -> bool:
        """Return whether this instance is the one that answers, and Discord hears it now."""
        session = self._session
        return session is not None and session.is_connected()

    def problems(self) -> dict[str, str]:
        """Return why this instance cannot do its work now; one that stands by has nothing to do."""
        session = self._session
        return {} if session is None or session.is_connected() else {"discord": "not connected"}

    def notes(self) -> dict[str, str]:
        """Return what an operator should know."""
        notes = {}
        if self._session is None:
            notes["lease"] = "another instance answers and sends, or Postgres is away"
        if self._twitch is None:
            notes["twitch"] = "no credentials: nobody is polled; set TWITCH_CLIENT_ID and its secret"
        return notes

    async def _serve(self, stop: threading.Event) -> None:
        database = Database(self._conninfo)
        await database.open()
        seconds = self._settings.lease_seconds
        holding = Holding(Lease(database, self._holder, seconds), seconds)
        try:
            while not stop.is_set():
                await until(stop, holding.wait())
                if not stop.is_set():
                    await until(stop, self._hold(database, holding))
        finally:
            await holding.give_back()
            await database.close()

    async def _hold(self, database: Database, holding: Holding) -> None:
        """Run a session until the lease is lost, or Discord is out of reach; then the next one begins anew."""
        self._session = Session(
            Surroundings(
                settings=self._settings,
                conninfo=self._conninfo,
                stores=Stores(database, self._settings, self._holder),
                twitch=self._twitch,
                points_per_minute=self._points_per_minute,
                holds=holding.holds,
            )
        )
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._session.run())
                group.create_task(keep(holding))
        except* LeaseLost:
            log.warning("another instance may answer and send")
        except* Away as errors:
            self._failures = 1 if self._session.client.present.is_set() else self._failures + 1
            log.warning("Discord cannot be reached", reason=str(first_of(errors)))
            await asyncio.sleep(RETRIES.wait_seconds(self._failures))
        finally:
            self._session = None


def first_of(errors: BaseExceptionGroup[Away]) -> BaseException:
    """Return the first error in nested groups."""
    found: BaseException = errors
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found


async def keep(holding: Holding) -> None:
    """Keep the lease; raise `LeaseLost` when it is lost."""
    await holding.keep()
    raise LeaseLost


async def until(stop: threading.Event, work: Coroutine[Any, Any, None]) -> None:
    """Await the work; cancel it once `stop` is set."""
    task = asyncio.create_task(work)
    while not task.done() and not stop.is_set():
        await asyncio.wait({task}, timeout=STOP_SECONDS)
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
        return
    task.result()
