"""Ends, starts and changes streams at random times, so that channels come, go and play something else."""

import asyncio
import heapq
from collections.abc import Collection, Sequence
from random import Random
from typing import Final

from twitch_simulator.clock import SimulatedClock
from twitch_simulator.crowd.bursts import burst_times
from twitch_simulator.crowd.categories import draw_category, make_title
from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.directory import Directory, StreamChange
from twitch_simulator.crowd.plays import Script
from twitch_simulator.delivery.chat_schedule import ChatSchedule
from twitch_simulator.delivery.play_runner import PlayRunner

# In turn, so that ten changes have some of each. A finale is an end right after a burst, before its clip is asked for.
KINDS: Final = ("game", "end", "game", "start", "game", "finale", "game", "start")
FINALE_MS = 8_000  # from the burst's start: its moment is raised by then, and its clip is asked for some seconds later
FINALE_AMONG = 8  # of the largest channels that may end: their bursts are noticed
QUIET_MS = 120_000  # since a channel's last play, so that its finale has no other cause
AWAY_MS = (150_000, 330_000)  # the site believes an end after a minute
GUEST_MS = (900_000, 2_400_000)  # how long a stream lasts that was not planned
NEVER_END = 4  # the largest channels stay, so that there is always chat
CHECK_SECONDS = 1.0


class StreamChanges:
    """Changes one stream at a time; equal seeds and times give equal changes."""

    def __init__(
        self,
        *,
        seed: int,
        per_minute: float,
        generated: Sequence[Channel],
        refusing: Collection[str],
        directory: Directory,
        chat_schedule: ChatSchedule,
        play_runner: PlayRunner,
        clock: SimulatedClock,
    ) -> None:
        """`refusing`: ids of channels that let nobody clip; no finale is theirs."""
        self._seed, self._per_minute, self._generated = seed, per_minute, generated
        self._refusing, self._chat_schedule = refusing, chat_schedule
        self._directory, self._play_runner, self._clock = directory, play_runner, clock
        self._planned: list[tuple[int, str, str]] = []  # at (ms), channel id, "start", "end" or "finale"
        self._before = clock.machine()

    def due(self, now: int) -> None:
        """Make the changes since the last call."""
        for at in burst_times(self._seed + 2, self._per_minute, (self._before, now)):
            self._change(
                Random(f"stream:{self._seed}:{at}"), at, KINDS[int(at * self._per_minute // 60_000) % len(KINDS)]
            )
        self._before = max(self._before, now)
        while self._planned and self._planned[0][0] <= now:
            at, channel_id, kind = heapq.heappop(self._planned)
            channel = self._directory.by_id[channel_id]
            if kind == "start":
                self._begin(Random(f"back:{channel_id}:{at}"), channel)
            elif kind == "finale":
                self._end(Random(f"finale:{channel_id}:{at}"), channel, at)
            else:
                self._directory.change(channel, StreamChange(live=False))

    async def run(self) -> None:
        """Make changes once a second, until cancelled."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            self.due(self._clock.machine())

    def _change(self, rng: Random, at: int, kind: str) -> None:
        live = [channel for channel in self._generated if self._directory.broadcast(channel)]
        ending = [channel for channel in live if channel not in self._generated[:NEVER_END]]
        away = {channel_id for _, channel_id, _ in self._planned}
        asleep = [each for each in self._generated if each not in live and each.channel_id not in away]
        if kind == "end" and ending:
            self._end(rng, rng.choice(ending), at)
        elif kind == "finale" and (loud := [each for each in ending if self._may_end_loudly(each, at)]):
            channel = rng.choice(loud[:FINALE_AMONG])
            self._chat_schedule.burst_in(channel, at, rng)
            self._plan(at + FINALE_MS, channel, "finale")
        elif kind == "start" and asleep:
            guest = rng.choice(asleep)
            self._begin(rng, guest)
            self._plan(at + rng.randint(*GUEST_MS), guest, "end")
        elif live:
            self._begin(rng, rng.choice(live))

    def _may_end_loudly(self, channel: Channel, at: int) -> bool:
        ends_anyway = any(channel_id == channel.channel_id for _, channel_id, _ in self._planned)
        quiet = at - self._play_runner.last_start(channel) > QUIET_MS
        return quiet and not ends_anyway and channel.channel_id not in self._refusing

    def _begin(self, rng: Random, channel: Channel) -> None:
        """Go live, or on, with another category and title."""
        stream, category = self._directory.stream(channel), draw_category(rng)
        while stream and category.id == stream.game_id:
            category = draw_category(rng)
        title = make_title(rng, channel.language, category)
        self._directory.change(channel, StreamChange(live=True, game_id=category.id, title=title))

    def _end(self, rng: Random, channel: Channel, at: int) -> None:
        """End a stream for a while; its people raid a smaller one if there is any, best in their language."""
        self._directory.change(channel, StreamChange(live=False))
        self._plan(at + rng.randint(*AWAY_MS), channel, "start")
        others = [each for each in self._generated if self._directory.broadcast(each)]
        smaller = [each for each in others if each.viewers < channel.viewers] or others
        target = rng.choice([each for each in smaller if each.language == channel.language] or smaller)
        people = max(12, round(channel.viewers**0.5 * rng.uniform(1, 2)))
        self._play_runner.start(Script(kind="raid", people=people, seconds=rng.uniform(8, 20)), target, rng)

    def _plan(self, at: int, channel: Channel, kind: str) -> None:
        heapq.heappush(self._planned, (at, channel.channel_id, kind))
