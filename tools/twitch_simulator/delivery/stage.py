"""Lets plays happen in the live rooms: on request, and by themselves."""

import asyncio
import heapq
from random import Random

from twitch_simulator.clock import TwitchClock
from twitch_simulator.crowd.bursts import Burst, burst_times, random_burst
from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.crowd.directory import Directory, StreamChange
from twitch_simulator.crowd.plays import KINDS, RULES, Happening, Play, Script, plan_play
from twitch_simulator.delivery.events import Events
from twitch_simulator.delivery.speech import BEAT_MS, Speech
from twitch_simulator.truth import Truth

BURST_AFTER_MS = (6_000, 20_000)  # a true burst beside a raid or gifts begins so much after them
BESIDE = ("raid", "gifts")
BY_THEMSELVES = tuple(kind for kind in KINDS if kind != "greetings")  # no stream is ended for a play


class Stage:
    """Plans plays, writes their truth to plays.jsonl, and lets what is beside messages happen when it is due."""

    def __init__(
        self,
        speech: Speech,
        events: Events,
        directory: Directory,
        truth: Truth,
        clock: TwitchClock,
        crowd: list[Chatter],
    ) -> None:
        self.started = 0
        self._speech, self._events, self._directory = speech, events, directory
        self._truth, self._clock, self._crowd = truth, clock, crowd
        self._waiting: list[tuple[int, int, Channel, Happening]] = []  # at (ms), order
        self._order = 0

    def start(self, script: Script, channel: Channel, rng: Random) -> dict[str, object]:
        """Plan a play from now on and write its truth; returns the truth's row, times by Twitch's clock."""
        if script.kind == "greetings":
            self._directory.change(channel, StreamChange(live=False))
            self._directory.change(channel, StreamChange(live=True))
        now = self._clock.machine()
        play = plan_play(rng, script, channel, now, self._crowd)
        early = now - min((each.at for each in play.happenings), default=now)
        for message in play.messages:  # what comes before it comes now
            message.at += early
        for each in play.happenings:
            self._order += 1
            heapq.heappush(self._waiting, (each.at + early, self._order, channel, each))
        row = self._row(play, early)
        self._truth.write("plays", row)
        self._truth.flush(0)
        self._speech.plan(play.messages)
        self.started += 1
        return row

    def due(self, now: int) -> None:
        """Let happen what is due by `now` (ms)."""
        while self._waiting and self._waiting[0][0] <= now:
            _, _, channel, each = heapq.heappop(self._waiting)
            if each.kind in RULES:
                self._events.rule(channel, each.kind, each.amount)
            else:
                self._events.happen(channel, each.kind, each.amount)

    async def run(self, seed: int, per_minute: float) -> None:
        """What is due, twenty times a second, and new plays at times that the seed gives; until cancelled."""
        before = self._clock.machine()
        while True:
            await asyncio.sleep(BEAT_MS / 1000)
            now = self._clock.machine()
            for at in burst_times(seed + 1, per_minute, (before, now)):
                self._start_one(Random(f"play:{seed}:{at}"))
            before = max(before, now)
            self.due(now)

    def _start_one(self, rng: Random) -> None:
        live = self._directory.live()
        if not live:
            return
        channel = rng.choices(live, [channel.weight**0.5 for channel in live])[0]
        kind = rng.choice(BY_THEMSELVES)
        people = max(12, round(channel.viewers**0.5 * rng.uniform(1, 3)))
        burst = self.burst(rng, channel, people) if kind in BESIDE and rng.random() < 0.5 else None
        self.start(Script(kind, people, rng.uniform(8, 25), burst=burst), channel, rng)

    def burst(self, rng: Random, channel: Channel, people: int) -> Burst:
        """A true burst beside a play that starts now, by about as many people."""
        starts_at = self._clock.machine() + rng.randint(*BURST_AFTER_MS)
        drawn = random_burst(rng, channel, 0.0, starts_at)
        rate = people / (drawn.shape.hold + 4)
        return Burst(channel, starts_at, drawn.shape, rate, people, drawn.emote)

    def _row(self, play: Play, early: int) -> dict[str, object]:
        offset = self._clock.offset_ms
        return {
            "channel_id": play.channel.channel_id,
            "login": play.channel.login,
            "kind": play.kind,
            "starts_at": play.starts_at + early + offset,
            "ends_at": play.ends_at + offset,
            "people": play.people,
            "messages": len(play.messages),
            "amount": play.amount,
            "burst": play.burst,
        }
