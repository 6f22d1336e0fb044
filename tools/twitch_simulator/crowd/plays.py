"""Plays: what fills a chat without a moment in the picture, planned in full so that its truth can be written first."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from twitch_simulator.crowd import play_texts
from twitch_simulator.crowd.bursts import Burst, BurstShape, PlannedMessage, plan_burst
from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.chatters import Chatter, make_chatter
from twitch_simulator.crowd.emotes import emotes_tag
from twitch_simulator.crowd.play_texts import Writer, made_up
from twitch_simulator.crowd.texts import ChatText

WRITERS: Final[dict[str, Callable[[Random, str], Writer]]] = {
    "raid": play_texts.raid_writer,
    "gifts": play_texts.gift_writer,
    "giveaway": play_texts.giveaway_writer,
    "commands": play_texts.command_writer,
    "vote": play_texts.vote_writer,
    "copypasta": play_texts.copypasta_writer,
    "bots": play_texts.bot_writer,
    "mode": play_texts.freed_writer,
    "greetings": play_texts.greeting_writer,
}
KINDS: Final = tuple(WRITERS)
RULES: Final = ("emote-only", "subs-only", "slow", "followers-only", "r9k")  # a room's, as ROOMSTATE names them
TWICE_SHARE = 0.15  # of the people write a second time
RISE_PART, DECAY_PART = 0.15, 0.5  # of a play's length; most come at once, then it ebbs
LEAD_MS = 1500  # from the notice until people react to it
GIFT_GAP_MS = 60  # between the names of those who got a gift
NAMED_LIMIT = 100  # gifts that are named one by one; enough for any reader
RULE_SECONDS = 60  # a changed rule goes back this much later


@dataclass(frozen=True)
class Happening:
    """Something beside messages at `at` (ms). `kind`: a notice's, with its amount, or a rule's name and its value."""

    at: int
    kind: str
    amount: int


@dataclass(frozen=True)
class Play:
    """A play to come; `messages` and `happenings` are in order of time. `burst`: whether a true burst is beside it."""

    kind: str
    channel: Channel
    starts_at: int
    people: int
    amount: int
    burst: bool
    messages: list[PlannedMessage]
    happenings: list[Happening]

    @property
    def ends_at(self) -> int:
        """When the last message may come."""
        return max((message.at for message in self.messages), default=self.starts_at)


@dataclass(frozen=True)
class Script:
    """What to play: `people` write for `seconds`. `amount`: a raid's viewers, gifts; 0 draws one that fits."""

    kind: str
    people: int
    seconds: float
    amount: int = 0
    burst: Burst | None = None


def plan_play(rng: Random, script: Script, channel: Channel, starts_at: int, crowd: list[Chatter]) -> Play:
    """All of a play that starts at `starts_at` (ms, the machine's clock)."""
    amount = script.amount or _amount(rng, script)
    happenings, writer, lead = _opening(rng, script.kind, channel.language, starts_at, amount)
    people = _people(rng, script, crowd)
    writers = people + [each for each in people if rng.random() < TWICE_SHARE and script.kind != "bots"]
    times = draw_times(rng, shape_of_play(script.seconds), len(writers), starts_at + lead)
    messages = [_message(at, channel, who, writer()) for at, who in zip(times, writers, strict=True)]
    if script.burst:
        messages += plan_burst(rng, script.burst, crowd)
        messages.sort(key=lambda message: message.at)
    return Play(script.kind, channel, starts_at, script.people, amount, script.burst is not None, messages, happenings)


def draw_times(rng: Random, shape: BurstShape, count: int, from_at: int) -> list[int]:
    """`count` times (ms) in order, as dense as the shape is high."""
    times: list[int] = []
    while len(times) < count:
        at = rng.uniform(0, shape.seconds)
        if rng.random() < shape.level(at):
            times.append(from_at + int(at * 1000))
    return sorted(times)


def shape_of_play(seconds: float) -> BurstShape:
    """How a play of this length rises and ebbs."""
    rise, decay = seconds * RISE_PART, seconds * DECAY_PART
    return BurstShape(rise, seconds - rise - decay, decay)


def _amount(rng: Random, script: Script) -> int:
    if script.kind == "raid":
        return max(6, round(script.people * rng.uniform(0.9, 3)))  # not all of a raid's viewers write
    if script.kind == "gifts":
        return max(5, round(script.people * rng.uniform(0.15, 0.8)))
    return 0


def _opening(rng: Random, kind: str, language: str, at: int, amount: int) -> tuple[list[Happening], Writer, int]:
    """What happens first, who writes what, and how long (ms) until people react."""
    writer = WRITERS[kind](rng, language)
    if kind != "bots":
        writer = play_texts.with_noise(rng, language, writer)
    if kind == "raid":
        return [Happening(at, "raid", amount)], writer, LEAD_MS
    if kind == "gifts":
        named = [Happening(at + (number + 1) * GIFT_GAP_MS, "subgift", 1) for number in range(min(amount, NAMED_LIMIT))]
        return [Happening(at, "submysterygift", amount), *named], writer, LEAD_MS
    if kind != "mode":
        return [], writer, 0
    back = at + RULE_SECONDS * 1000
    if rng.random() < 0.5:
        rule = [Happening(at, "emote-only", 1), Happening(back, "emote-only", 0)]
        return rule, play_texts.emotes_writer(rng, language), LEAD_MS
    name = rng.choice(("subs-only", "emote-only", "slow"))
    return (
        [Happening(at - RULE_SECONDS * 1000, name, 30 if name == "slow" else 1), Happening(at, name, 0)],
        writer,
        LEAD_MS,
    )


def _people(rng: Random, script: Script, crowd: list[Chatter]) -> list[Chatter]:
    if script.kind != "bots":
        return rng.sample(crowd, min(script.people, len(crowd)))
    names = [f"{made_up(rng)}{rng.randrange(10_000)}" for _ in range(script.people)]
    return [make_chatter(str(950_000_000 + rng.randrange(10_000_000)), name, name, rng) for name in names]


def _message(at: int, channel: Channel, chatter: Chatter, text: str) -> PlannedMessage:
    return PlannedMessage(at, channel, chatter, ChatText(text, emotes_tag(text)))
