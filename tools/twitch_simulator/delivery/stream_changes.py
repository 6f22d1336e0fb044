"""Ends, starts and changes streams at random times, so that channels come, go and play something else."""

import asyncio
import heapq
from collections.abc import Sequence
from random import Random
from typing import Final

from twitch_simulator.clock import SimulatedClock
from twitch_simulator.crowd.bursts import burst_times
from twitch_simulator.crowd.categories import draw_category, make_title
from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.directory import Directory, StreamChange
from twitch_simulator.crowd.plays import Script
from twitch_simulator.delivery.play_runner import PlayRunner

KINDS: Final = ("game", "end", "game", "start")  # in turn, so that ten changes have some of each
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
        directory: Directory,
        play_runner: PlayRunner,
        clock: SimulatedClock,
    ) -> None:
        self._seed, self._per_minute, self._generated = seed, per_minute, generated
        self._directory, self._play_runner, self._clock = directory, play_runner, clock
        self._planned: list[tuple[int, str, str]] = []  # at (ms), channel id, "start" or "end"
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
        elif kind == "start" and asleep:
            guest = rng.choice(asleep)
            self._begin(rng, guest)
            self._plan(at + rng.randint(*GUEST_MS), guest, "end")
        elif live:
            self._begin(rng, rng.choice(live))

    def _begin(self, rng: Random, channel: Channel) -> None:
        """Go live, or on, with another category and title."""
        stream, category = self._directory.stream(channel), draw_category(rng)
        while stream and category.id == stream.game_id:
            category = draw_category(rng)
        title = make_title(rng, channel.language, category)
        self._directory.change(channel, StreamChange(live=True, game_id=category.id, title=title))

    def _end(self, rng: Random, channel: Channel, at: int) -> None:
        """End a stream for a while; its people raid another one, in their language if there is one."""
        self._directory.change(channel, StreamChange(live=False))
        self._plan(at + rng.randint(*AWAY_MS), channel, "start")
        others = [each for each in self._generated if self._directory.broadcast(each)]
        target = rng.choice([each for each in others if each.language == channel.language] or others)
        people = max(12, round(channel.viewers**0.5 * rng.uniform(1, 2)))
        self._play_runner.start(Script(kind="raid", people=people, seconds=rng.uniform(8, 20)), target, rng)

    def _plan(self, at: int, channel: Channel, kind: str) -> None:
        heapq.heappush(self._planned, (at, channel.channel_id, kind))
