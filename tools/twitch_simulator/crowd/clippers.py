"""Plans what viewers clip of a burst: several of them, or nobody, each after a while; at times a clip of nothing."""

from dataclasses import dataclass
from random import Random
from typing import Final

from twitch_simulator.crowd.bursts import Burst
from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.chatters import Chatter

MISSED_SHARE = 0.25  # of bursts that nobody clips
MOST_CLIPS = 12  # of one burst
AGAIN_SHARE = 0.15  # of viewers who clip the same place twice
JOKE_SHARE = 0.2  # of bursts after which somebody clips nothing
DELAY_SECONDS = (3.0, 40.0)  # from the peak until a viewer has made the clip
REACTION_SECONDS = (10.0, 20.0)  # chat reacts to the video so much later
AFTER_SECONDS = (2.0, 8.0)  # a clip shows so much after what chat reacted to
JOKE_AFTER_SECONDS = (90.0, 150.0)
DURATIONS: Final = (30.0, 30.0, 30.0, 15.0, 20.0, 45.0, 60.0, 5.0)  # most leave it at Twitch's 30
TITLES: Final = (
    "LMAO", "he did it", "no way", "what was that", "OMEGALUL", "clip it and ship it", "ジャンプしすぎ", "¡qué locura!",
    "caught in 4K \U0001f4f8", "<b>bold</b> & 100% real", "", "the one they will remember",
)  # fmt: skip
JOKES: Final = ("nothing happens for 30 seconds", "my first clip", "test", "sound check")


@dataclass(frozen=True)
class PlannedClip:
    """A clip that a viewer makes at `at`; it shows `from_at` until `until_at` (ms, the machine's clock)."""

    at: int
    channel: Channel
    viewer: Chatter
    from_at: int
    until_at: int
    title: str
    joke: bool


def plan_clips(rng: Random, burst: Burst, crowd: list[Chatter], mean: float) -> list[PlannedClip]:
    """Plan what viewers clip of a burst, `mean` clips of one that they do not miss, in order of time."""
    clips: list[PlannedClip] = []
    if rng.random() >= MISSED_SHARE:
        viewers = rng.sample(crowd, max(1, min(MOST_CLIPS, round(rng.expovariate(1 / mean)))))
        for viewer in viewers + [each for each in viewers if rng.random() < AGAIN_SHARE]:
            clips.append(_clip(rng, burst, viewer))
    if rng.random() < JOKE_SHARE:
        clips.append(_joke(rng, burst, rng.choice(crowd)))
    return sorted(clips, key=lambda clip: clip.at)


def _clip(rng: Random, burst: Burst, viewer: Chatter) -> PlannedClip:
    shown_at = burst.starts_at - round(rng.uniform(*REACTION_SECONDS) * 1000)
    until_at = shown_at + round(rng.uniform(*AFTER_SECONDS) * 1000)
    at = burst.peak_at + round(rng.uniform(*DELAY_SECONDS) * 1000)
    from_at = until_at - round(rng.choice(DURATIONS) * 1000)
    return PlannedClip(at, burst.channel, viewer, from_at, until_at, rng.choice(TITLES), False)


def _joke(rng: Random, burst: Burst, viewer: Chatter) -> PlannedClip:
    at = burst.ends_at + round(rng.uniform(*JOKE_AFTER_SECONDS) * 1000)
    return PlannedClip(at, burst.channel, viewer, at - 30_000, at, rng.choice(JOKES), True)
