"""Hears of new and changed moments by Postgres's NOTIFY, and compares the newest ones in case one was lost."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence

import psycopg
import structlog

from contracts.notifications import moment_in
from discord_bot.data.database import bot_conninfo
from discord_bot.data.moments import Moments
from service_runtime.postgres import AWAY, PostgresAwayError

LISTEN_SECONDS = 5.0  # after which the newest moments are compared
RECENT = 200  # newest moments that are compared
REMEMBERED = 2000  # versions
OPEN_SECONDS = 15.0  # between two looks at the messages that may still change
RECONNECT_SECONDS = 1.0
Changed = Callable[[Sequence[str]], Awaitable[None]]

log = structlog.get_logger()


class Versions:
    """Which versions of moments were handed on; bounded."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, str] = OrderedDict()

    def changed(self, found: Mapping[str, str]) -> list[str]:
        """Return the moments whose version is new."""
        return [moment_id for moment_id, version in found.items() if self._known.get(moment_id) != version]

    def remember(self, found: Mapping[str, str]) -> None:
        """Note that these were handed on."""
        for moment_id, version in found.items():
            self._known[moment_id] = version
            self._known.move_to_end(moment_id)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


class MomentListener:
    """`changed`: is told the ids of moments. `gone`: is called when a streamer opted out."""

    def __init__(
        self, *, conninfo: str, moments: Moments, changed: Changed, gone: Callable[[], Awaitable[None]]
    ) -> None:
        self._conninfo = bot_conninfo(conninfo)
        self._moments, self._changed, self._gone = moments, changed, gone
        self._versions = Versions()
        self._looked_at = -OPEN_SECONDS

    async def run(self) -> None:
        """Listen until cancelled; reconnects whenever Postgres was away."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                    await connection.execute("LISTEN moments")
                    log.info("listening for moments")
                    while True:
                        await self._compare()
                        await self._listen(connection)
            except (*AWAY, PostgresAwayError) as error:
                log.warning("connection for notifications lost, reconnecting", reason=str(error))
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self, connection: psycopg.AsyncConnection) -> None:
        """Hand on what is notified during a while."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + LISTEN_SECONDS
        while (left := deadline - loop.time()) > 0:
            payloads = [note.payload async for note in connection.notifies(timeout=left, stop_after=1)]
            ids = OrderedDict.fromkeys(moment_id for each in payloads if (moment_id := moment_in(each)))
            if ids:
                await self._changed(list(ids))
            if len(ids) < len(set(payloads)):
                await self._gone()

    async def _compare(self) -> None:
        """Hand on what came without a notification, and now and then what may still change by time alone."""
        versions = await self._moments.recent_versions(RECENT)
        changed = self._versions.changed(versions)
        now = asyncio.get_running_loop().time()
        if now - self._looked_at >= OPEN_SECONDS:
            changed += [each for each in await self._moments.open_posts() if each not in changed]
            await self._gone()
            self._looked_at = now
        if changed:
            await self._changed(changed)
        self._versions.remember(versions)
