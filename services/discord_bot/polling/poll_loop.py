"""Asks Twitch round by round who is live, writes what changed, and hands on what is live."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import structlog

from contracts import metrics
from discord_bot.data.follows import Follows
from discord_bot.data.streams import Streams
from discord_bot.polling.rounds import Doubts, least_pause_seconds, parts_of, pause_seconds
from discord_bot.polling.twitch import Twitch
from discord_notices.rules.stream import observed_all
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError
from twitch_access.errors import TwitchError

IDLE_SECONDS = 2.0  # between two looks whether anybody is followed
Live = Callable[[Sequence[str]], Awaitable[None]]

log = structlog.get_logger()


def utc_now() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


class PollLoop:
    """`live`: is told the ids of the live streams after each request, whether they are new or not."""

    def __init__(
        self,
        *,
        twitch: Twitch,
        follows: Follows,
        streams: Streams,
        live: Live,
        poll_seconds: float,
        over_seconds: float,
        points_per_minute: float,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._twitch, self._follows, self._streams, self._live = twitch, follows, streams, live
        self._poll_seconds, self._over_seconds = poll_seconds, over_seconds
        self._points_per_minute = points_per_minute
        self._now = now
        self._doubts = Doubts()
        self.last_answer_at: float | None = None  # monotonic; for /ready

    async def run(self) -> None:
        """Poll until cancelled."""
        measure(metrics.DISCORD_POLLED_AT).set_to_current_time()
        while True:
            try:
                await self._round()
            except PostgresAwayError as error:
                log.warning("polling waits for Postgres", reason=str(error))
                await asyncio.sleep(IDLE_SECONDS)

    async def _round(self) -> None:
        channel_ids = await self._follows.polled_channels()
        measure(metrics.DISCORD_FOLLOWED).set(len(channel_ids))
        if not channel_ids:
            await asyncio.sleep(IDLE_SECONDS)
            return
        parts = parts_of(channel_ids)
        pause = pause_seconds(len(parts), self._poll_seconds, self._points_per_minute)
        planned = measure(metrics.DISCORD_PLANNED_SECONDS)
        planned.labels(limit="setting").set(self._poll_seconds)
        planned.labels(limit="points").set(len(parts) * least_pause_seconds(self._points_per_minute))
        began_at = next_at = time.monotonic()
        for number, part in enumerate(parts):
            await self.ask(number, part)
            next_at = max(next_at + pause, time.monotonic() - pause)  # what is late is made up for, by one pause
            await asyncio.sleep(max(0.0, next_at - time.monotonic()))
        measure(metrics.DISCORD_ROUND_SECONDS).set(time.monotonic() - began_at)

    async def ask(self, number: int, part: Sequence[str]) -> None:
        """Ask about one part; a request that fails changes nothing, and the next round asks again."""
        try:
            listed = await self._twitch.streams(part)
        except TwitchError as error:
            log.warning("cannot get the streams", reason=str(error))
            return
        self.last_answer_at = time.monotonic()
        measure(metrics.DISCORD_POLLED_AT).set_to_current_time()
        known = await self._streams.newest(part)
        running = [channel_id for channel_id, stream in known.items() if stream.ended_at is None]
        left = sum(channel_id in listed for channel_id in running)
        polled: Sequence[str] = part
        if self._doubts.doubts(number, len(running), left, time.monotonic()):
            log.warning("Twitch lists hardly any stream, which is not believed yet")
            polled = list(listed)
        changed = observed_all(known, listed, polled, self._now(), self._over_seconds)
        await self._streams.write(changed)
        await self._follows.rename(listed.values())
        await self._live([stream.stream_id for stream in changed if stream.is_live])
