"""Sends new and changed moments from Postgres's NOTIFY to every open page."""

import asyncio
import json
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import psycopg
import structlog

from api_frontend.data.database import conninfo_with_deadlines
from api_frontend.data.freshness import UNREACHABLE, Freshness
from api_frontend.data.moments import Moments
from api_frontend.data.progress import PipelineProgress
from api_frontend.data.stored_moment import StoredMoment
from api_frontend.reader import CURRENT, Reader, reading
from contracts import metrics
from contracts.notifications import channel_in, moment_in
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError

POLL_SECONDS = 5.0  # looks for what NOTIFY missed, and refreshes the header
RECENT = 200  # newest moments that are compared each time
REMEMBERED = 1000  # versions sent to pages; older ones may be sent twice, which does no harm
QUEUE_LIMIT = 100  # events queued for a slow page before it has to reconnect
BATCH = 100  # moments fetched with one query
RECONNECT_SECONDS = 1.0
CLIENTS_AT_LEAST = 50  # that many clients find a place, whatever one of them does

log = structlog.get_logger()


@dataclass(frozen=True)
class News:
    """An event for open pages, written once for all readers of a language. `moment` is None for the header's news."""

    name: str
    write: Callable[[], str]
    moment: StoredMoment | None = None
    freshness: Freshness | None = None
    written: dict[str, str] = field(default_factory=dict)  # by language

    @property
    def text(self) -> str:
        """What an open page is told, in its reader's language; it knows the time zone itself."""
        language = CURRENT.get().language
        if language not in self.written:
            with reading(Reader(language)):
                self.written[language] = self.write()
        return self.written[language]


@dataclass(frozen=True)
class Writers:
    """How news is rendered: moments and freshness to text."""

    moment: Callable[[StoredMoment], str]
    freshness: Callable[[Freshness], str]

    def header(self, freshness: Freshness) -> News:
        """Write the header's news."""
        return News("freshness", partial(self.freshness, freshness), freshness=freshness)


@dataclass(frozen=True)
class Memory:
    """What is kept of moments elsewhere: `changed` says that it is old, `forget` that something of it is hidden."""

    changed: Callable[[], None]
    forget: Callable[[], None]


class TooManyPagesError(Exception):
    """As many pages are open as are allowed: `by` "all" clients together, or by this "client"."""

    def __init__(self, by: Literal["all", "client"]) -> None:
        super().__init__(by)
        self.by = by


def gone_news(moment_id: str = "", channel_id: str = "") -> News:
    """Tell open pages to remove a moment, or all of a channel."""
    return News("gone", partial(json.dumps, {"id": moment_id, "channel": channel_id}))


def measure_age(moment: StoredMoment) -> None:
    """Measure how long ago chat crossed the threshold, as open pages learn of a moment for the first time."""
    if moment.document.revision_number == 1 and moment.clip is None:
        measure(metrics.MOMENT_PAGE_SECONDS).observe(max(0.0, time.time() - moment.document.crossed_at / 1000))


