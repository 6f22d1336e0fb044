"""Knows what emotes are used most over all channels: in the last minutes, and today (UTC).

One board serves all visitors of the process, and reads each minute of today once: a refresh costs what is new. After a
start it reads today in pieces, as soon as somebody looks, and says how far it is. A minute that comes later than others
of its channel is missing until the next day.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from async_lru import alru_cache

from api_frontend.data.database import Database, queries
from api_frontend.data.emotes.channel_emotes import ChannelEmotes
from api_frontend.data.emotes.day_tally import Tallied, Tally
from api_frontend.data.emotes.emote import EmoteKey, UsedEmote
from api_frontend.data.stored_moment import Channel
from emote_counts.reading import TopEmote, keys_of, moment
from service_runtime.postgres import PostgresAwayError

MOST = 100  # emotes of a board
RECENT = timedelta(minutes=5)
KEPT_SECONDS = 10.0
MINUTE = timedelta(minutes=1)
PIECE = 400  # minutes of channels read at once: some 25 ms
PAUSE_SECONDS = 0.15  # between two pieces: visitors come first
EVERYTHING = timedelta(microseconds=1)  # before midnight, so that the first minute is after it


@dataclass(frozen=True)
class Placed:
    """An emote, and the channel in which it was used most."""

    used: UsedEmote
    channel: Channel


@dataclass(frozen=True, kw_only=True)
class Board:
    """The most used emotes. `today_until`: up to when today's minutes are in."""

    now: list[Placed]
    today: list[Placed]
    today_from: datetime
    today_until: datetime
    is_whole: bool


class EmoteBoard:
    """Adds up the channels. Raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database, emotes: ChannelEmotes) -> None:
        self._database, self._emotes = database, emotes
        self._day, self._tally = datetime.min.replace(tzinfo=UTC), Tally()
        self._after: dict[str, datetime] = {}  # by channel: the last minute that is in
        self._behind: set[str] = set()  # channels of which more is to be read
        self._minutes: dict[datetime, Tally] = {}  # the last ones
        self._last_first: list[Tallied] | None = None  # of them together; None: to be found anew
        self._turn = asyncio.Lock()
        self._filling: asyncio.Task[None] | None = None
        self.read = alru_cache(maxsize=1, ttl=KEPT_SECONDS)(self._read)

    def forget(self) -> None:
        """Add up anew: a channel may have opted out."""
        self._day, self._minutes, self._last_first = datetime.min.replace(tzinfo=UTC), {}, None
        self.read.cache_clear()

    def close(self) -> None:
        """Stop reading."""
        if self._filling is not None:
            self._filling.cancel()

    async def _read(self) -> Board:
        channels = {row["channel_id"]: row for row in await self._database.rows(queries.emote_channels.sql)}
        is_whole = await self._advance(list(channels))
        if not is_whole and (self._filling is None or self._filling.done()):
            self._filling = asyncio.create_task(self._fill(list(channels)), name="emote_board")
        until = moment(await self._emotes.counted_until() or 0)
        known = {
            channel_id: Channel(channel_id, row["login"], row["display_name"]) for channel_id, row in channels.items()
        }
        return Board(
            now=await self._placed(await self._recent(list(channels), until), known),
            today=await self._placed(self._tally.first(MOST), known),
            today_from=self._day,
            today_until=min((self._after[channel_id] for channel_id in self._behind), default=until),
            is_whole=is_whole,
        )

    async def _recent(self, channel_ids: list[str], until: datetime) -> list[Tallied]:
        """Add up the last minutes; of those before the latest two all channels are known already."""
        begin = until - RECENT
        if set(self._minutes) - set(minutes_between(begin, until)):
            self._minutes = {at: recent for at, recent in self._minutes.items() if at >= begin}
            self._last_first = None
        missing = [at for at in minutes_between(begin, until) if at not in self._minutes]
        values = {"channel_ids": channel_ids, "from_at": min([until - 2 * MINUTE, *missing])}
        for row in await self._emotes.ask(queries.newest_emote_minutes.sql, values):
            at, channel_id = row["minute_at"], row["channel_id"]
            recent = self._minutes.setdefault(at, Tally()) if at < until else None
            if recent is not None and channel_id not in recent.channels:
                recent.add([(channel_id, row["packed"])])
                self._last_first = None
        if self._last_first is None:
            whole = Tally()
            for tally in self._minutes.values():
                whole.merge(tally)
            self._last_first = whole.first(MOST)
        return self._last_first

    async def _fill(self, channel_ids: list[str]) -> None:
        """Read the rest of today, a piece at a time."""
        try:
            while not await self._advance(channel_ids):
                self.read.cache_clear()
                await asyncio.sleep(PAUSE_SECONDS)
        except PostgresAwayError:
            return  # who looks next goes on
        self.read.cache_clear()

    async def _advance(self, channel_ids: list[str]) -> bool:
        """Add the next minutes of each channel; return whether these were all."""
        async with self._turn:
            midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            if midnight != self._day:
                self._day, self._tally, self._after = midnight, Tally(), {}
            most = max(1, PIECE // max(1, len(channel_ids)))
            begin = midnight - EVERYTHING
            values = {
                "channel_ids": channel_ids,
                "after": [self._after.get(channel_id, begin) for channel_id in channel_ids],
                "from_at": midnight,
                "most": most,
            }
            rows = await self._emotes.ask(queries.closed_minutes_after.sql, values)
            if midnight != self._day:  # forgotten meanwhile
                return False
            self._tally.add((row["channel_id"], row["packed"]) for row in rows)
            self._after |= {row["channel_id"]: row["minute_at"] for row in rows}
            counts = Counter(row["channel_id"] for row in rows)
            self._behind = {channel_id for channel_id, read in counts.items() if read == most}
            return not self._behind

    async def _placed(self, found: Sequence[Tallied], channels: dict[str, Channel]) -> list[Placed]:
        keys = await keys_of(self._emotes.ask, [each.emote_id for each in found])
        shown = [
            (channels[each.channel_id], TopEmote(*keys[each.emote_id], each.uses, each.people))
            for each in found
            if each.emote_id in keys and each.channel_id in channels and not self._emotes.hides(keys[each.emote_id][2])
        ]
        looks = await self._emotes.looks(
            [(channel.channel_id, EmoteKey(top.provider, top.provider_id)) for channel, top in shown]
        )
        return [Placed(self._emotes.used(top, channel.channel_id, looks), channel) for channel, top in shown]


def minutes_between(begin: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the minutes of a time."""
    while begin < end:
        yield begin
        begin += MINUTE
