"""Runs plays in the live rooms, on request and at random."""

import asyncio
import heapq
from dataclasses import replace
from random import Random
from typing import Final

import msgspec

from twitch_simulator.clock import SimulatedClock
from twitch_simulator.crowd.bursts import Burst, burst_times, lively_burst, random_burst
from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.crowd.directory import Directory, StreamChange
from twitch_simulator.crowd.plays import RULES, Happening, Play, Script, plan_play
from twitch_simulator.delivery.chat_schedule import STEP_MS, ChatSchedule
from twitch_simulator.delivery.events import Events
from twitch_simulator.truth import Truth

BURST_AFTER_MS = (6_000, 20_000)  # delay of a genuine burst after a raid or gifts
WITH_BURST = ("raid", "gifts")
# How often each kind occurs at random, relative to the others; greetings would end a stream.
RANDOM_KINDS: Final = {
    "raid": 3, "gifts": 3, "vote": 3, "giveaway": 2, "copypasta": 2, "commands": 1, "bots": 1, "mode": 1,
}  # fmt: skip


class PlayRunner:
    """Plans plays, writes their truth to plays.jsonl, and emits their events when due."""

    def __init__(
        self,
        *,
        chat_schedule: ChatSchedule,
        events: Events,
        directory: Directory,
        truth: Truth,
        clock: SimulatedClock,
        crowd: list[Chatter],
        lively: bool = False,
    ) -> None:
        """`lively`: the bursts beside plays are in moods."""
        self.started = 0
        self._chat_schedule, self._events, self._directory = chat_schedule, events, directory
        self._truth, self._clock, self._crowd = truth, clock, crowd
        self._pending: list[tuple[int, int, Channel, Happening]] = []  # at (ms), order
        self._order = 0
        self._last_starts: dict[str, int] = {}  # by channel id (ms)
        self._draw_burst = lively_burst if lively else random_burst

    def start(self, script: Script, channel: Channel, rng: Random) -> dict[str, object]:
        """Plan a play that starts now and write its truth; return the truth's row, times by Twitch's clock."""
        if script.kind == "greetings":
            self._directory.change(channel, StreamChange(live=False))
            self._directory.change(channel, StreamChange(live=True))
        now = self._last_starts[channel.channel_id] = self._clock.machine()
        play = plan_play(rng, script, channel, now, self._crowd)
        early = now - min((each.at for each in play.happenings), default=now)
        messages = [msgspec.structs.replace(message, at=message.at + early) for message in play.messages]
        for each in play.happenings:
            self._order += 1
            heapq.heappush(self._pending, (each.at + early, self._order, channel, each))
        play = replace(play, starts_at=play.starts_at + early, messages=messages)
        row = self._row(play)
        self._truth.write("plays", row)
        self._truth.flush(0)
        self._chat_schedule.plan(play.messages)
        self.started += 1
        return row

    def last_start(self, channel: Channel) -> int:
        """Return when the channel's last play started (ms); 0 if it had none."""
        return self._last_starts.get(channel.channel_id, 0)

    def due(self, now: int) -> None:
        """Emit the events that are due at `now` (ms)."""
        while self._pending and self._pending[0][0] <= now:
            _, _, channel, each = heapq.heappop(self._pending)
            if each.kind in RULES:
                self._events.change_rule(channel, each.kind, each.amount)
            else:
                self._events.emit(channel, each.kind, each.amount)

    async def run(self, seed: int, per_minute: float) -> None:
        """Emit due events twenty times per second and start plays at times given by the seed, until cancelled."""
        before = self._clock.machine()
        while True:
            await asyncio.sleep(STEP_MS / 1000)
            now = self._clock.machine()
            self.start_due(seed, per_minute, before, now)
            before = max(before, now)
            self.due(now)

    def start_due(self, seed: int, per_minute: float, before: int, now: int) -> None:
        """Start the random plays of [before, now) (ms)."""
        for at in burst_times(seed + 1, per_minute, (before, now)):
            self._start_random(Random(f"play:{seed}:{at}"))

    def _start_random(self, rng: Random) -> None:
        live = self._directory.live()
        if not live:
            return
        channel = rng.choices(live, [channel.weight**0.5 for channel in live])[0]
        kind = rng.choices(tuple(RANDOM_KINDS), tuple(RANDOM_KINDS.values()))[0]
        people = max(12, round(channel.viewers**0.5 * rng.uniform(1, 3)))
        burst = self.burst(rng, channel, people) if kind in WITH_BURST and rng.random() < 0.5 else None
        self.start(Script(kind=kind, people=people, seconds=rng.uniform(8, 25), burst=burst), channel, rng)

    def burst(self, rng: Random, channel: Channel, people: int) -> Burst:
        """Draw a genuine burst by about as many people, for a play that starts now."""
        starts_at = self._clock.machine() + rng.randint(*BURST_AFTER_MS)
        drawn = self._draw_burst(rng, channel, 0.0, starts_at)
        rate = people / (drawn.shape.hold + 4)
        return replace(drawn, messages_per_second=rate, chatters=people)

    def _row(self, play: Play) -> dict[str, object]:
        offset = self._clock.offset_ms
        return {
            "channel_id": play.channel.channel_id,
            "login": play.channel.login,
            "kind": play.kind,
            "starts_at": play.starts_at + offset,
            "ends_at": play.ends_at + offset,
            "people": play.people,
            "messages": len(play.messages),
            "amount": play.amount,
            "burst": play.burst,
        }
