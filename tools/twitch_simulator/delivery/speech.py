"""The simulator's heartbeat: every 50 ms, what people said since the last beat goes out."""

import asyncio
from collections import deque
from collections.abc import Sequence
from random import Random
from typing import Protocol

import structlog

from twitch_simulator.clock import Clock, TwitchClock, WorldClock
from twitch_simulator.crowd.bursts import Burst, PlannedMessage, burst_times, plan_burst, random_burst
from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.chat import Shares, plan_chat, shares_at
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.crowd.directory import Directory
from twitch_simulator.crowd.texts import ChatText
from twitch_simulator.delivery.delivery import Delivery
from twitch_simulator.irc.rooms import Rooms
from twitch_simulator.truth import Truth

log = structlog.get_logger()
BEAT_MS = 50
MAX_BEHIND_MS = 5_000  # after a longer pause (a suspended machine) the chat of the pause is not made up for
SHARES_EVERY_BEATS = 20  # who is live changes slowly


class Source(Protocol):
    """Messages that are planned beforehand, such as a replay."""

    def due(self, until: int) -> list[PlannedMessage]:
        """The messages before `until` (ms) that were not given yet."""


class Speech:
    """Plans chat beat by beat and hands it to delivery. Equal seeds and times give equal plans."""

    def __init__(
        self,
        seed: int,
        rates: tuple[float, float],
        crowd: Sequence[Chatter],
        pools: dict[str, list[ChatText]],
        generated: Sequence[Channel],
        directory: Directory,
        world: WorldClock,
        clock: TwitchClock,
        truth: Truth,
    ) -> None:
        """`rates`: messages a second and bursts a minute, of all generated channels together."""
        self.sources: list[Source] = []
        self.bursts_started = 0
        self._seed, (self._messages_per_second, self._bursts_per_minute) = seed, rates
        self._crowd, self._pools, self._generated = crowd, pools, generated
        self._directory, self._world, self._clock, self._truth = directory, world, clock, truth
        self._planned: list[deque[PlannedMessage]] = []
        self._bursting: dict[str, int] = {}  # channel id: the burst's end, ms
        self._shares = Shares([], [])
        self._beat = clock.machine() // BEAT_MS

    def due(self, now: int) -> list[PlannedMessage]:
        """Everything said since the last call, in order of time."""
        beats = max(now // BEAT_MS, self._beat)  # a clock that is set back waits
        paused = (beats - self._beat) * BEAT_MS > MAX_BEHIND_MS
        if paused:
            log.warning("beats skipped", milliseconds=(beats - self._beat) * BEAT_MS)
            self._beat = beats - 1
        said: list[PlannedMessage] = []
        for beat in range(self._beat, beats):
            if beat % SHARES_EVERY_BEATS == 0 or not self._shares.channels:
                self._renew_shares()
            said += self._usual(beat)
        self._beat = beats
        said += self._due_by_plan(beats * BEAT_MS)
        if paused:  # what was planned for the pause is said now
            for message in said:
                message.at = max(message.at, (beats - 1) * BEAT_MS)
        said.sort(key=lambda message: message.at)
        return said

    def _due_by_plan(self, until: int) -> list[PlannedMessage]:
        said: list[PlannedMessage] = []
        for queue in self._planned:
            while queue and queue[0].at < until:
                said.append(queue.popleft())
        self._planned = [queue for queue in self._planned if queue]
        for source in self.sources:
            said += source.due(until)
        return said

    def _renew_shares(self) -> None:
        live = [channel for channel in self._generated if self._directory.broadcast(channel)]
        self._shares = shares_at(live, self._world.world(self._clock.machine()))

    def _usual(self, beat: int) -> list[PlannedMessage]:
        rng = Random((self._seed << 48) ^ beat)
        window = (beat * BEAT_MS, (beat + 1) * BEAT_MS)
        for at in burst_times(self._seed, self._bursts_per_minute, window):
            self._burst_by_itself(rng, at)
        return plan_chat(rng, self._shares, self._messages_per_second, window, self._crowd, self._pools)

    def _burst_by_itself(self, rng: Random, at: int) -> None:
        free = [channel for channel in self._shares.channels if self._bursting.get(channel.channel_id, 0) < at]
        if free:
            channel = rng.choices(free, [channel.weight**0.5 for channel in free])[0]
            self.burst(random_burst(rng, channel, channel.weight * self._messages_per_second, at), rng)

    def burst(self, burst: Burst, rng: Random) -> dict[str, object]:
        """Plan a burst, write its truth and let it begin. Returns the truth's row, times by Twitch's clock."""
        messages = plan_burst(rng, burst, list(self._crowd))
        offset = self._clock.offset_ms
        row: dict[str, object] = {
            "channel_id": burst.channel.channel_id,
            "login": burst.channel.login,
            "starts_at": burst.starts_at + offset,
            "peak_at": burst.peak_at + offset,
            "ends_at": burst.ends_at + offset,
            "messages": len(messages),
            "emote": burst.emote,
        }
        self._truth.write("bursts", row)
        self._truth.flush(0)
        self._bursting[burst.channel.channel_id] = burst.ends_at
        self.bursts_started += 1
        self.plan(messages)
        return row

    def plan(self, messages: Sequence[PlannedMessage]) -> None:
        """Let messages in order of time be said when their time comes."""
        self._planned.append(deque(messages))


async def beat(speech: Speech, delivery: Delivery, rooms: Rooms, clock: Clock) -> None:
    """Send what is due, twenty times a second, until cancelled."""
    while True:
        now = clock()
        delivery.send(speech.due(now), now)
        rooms.flush()
        await asyncio.sleep((BEAT_MS - clock() % BEAT_MS) / 1000)