class Subscription:
    """One open page's queue. It ends if the page is too slow: the browser reconnects and resumes."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[News | None] = asyncio.Queue(QUEUE_LIMIT)
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
        """Yield the news from now on; ends if the page was too slow."""
        while not (self._overflowed and self._queue.empty()):
            if (news := await self._queue.get()) is None:
                return
            yield news

    def end(self) -> None:
        """End the news: the page connects again."""
        self._overflowed = True
        if self._queue.empty():
            self._queue.put_nowait(None)


class Fanout:
    """Sends each change once to every open page."""

    def __init__(self, most_pages: int) -> None:
        self._most_pages = most_pages
        self._most_of_one = max(1, most_pages // CLIENTS_AT_LEAST)
        self._pages: set[Subscription] = set()
        self._held: Counter[str] = Counter()  # places by client
        self._sent: OrderedDict[str, str] = OrderedDict()  # moment to version

    @contextmanager
    def subscription(self, client: str) -> Iterator[Subscription]:
        """Give a page of the client a place for the block; raises `TooManyPagesError`."""
        if len(self._pages) >= self._most_pages:
            raise TooManyPagesError("all")
        if self._held[client] >= self._most_of_one:
            raise TooManyPagesError("client")
        page = Subscription()
        self._take(page, client)
        try:
            yield page
        finally:
            self._give_back(page, client)

    def _take(self, page: Subscription, client: str) -> None:
        self._pages.add(page)
        self._held[client] += 1
        measure(metrics.LIVE_VIEWERS).set(len(self._pages))

    def _give_back(self, page: Subscription, client: str) -> None:
        self._pages.discard(page)
        self._held[client] -= 1
        if not self._held[client]:
            del self._held[client]  # clients come and go without end
        measure(metrics.LIVE_VIEWERS).set(len(self._pages))

    def is_new(self, moment_id: str, version: str) -> bool:
        """Return whether this version was not sent yet, and remember it."""
        if self._sent.get(moment_id) == version:
            return False
        self._sent[moment_id] = version
        self._sent.move_to_end(moment_id)
        while len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)
        return True

    def end(self) -> None:
        """End the news of every open page."""
        for page in self._pages:
            page.end()

    def send(self, news: News) -> None:
        """Queue news for every open page."""
        for page in self._pages:
            page.offer(news)


class Listener:
    """Listens on a connection of its own, and compares the newest moments every few seconds."""

    def __init__(
        self,
        *,
        conninfo: str,
        moments: Moments,
        progress: PipelineProgress,
        fanout: Fanout,
        writers: Writers,
        memory: Memory,
    ) -> None:
        self._conninfo = conninfo_with_deadlines(conninfo)
        self._memory = memory
        self._hiding_state = ""
        self._moments, self._progress, self._fanout, self._writers = moments, progress, fanout, writers
        self._has_compared = False  # what is stored at the start is no news

    async def run(self) -> None:
        """Send every change until cancelled; reconnects whenever Postgres was away."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                    await connection.execute("LISTEN moments")
                    log.info("listening for moments")
                    while True:
                        await self._compare()
                        await self._listen(connection)
            except (psycopg.OperationalError, PostgresAwayError) as error:
                log.warning("connection for notifications lost, reconnecting", reason=str(error))
                self._fanout.send(self._writers.header(UNREACHABLE))
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self, connection: psycopg.AsyncConnection) -> None:
        """Send what is notified during one poll interval."""
        deadline = asyncio.get_running_loop().time() + POLL_SECONDS
        while (left := deadline - asyncio.get_running_loop().time()) > 0:
            payloads = [note.payload async for note in connection.notifies(timeout=left, stop_after=1)]
            channels = {payload: channel for payload in payloads if (channel := channel_in(payload))}
            if channels:
                self._memory.forget()
            for channel_id in channels.values():
                self._fanout.send(gone_news(channel_id=channel_id))
            payloads = [payload for payload in payloads if payload not in channels]
            ids = OrderedDict.fromkeys(moment_in(payload) for payload in payloads)
            if None in ids:
                measure(metrics.DEAD_LETTERS).labels(place="notify").inc()
            await self._send([moment_id for moment_id in ids if moment_id is not None])

    async def _compare(self) -> None:
        """Send changes that came without a notification, and how fresh the data is."""
        if (state := await self._moments.hiding_state()) != self._hiding_state:
            self._hiding_state = state
            self._memory.forget()
        versions = await self._moments.recent_versions(RECENT)
        changed = [found.moment_id for found in versions if self._fanout.is_new(found.moment_id, found.version)]
        if self._has_compared:
            await self._send(reversed(changed), is_new=True)
        self._has_compared = True
        for moment_id in await self._moments.hidden_since(2 * POLL_SECONDS + RECONNECT_SECONDS):
            self._fanout.send(gone_news(moment_id))
        freshness, _ = await self._progress.read()
        self._fanout.send(self._writers.header(freshness))

    async def _send(self, ids: Iterable[str], is_new: bool = False) -> None:
        waiting = list(ids)
        for start in range(0, len(waiting), BATCH):
            batch = waiting[start : start + BATCH]
            self._memory.changed()
            found = await self._moments.by_ids(batch)
            if len(found) < len(batch):
                self._memory.forget()
            for moment_id in set(batch) - {moment.moment_id for moment in found}:
                self._fanout.send(gone_news(moment_id))  # hidden, or not recorded yet: then no page shows it
            for moment in found:
                if is_new or self._fanout.is_new(moment.moment_id, moment.version):
                    measure_age(moment)
                    self._fanout.send(News("moment", partial(self._writers.moment, moment), moment))
