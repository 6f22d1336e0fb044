"""Sends new seconds of emotes to open graphs, and says in Postgres which channels somebody looks at.

All graphs together cost a question a second, and one statement every ten to say that they are open
(`emote_interest`, which is unlogged). Without an open graph nothing is asked.
"""

import asyncio
import json
import struct
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
import structlog

from api_frontend.data.database import Database, queries
from api_frontend.data.emotes.channel_emotes import ChannelEmotes
from api_frontend.data.live import News, Subscription
from emote_counts.minute_row import MinuteRow, MinuteUses
from emote_counts.reading import Row, keys_of, milliseconds, moment
from service_runtime.postgres import PostgresAwayError

POLL_SECONDS = 1.0
RENEW_SECONDS = 10.0
WANTED_SECONDS = 30  # how long the counter sends open minutes after a renewal
ASKED_SECONDS = 20.0  # how long a page counts that asks by itself
MINUTE_MS = 60_000
REACH_MS = 3 * MINUTE_MS  # how far back minutes may change
NAMES_KEPT = 50_000
UNREADABLE = (ValueError, struct.error, IndexError, RuntimeError)  # the last one: a generator's end inside of it

log = structlog.get_logger()


@dataclass(frozen=True)
class LiveMinute:
    """A minute of a channel: what was used, by `provider:id`."""

    at: int
    is_closed: bool
    packed: bytes
    emotes: Mapping[str, MinuteUses]

    @property
    def until_at(self) -> int:
        """Until when it is known: its end, or the last second in which anything was used."""
        last = max((found.seconds[-1][0] for found in self.emotes.values()), default=-1)
        return self.at + (MINUTE_MS if self.is_closed else 1000 * (last + 1))


@dataclass(frozen=True)
class EmoteNews(News):
    """Minutes of a channel that have changed; what was not used until `until_at` (ms) is 0."""

    minutes: Sequence[LiveMinute] = ()
    until_at: int = 0

    def of(self, keys: Sequence[str]) -> str:
        """Write what a page is told that shows these emotes: for each minute and emote, pairs of second and uses."""
        minutes = [
            {
                "at": minute.at,
                "emotes": [found.seconds if (found := minute.emotes.get(key)) else [] for key in keys],
                "people": [found.people if (found := minute.emotes.get(key)) else 0 for key in keys],
            }
            for minute in self.minutes
        ]
        return json.dumps({"until": self.until_at, "minutes": minutes}, separators=(",", ":"))


def emote_news(minutes: Sequence[LiveMinute], until_at: int) -> EmoteNews:
    """Make the news; each page writes them for its own emotes."""
    return EmoteNews("emotes", write=lambda: "", minutes=minutes, until_at=until_at)


@dataclass
class Graphs:
    """The open graphs of a channel, and what they were told."""

    pages: set[Subscription] = field(default_factory=set)
    asked_until: float = 0.0  # by pages that ask, on the clock
    minutes: dict[int, LiveMinute] = field(default_factory=dict)
    until_at: int = 0


