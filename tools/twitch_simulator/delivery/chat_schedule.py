"""Plans chat in steps of 50 ms and hands over what is due."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

import msgspec
import structlog

from twitch_simulator.clock import Clock, SimulatedClock, WorldClock
from twitch_simulator.crowd.bursts import Burst, PlannedMessage, burst_times, lively_burst, plan_burst, random_burst
from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.chat import Shares, plan_chat, shares_at
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.crowd.directory import Directory
from twitch_simulator.crowd.texts import ChatText
from twitch_simulator.delivery.delivery import Delivery
from twitch_simulator.irc.rooms import Rooms
from twitch_simulator.truth import Truth

log = structlog.get_logger()
STEP_MS = 50
MAX_BEHIND_MS = 5_000  # after a longer pause (a suspended machine) the pause's chat is skipped
SHARES_EVERY_STEPS = 20  # live channels change slowly


class Source(Protocol):
    """A source of messages planned in advance, such as a replay."""

    def due(self, until: int) -> list[PlannedMessage]:
        """Return the messages before `until` (ms) that were not returned before."""


class ChatSchedule:
    """Plans chat step by step. Equal seeds and times give equal plans."""

    def __init__(
        self,
        *,
        seed: int,
        messages_per_second: float,
        bursts_per_minute: float,
        sources: Sequence[Source],
        crowd: Sequence[Chatter],
        pools: dict[str, list[ChatText]],
        generated: Sequence[Channel],
        directory: Directory,
        world: WorldClock,
        clock: SimulatedClock,
        truth: Truth,
        lively: bool = False,
    ) -> None:
        """The rates apply to all generated channels together. `lively`: random bursts are in moods."""
        self.bursts_started = 0
        self._seed, self._sources = seed, sources
        self._draw_burst = lively_burst if lively else random_burst
        self._messages_per_second, self._bursts_per_minute = messages_per_second, bursts_per_minute
        self._crowd, self._pools, self._generated = crowd, pools, generated
        self._directory, self._world, self._clock, self._truth = directory, world, clock, truth
        self._planned: list[deque[PlannedMessage]] = []
        self._bursting: dict[str, int] = {}  # channel id to the burst's end, ms
        self._shares = Shares([], [])
        self._step = clock.machine() // STEP_MS
        self._on_burst: Callable[[Burst, Random], None] = lambda _burst, _rng: None

    def watch_bursts(self, see: Callable[[Burst, Random], None]) -> None:
        """Call `see` for each burst that starts from now on."""
        self._on_burst = see

    def due(self, now: int) -> list[PlannedMessage]:
        """Return all messages since the last call, in order of time."""
        steps = max(now // STEP_MS, self._step)  # wait if the clock is set back
        paused = (steps - self._step) * STEP_MS > MAX_BEHIND_MS
        if paused:
            log.warning("chat skipped after a pause", milliseconds=(steps - self._step) * STEP_MS)
            self._step = steps - 1
        due: list[PlannedMessage] = []
        for step in range(self._step, steps):
            if step % SHARES_EVERY_STEPS == 0 or not self._shares.channels:
                self._renew_shares()
            due += self._usual(step)
        self._step = steps
        due += self._due_by_plan(steps * STEP_MS)
        if paused:  # send what was planned for the pause now
            earliest = (steps - 1) * STEP_MS
            due = [msgspec.structs.replace(message, at=max(message.at, earliest)) for message in due]
        due.sort(key=lambda message: message.at)
        return due

    def _due_by_plan(self, until: int) -> list[PlannedMessage]:
        due: list[PlannedMessage] = []
        for queue in self._planned:
            while queue and queue[0].at < until:
                due.append(queue.popleft())
        self._planned = [queue for queue in self._planned if queue]
        for source in self._sources:
            due += source.due(until)
        return due

    def _renew_shares(self) -> None:
        live = [channel for channel in self._generated if self._directory.broadcast(channel)]
        self._shares = shares_at(live, self._world.world(self._clock.machine()))

    def _usual(self, step: int) -> list[PlannedMessage]:
        rng = Random((self._seed << 48) ^ step)
        window = (step * STEP_MS, (step + 1) * STEP_MS)
        for at in burst_times(self._seed, self._bursts_per_minute, window):
            self._random_burst(rng, at)
        return plan_chat(rng, self._shares, self._messages_per_second, window, self._crowd, self._pools)

    def _random_burst(self, rng: Random, at: int) -> None:
        free = [channel for channel in self._shares.channels if self._bursting.get(channel.channel_id, 0) < at]
        if free:
            self.burst_in(rng.choices(free, [channel.weight**0.5 for channel in free])[0], at, rng)

    def burst_in(self, channel: Channel, at: int, rng: Random) -> None:
        """Plan a random burst in this channel."""
        self.burst(self._draw_burst(rng, channel, channel.weight * self._messages_per_second, at), rng)

    def burst(self, burst: Burst, rng: Random) -> dict[str, object]:
        """Plan a burst and write its truth. Return the truth's row, times by Twitch's clock."""
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
            "mood": burst.mood,
        }
        self._truth.write("bursts", row)
        self._truth.flush(0)
        self._bursting[burst.channel.channel_id] = burst.ends_at
        self.bursts_started += 1
        self.plan(messages)
        self._on_burst(burst, rng)
        return row

    def plan(self, messages: Sequence[PlannedMessage]) -> None:
        """Schedule messages, which are in order of time."""
        self._planned.append(deque(messages))


async def send_chat(schedule: ChatSchedule, delivery: Delivery, rooms: Rooms, clock: Clock) -> None:
    """Send what is due, twenty times per second, until cancelled."""
    while True:
        now = clock()
        delivery.send(schedule.due(now), now)
        rooms.flush()
        await asyncio.sleep((STEP_MS - clock() % STEP_MS) / 1000)
