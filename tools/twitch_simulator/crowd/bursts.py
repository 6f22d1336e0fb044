"""Plans bursts of chat in full when they start, so that their truth can be written first."""

import math
from dataclasses import dataclass, replace
from random import Random
from typing import Final

import msgspec

from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.crowd.reactions import draw_mood, has_waves, lead_emote, reaction_pool
from twitch_simulator.crowd.texts import ChatText, burst_pool

FAVOURITES: Final = ("LUL", "KEKW", "PogChamp", "CLIP IT", "OMEGALUL", "NotLikeThis", "Kreygasm", "WutFace", "GG")
RISE_SECONDS = (2.0, 3.0)
HOLD_SECONDS = (2.0, 7.0)
DECAY_SECONDS = (10.0, 20.0)
DECAY_RATE = 3.0  # e-folds over the decay: it ends at 5 % of the full rate
WAVE_SECONDS = (4.0, 7.0)  # from one swell of a cheering crowd to the next
WAVE_DEPTH = 0.6  # of the rate is lost between two swells
TAIL_EXPONENT, MOST_TIMES = 2.5, 3.0  # Pareto's, of a lively burst's size; 3 times keeps the largest room readable


class PlannedMessage(msgspec.Struct, frozen=True, gc=False):
    """A message to be sent at `at` (ms since 1970, the machine's clock).

    One with a `message_id` was scripted by a test and is sent unchanged; the others get an id, and a few a parent.
    """

    at: int
    channel: Channel
    chatter: Chatter
    text: ChatText
    message_id: str = ""


@dataclass(frozen=True)
class BurstShape:
    """The course of a burst's rate in seconds: linear rise, plateau at the full rate, exponential decay.

    `wave`: seconds from one swell to the next, the first one at the end of the rise; 0: none.
    """

    rise: float
    hold: float
    decay: float
    wave: float = 0.0

    @property
    def seconds(self) -> float:
        """Return the total length."""
        return self.rise + self.hold + self.decay

    def level(self, at: float) -> float:
        """Return the rate at `at` seconds after the start, relative to the full rate: 0 outside, else 0 to 1."""
        if at < 0 or at >= self.seconds:
            return 0.0
        if at < self.rise:
            return at / self.rise
        fallen = max(0.0, at - self.rise - self.hold) / self.decay if self.decay else 0.0
        return self._swell(at - self.rise) * math.exp(-DECAY_RATE * fallen)

    def _swell(self, after_rise: float) -> float:
        if not self.wave:
            return 1.0
        return 1 - WAVE_DEPTH * (1 - math.cos(2 * math.pi * after_rise / self.wave)) / 2


@dataclass(frozen=True)
class Burst:
    """A future burst; times in ms since 1970 by the machine's clock.

    `emote`: what most write. `mood`: a key of reactions.MOODS, whose words the others write; "": plain shouts.
    """

    channel: Channel
    starts_at: int
    shape: BurstShape
    messages_per_second: float
    chatters: int
    emote: str
    mood: str = ""

    @property
    def peak_at(self) -> int:
        """Return when the full rate is reached."""
        return self.starts_at + round(self.shape.rise * 1000)

    @property
    def ends_at(self) -> int:
        """Return the time of the last possible message."""
        return self.starts_at + round(self.shape.seconds * 1000)


def shape_of(seconds: float) -> BurstShape:
    """Return a shape of the given total length: a rise of at most 2.5 s, a decay of half of it and at most 15 s."""
    rise, decay = min(2.5, seconds / 8), min(15.0, seconds / 2)
    return BurstShape(rise, seconds - rise - decay, decay)


def burst_times(seed: int, per_minute: float, window: tuple[int, int]) -> list[int]:
    """Draw the start times of random bursts in [from, until) (ms), one in each span of a minute / `per_minute`."""
    if per_minute <= 0:
        return []
    span = 60_000 / per_minute
    first, last = int(window[0] // span), int(window[1] // span)
    times = (int((number + Random(f"burst:{seed}:{number}").random()) * span) for number in range(first, last + 1))
    return [at for at in times if window[0] <= at < window[1]]


def random_burst(rng: Random, channel: Channel, usual_rate: float, starts_at: int) -> Burst:
    """Draw a burst whose size grows with the channel's `usual_rate`, in messages per second."""
    shape = BurstShape(rng.uniform(*RISE_SECONDS), rng.uniform(*HOLD_SECONDS), rng.uniform(*DECAY_SECONDS))
    rate = 4 + math.sqrt(usual_rate) * 4 + usual_rate * rng.uniform(2, 6)
    people = max(12, round(rate * (shape.hold + 4) * 0.7))
    return Burst(
        channel=channel,
        starts_at=starts_at,
        shape=shape,
        messages_per_second=rate,
        chatters=people,
        emote=rng.choice(FAVOURITES),
    )


def lively_burst(rng: Random, channel: Channel, usual_rate: float, starts_at: int) -> Burst:
    """Draw a burst in a mood, with a heavy tail of sizes; cheering comes in waves."""
    usual, mood = random_burst(rng, channel, usual_rate, starts_at), draw_mood(rng)
    times = min(MOST_TIMES, 0.85 * rng.paretovariate(TAIL_EXPONENT))
    shape = replace(usual.shape, wave=rng.uniform(*WAVE_SECONDS)) if has_waves(mood) else usual.shape
    return replace(
        usual,
        shape=shape,
        messages_per_second=usual.messages_per_second * times,
        chatters=round(usual.chatters * times),
        emote=lead_emote(rng, mood),
        mood=mood,
    )


def texts_of(rng: Random, burst: Burst) -> list[ChatText]:
    """Draw the texts of a burst."""
    if burst.mood:
        return reaction_pool(rng, burst.mood, burst.channel.language, burst.emote)
    return burst_pool(rng, burst.emote)


def plan_burst(rng: Random, burst: Burst, crowd: list[Chatter]) -> list[PlannedMessage]:
    """Plan all messages of a burst in order of time, by at most `burst.chatters` different people."""
    people = rng.sample(crowd, min(burst.chatters, len(crowd)))
    texts = texts_of(rng, burst)
    times, owed, at = [], 0.0, 0.0
    step = 0.1  # seconds: fine enough for a rise of two seconds
    while at < burst.shape.seconds:
        owed += burst.messages_per_second * burst.shape.level(at + step / 2) * step
        count = int(owed)
        owed -= count
        until = min(at + step, burst.shape.seconds)
        times += [burst.starts_at + int(rng.uniform(at, until) * 1000) for _ in range(count)]
        at += step
    writers = [people[number % len(people)] for number in range(len(times))]  # everyone once before anyone twice
    rng.shuffle(writers)
    return [
        PlannedMessage(at_ms, burst.channel, writer, rng.choice(texts))
        for at_ms, writer in zip(sorted(times), writers, strict=True)
    ]
