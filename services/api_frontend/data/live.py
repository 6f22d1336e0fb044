"""New and changed moments, from Postgres's NOTIFY to every open page."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import structlog

from api_frontend.data.database import conninfo_with_deadlines
from api_frontend.data.freshness import UNREACHABLE, Freshness
from api_frontend.data.moments import Moments, StoredMoment
from api_frontend.data.progress import PipelineProgress
from contracts import metrics
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError

POLL_SECONDS = 5.0  # the safety net under NOTIFY, and the header's rhythm
RECENT = 200  # moments that the safety net compares
REMEMBERED = 1000  # versions told to pages; older ones may be told twice, which does no harm
QUEUE_LIMIT = 100  # events that wait for a slow page before it is sent away to come back
BATCH = 100  # moments fetched with one question
RECONNECT_SECONDS = 1.0

log = structlog.get_logger()


@dataclass(frozen=True)
class News:
    """What an open page is told, written once for all of them. `moment` is None for the header's news."""

    name: str
    text: str
    moment: StoredMoment | None = None


@dataclass(frozen=True)
class Writers:
    """How news is put into words: moments and freshness to text."""

    moment: Callable[[StoredMoment], str]
    freshness: Callable[[Freshness], str]


class TooManyPagesError(Exception):
    """No more open pages can be served with news."""


def id_in(payload: str) -> str | None:
    """The moment's id in a notification, or None where it is no such notification."""
    try:
        moment_id = json.loads(payload)["id"]
    except (ValueError, KeyError, TypeError):
        return None
    return moment_id if isinstance(moment_id, str) else None


class Subscription:
    """One open page's queue. It ends when the page is too slow: the browser comes back and resumes."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[News] = asyncio.Queue(QUEUE_LIMIT)
        self._overflowed = False

    def offer(self, news: News) -> None:
        """Queue the news, or mark the page as too slow."""
        if self._overflowed:
            return
        try:
            self._queue.put_nowait(news)
        except asyncio.QueueFull:
            self._overflowed = True

    async def news(self) -> AsyncIterator[News]:
        """What happens from now on; ends where the page was too slow."""
        while not (self._overflowed and self._queue.empty()):
            yield await self._queue.get()


class Fanout:
    """Gives each change once to every open page."""

    def __init__(self, most_pages: int) -> None:
        self._most_pages = most_pages
        self._pages: set[Subscription] = set()
        self._told: OrderedDict[str, str] = OrderedDict()

    @contextmanager
    def subscription(self) -> Iterator[Subscription]:
        """A place among the open pages; raises `TooManyPagesError`."""
        if self.is_full():
            raise TooManyPagesError
        page = Subscription()
        self._pages.add(page)
        measure(metrics.LIVE_VIEWERS).set(len(self._pages))
        try:
            yield page
        finally:
            self._pages.discard(page)
            measure(metrics.LIVE_VIEWERS).set(len(self._pages))

    def is_full(self) -> bool:
        """Whether as many pages are open as may be."""
        return len(self._pages) >= self._most_pages

    def is_new(self, moment_id: str, version: str) -> bool:
        """Whether this version was not told yet; remembers it."""
        if self._told.get(moment_id) == version:
            return False
        self._told[moment_id] = version
        self._told.move_to_end(moment_id)
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True

    def tell(self, news: News) -> None:
        """Offer news to every open page."""
        for page in self._pages:
            page.offer(news)


class Listener:
    """Keeps a connection of its own on LISTEN and looks for itself every few seconds."""

    def __init__(
        self, conninfo: str, moments: Moments, progress: PipelineProgress, fanout: Fanout, write: Writers
    ) -> None:
        self._conninfo = conninfo_with_deadlines(conninfo)
        self._moments, self._progress, self._fanout, self._write = moments, progress, fanout, write
        self._knows_the_present = False

    async def run(self) -> None:
        """Tell every change until cancelled; reconnects whenever Postgres was away."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                    await connection.execute("LISTEN moments")
                    log.info("listening for moments")
                    while True:
                        await self._look()
                        await self._hear(connection)
            except (psycopg.OperationalError, PostgresAwayError) as error:
                log.warning("not listening, will try again", reason=str(error))
                self._fanout.tell(News("freshness", self._write.freshness(UNREACHABLE)))
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self, connection: psycopg.AsyncConnection) -> None:
        """Tell what is notified, for the length of one poll interval."""
        deadline = asyncio.get_running_loop().time() + POLL_SECONDS
        while (left := deadline - asyncio.get_running_loop().time()) > 0:
            heard = [note.payload async for note in connection.notifies(timeout=left, stop_after=1)]
            ids = OrderedDict.fromkeys(id_in(payload) for payload in heard)
            if None in ids:
                measure(metrics.DEAD_LETTERS).labels(place="notify").inc()
            await self._tell([moment_id for moment_id in ids if moment_id is not None])

    async def _look(self) -> None:
        """Tell what changed unheard, and how fresh the data is."""
        versions = await self._moments.recent_versions(RECENT)
        changed = [found.moment_id for found in versions if self._fanout.is_new(found.moment_id, found.version)]
        if self._knows_the_present:
            await self._tell(reversed(changed), known=True)
        self._knows_the_present = True
        freshness, _ = await self._progress.read()
        self._fanout.tell(News("freshness", self._write.freshness(freshness)))

    async def _tell(self, ids: Iterable[str], known: bool = False) -> None:
        waiting = list(ids)
        for start in range(0, len(waiting), BATCH):
            for moment in await self._moments.by_ids(waiting[start : start + BATCH]):
                if known or self._fanout.is_new(moment.moment_id, moment.version):
                    self._fanout.tell(News("moment", self._write.moment(moment), moment))
