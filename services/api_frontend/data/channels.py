"""Reads channels from Postgres: who is watched, one channel, its streams, and when it erupts; and writes what is asked.

What many visitors look at is kept for some seconds: one read serves all of them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from async_lru import alru_cache
from psycopg.rows import DictRow

from api_frontend.data.database import Database, queries
from api_frontend.data.stored_moment import Channel
from contracts.channel_names import ChannelName

BOARD_SECONDS = 10.0  # a stream's start is reported every 20 s
HOURS_SECONDS = 600.0
HOURS_CHANNELS = 500  # kept at most
WEEKS = 12  # of moments that say when a channel usually erupts
HOURS_A_WEEK = 7 * 24
LAST_TIME = datetime(9999, 1, 1, tzinfo=UTC)  # later than any stream


@dataclass(frozen=True, kw_only=True)
class WatchedChannel:
    """A watched channel with its newest stream, if one is known, and its moments of the last 24 hours."""

    channel_id: str
    login: str
    display_name: str
    title: str
    game_name: str
    language: str
    started_at: datetime | None
    ended_at: datetime | None
    moments: int
    last_moment_at: datetime | None

    @property
    def is_live(self) -> bool:
        """Whether its newest stream has no end."""
        return self.started_at is not None and self.ended_at is None

    def matches(self, text: str) -> bool:
        """Return whether its names, or what it plays or says, contain the text (in lower case)."""
        return any(text in each.lower() for each in (self.login, self.display_name, self.game_name, self.title))

    @property
    def place(self) -> tuple[bool, float, str]:
        """Where it stands in the list: live ones first, then by their last moment, then by name."""
        erupted_at = self.last_moment_at.timestamp() if self.last_moment_at else 0.0
        return not self.is_live, -erupted_at, self.login


@dataclass(frozen=True)
class KnownChannel:
    """A channel that has a page, and whether it is watched now."""

    channel: Channel
    is_watched: bool

    @property
    def address_name(self) -> str:
        """The last part of its page's address: its login, or its id until that is known."""
        return self.channel.login or self.channel.channel_id


@dataclass(frozen=True, kw_only=True)
class PastStream:
    """A broadcast. `next_at`: when the channel's next one began, far in the future for the newest.

    `viewers`: a number for each five minutes; None, as the others, where nobody has counted them. `people`: of the
    loudest second of each step, as far as the stream is rolled up; None for a step that nobody read.
    """

    stream_id: str
    title: str
    game_name: str
    language: str
    started_at: datetime
    ended_at: datetime | None
    next_at: datetime
    moments: int
    viewers_peak: int | None = None
    viewers_mean: int | None = None
    viewers: list[int] | None = None
    people: list[int | None] | None = None

    @property
    def is_live(self) -> bool:
        """Whether it goes on."""
        return self.ended_at is None and self.next_at == LAST_TIME

    @property
    def until_at(self) -> datetime:
        """When it was over at the latest."""
        return min(self.ended_at or self.next_at, self.next_at)

    @property
    def seconds(self) -> float | None:
        """How long it was; None while it goes on, and where nobody saw its end."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None


def past_stream(row: DictRow) -> PastStream:
    """Read a row of `streams_of`."""
    known = [each for each in row.pop("own_viewers") or () if each is not None]
    row["viewers"] = row["viewers"] or (known or None)
    row["viewers_peak"] = max(row["viewers_peak"] or 0, *known, 0) or None
    row["viewers_mean"] = row["viewers_mean"] or (round(sum(known) / len(known)) if known else None)
    return PastStream(**row)


class Channels:
    """Reads channels. Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._board = alru_cache(maxsize=1, ttl=BOARD_SECONDS)(self._read_board)
        self._hours = alru_cache(maxsize=HOURS_CHANNELS, ttl=HOURS_SECONDS)(self._read_hours)

    async def watched(self) -> list[WatchedChannel]:
        """Return every watched channel, live ones first."""
        return await self._board()

    async def _read_board(self) -> list[WatchedChannel]:
        rows = await self._database.rows(queries.watched_board.sql)
        texts = ("title", "game_name", "language")  # None where no stream is known
        board = [WatchedChannel(**row | {name: row[name] or "" for name in texts}) for row in rows]
        return sorted(board, key=lambda channel: channel.place)

    async def named(self, name: str) -> KnownChannel | None:
        """Find a channel by its login, a login that it had before, or its id; None if it has no page."""
        rows = await self._database.rows(queries.channel_named.sql, {"name": name})
        if not rows:
            return None
        row = rows[0]
        channel_id = row["channel_id"]
        channel = Channel(channel_id, row["login"], row["display_name"] or f"channel {channel_id}")
        return KnownChannel(channel, row["is_watched"])

    async def streams(self, channel_id: str, before: datetime | None, most: int) -> list[PastStream]:
        """Return the newest streams that began before this time."""
        values = {"channel_id": channel_id, "before": before or LAST_TIME, "most": most}
        rows = await self._database.rows(queries.streams_of.sql, values)
        return [past_stream(row) for row in rows]

    async def best(self, channel_id: str, most: int) -> list[str]:
        """Return the ids of a channel's best moments, best first."""
        values = {"channel_id": channel_id, "most": most}
        return [row["moment_id"] for row in await self._database.rows(queries.best_of_channel.sql, values)]

    async def eruption_hours(self, channel_id: str) -> tuple[int, ...]:
        """Return the moments in each hour of the week (UTC, from Monday on) of the last `WEEKS` weeks."""
        return await self._hours(channel_id)

    async def _read_hours(self, channel_id: str) -> tuple[int, ...]:
        values = {"channel_id": channel_id, "weeks": WEEKS}
        rows = await self._database.rows(queries.eruption_hours.sql, values)
        found = {row["hour"]: row["moments"] for row in rows}
        return tuple(found.get(hour, 0) for hour in range(HOURS_A_WEEK))

    async def ask_for(self, name: ChannelName) -> bool:
        """Put a channel on the operator's list; False if the list is full."""
        return bool(await self._database.rows(queries.ask_for_channel.sql, {"name": str(name)}))

    async def opt_out(self, channel: Channel) -> None:
        """Note that a channel wants to be neither read nor shown."""
        values = {"channel_id": channel.channel_id, "login": channel.login}
        await self._database.rows(queries.opt_out.sql, values)

    def forget(self) -> None:
        """Read everything anew."""
        self._board.cache_clear()
        self._hours.cache_clear()