class LiveGraphs:
    """Knows the open graphs, and keeps them up to date."""

    def __init__(self, database: Database, emotes: ChannelEmotes, clock: Callable[[], float] = time.monotonic) -> None:
        self._database, self._emotes, self._clock = database, emotes, clock
        self._graphs: dict[str, Graphs] = {}
        self._wanted = asyncio.Event()
        self._renewed_at = float("-inf")
        self._renewed: set[str] = set()
        self._keys: dict[int, str] = {}

    @contextmanager
    def following(self, channel_id: str, page: Subscription) -> Iterator[None]:
        """Send a page the channel's news for the block, at first the latest minutes."""
        graphs = self._graphs.setdefault(channel_id, Graphs())
        graphs.pages.add(page)
        if graphs.until_at:
            page.offer(emote_news(list(graphs.minutes.values()), graphs.until_at))
        self._wanted.set()
        try:
            yield
        finally:
            graphs.pages.discard(page)

    def ask(self, channel_id: str) -> None:
        """Note that a page asks for the channel by itself."""
        self._graphs.setdefault(channel_id, Graphs()).asked_until = self._clock() + ASKED_SECONDS
        self._wanted.set()

    async def run(self) -> None:
        """Keep open graphs up to date until cancelled."""
        while True:
            await self._wanted.wait()
            try:
                await self.turn()
            except (PostgresAwayError, psycopg.Error) as error:
                log.warning("open graphs wait for Postgres", reason=str(error))
            await asyncio.sleep(POLL_SECONDS)

    async def turn(self) -> None:
        """Renew the interest where it is due, and send what is new."""
        self._forget_closed()
        if not self._graphs:
            self._wanted.clear()
            return
        await self._renew()
        until = await self._emotes.counted_until() or 0
        values = {"channel_ids": list(self._graphs), "from_at": moment(int(time.time() * 1000) - REACH_MS)}
        found: dict[str, list[Row]] = defaultdict(list)
        for row in await self._emotes.ask(queries.newest_emote_minutes.sql, values):
            found[row["channel_id"]].append(row)
        for channel_id, graphs in list(self._graphs.items()):
            await self._tell(graphs, found[channel_id], until)

    def _forget_closed(self) -> None:
        now = self._clock()
        for channel_id, graphs in list(self._graphs.items()):
            if not graphs.pages and graphs.asked_until < now:
                del self._graphs[channel_id]

    async def _renew(self) -> None:
        wanted = set(self._graphs)
        if self._clock() - self._renewed_at < RENEW_SECONDS and wanted <= self._renewed:
            return
        values = {"channel_ids": sorted(wanted), "seconds": WANTED_SECONDS}
        await self._database.rows(queries.want_emotes.sql, values)
        self._renewed_at, self._renewed = self._clock(), wanted

    async def _tell(self, graphs: Graphs, rows: Sequence[Row], until: int) -> None:
        known = {at: (minute.is_closed, minute.packed) for at, minute in graphs.minutes.items()}
        changed = [
            row for row in rows if known.get(milliseconds(row["minute_at"])) != (row["is_closed"], row["packed"])
        ]
        minutes = [await self._read(row) for row in changed]
        oldest = min((milliseconds(row["minute_at"]) for row in rows), default=0)
        graphs.minutes = {at: each for at, each in graphs.minutes.items() if at >= oldest}
        graphs.minutes |= {minute.at: minute for minute in minutes}
        until = max(until, graphs.until_at, *(minute.until_at for minute in graphs.minutes.values()), 0)
        if minutes or until > graphs.until_at:
            graphs.until_at = until
            for page in graphs.pages:
                page.offer(emote_news(minutes, until))

    async def _read(self, row: Row) -> LiveMinute:
        """Read a minute; one that cannot be read is as good as none, and said once."""
        try:
            cells = list(MinuteRow(row["packed"]))
        except UNREADABLE as error:
            log.error("a minute of emotes cannot be read", channel_id=row["channel_id"], reason=repr(error))
            cells = []
        unknown = [emote_id for emote_id, _ in cells if emote_id not in self._keys]
        if unknown:
            if len(self._keys) > NAMES_KEPT:
                self._keys.clear()
            keys = await keys_of(self._emotes.ask, [emote_id for emote_id, _ in cells if emote_id not in self._keys])
            self._keys |= {emote_id: f"{provider}:{own_id}" for emote_id, (provider, own_id, _) in keys.items()}
        emotes: dict[str, MinuteUses] = {}
        for emote_id, found in cells:
            if key := self._keys.get(emote_id):
                emotes[key] = together(emotes[key], found) if key in emotes else found
        at: datetime = row["minute_at"]
        return LiveMinute(milliseconds(at), row["is_closed"], row["packed"], emotes)


def together(one: MinuteUses, other: MinuteUses) -> MinuteUses:
    """Add up an emote's uses under two names; people who used both count once at least."""
    uses: dict[int, int] = defaultdict(int)
    for second, number in (*one.seconds, *other.seconds):
        uses[second] += number
    return MinuteUses(tuple(sorted(uses.items())), max(one.people, other.people))
