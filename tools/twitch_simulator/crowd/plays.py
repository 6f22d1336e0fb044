"""Plans plays: busy chat that the video did not cause. Planned in full, so that the truth can be written first."""

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
RULES: Final = ("emote-only", "subs-only", "slow", "followers-only", "r9k")  # room rules, as named by ROOMSTATE
TWICE_SHARE = 0.15  # share of people who write twice
RISE_PART, DECAY_PART = 0.15, 0.5  # of a play's length: a fast rise and a slow decay
REACTION_MS = 1500  # from the notice until people react to it
GIFT_GAP_MS = 60  # between the notices of two gifts
NAMED_LIMIT = 100  # gifts with a notice of their own; enough for any reader
RULE_SECONDS = 60  # until a changed rule is reverted


@dataclass(frozen=True)
class Happening:
    """An event other than a message at `at` (ms): a notice's kind and amount, or a rule's name and value."""

    at: int
    kind: str
    amount: int


@dataclass(frozen=True)
class Play:
    """A future play; `messages` and `happenings` are in order of time. `burst`: it contains a genuine burst."""

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
        """Return the time of the last message."""
        return max((message.at for message in self.messages), default=self.starts_at)


@dataclass(frozen=True)
class Script:
    """A play's parameters: `people` write for `seconds`. `amount`: a raid's viewers or gifts; 0 draws one."""

    kind: str
    people: int
    seconds: float
    amount: int = 0
    burst: Burst | None = None


def plan_play(rng: Random, script: Script, channel: Channel, starts_at: int, crowd: list[Chatter]) -> Play:
    """Plan a play that starts at `starts_at` (ms, the machine's clock)."""
    amount = script.amount or _amount(rng, script)
    happenings, writer, lead = _opening(rng, script.kind, channel.language, starts_at, amount)
    people = _people(rng, script, crowd)
    writers = people + [each for each in people if rng.random() < TWICE_SHARE and script.kind != "bots"]
    times = draw_times(rng, shape_of_play(script.seconds), len(writers), starts_at + lead)
    messages = [_message(at, channel, who, writer()) for at, who in zip(times, writers, strict=True)]
    if script.burst:
        messages += plan_burst(rng, script.burst, crowd)
        messages.sort(key=lambda message: message.at)
    return Play(
        kind=script.kind,
        channel=channel,
        starts_at=starts_at,
        people=script.people,
        amount=amount,
        burst=script.burst is not None,
        messages=messages,
        happenings=happenings,
    )


def draw_times(rng: Random, shape: BurstShape, count: int, from_at: int) -> list[int]:
    """Draw `count` times (ms) in order, distributed like the shape."""
    times: list[int] = []
    while len(times) < count:
        at = rng.uniform(0, shape.seconds)
        if rng.random() < shape.level(at):
            times.append(from_at + int(at * 1000))
    return sorted(times)


def shape_of_play(seconds: float) -> BurstShape:
    """Return the shape of a play of this length."""
    rise, decay = seconds * RISE_PART, seconds * DECAY_PART
    return BurstShape(rise, seconds - rise - decay, decay)


def _amount(rng: Random, script: Script) -> int:
    if script.kind == "raid":
        return max(6, round(script.people * rng.uniform(0.9, 3)))  # not all of a raid's viewers write
    if script.kind == "gifts":
        return max(5, round(script.people * rng.uniform(0.15, 0.8)))
    return 0


def _opening(rng: Random, kind: str, language: str, at: int, amount: int) -> tuple[list[Happening], Writer, int]:
    """Return the events, the writer, and the time (ms) until people react."""
    writer = WRITERS[kind](rng, language)
    if kind != "bots":
        writer = play_texts.with_noise(rng, language, writer)
    if kind == "raid":
        return [Happening(at, "raid", amount)], writer, REACTION_MS
    if kind == "gifts":
        named = [Happening(at + (number + 1) * GIFT_GAP_MS, "subgift", 1) for number in range(min(amount, NAMED_LIMIT))]
        return [Happening(at, "submysterygift", amount), *named], writer, REACTION_MS
    if kind != "mode":
        return [], writer, 0
    back = at + RULE_SECONDS * 1000
    if rng.random() < 0.5:
        rule = [Happening(at, "emote-only", 1), Happening(back, "emote-only", 0)]
        return rule, play_texts.emotes_writer(rng, language), REACTION_MS
    name = rng.choice(("subs-only", "emote-only", "slow"))
    return (
        [Happening(at - RULE_SECONDS * 1000, name, 30 if name == "slow" else 1), Happening(at, name, 0)],
        writer,
        REACTION_MS,
    )


def _people(rng: Random, script: Script, crowd: list[Chatter]) -> list[Chatter]:
    if script.kind != "bots":
        return rng.sample(crowd, min(script.people, len(crowd)))
    names = [f"{made_up(rng)}{rng.randrange(10_000)}" for _ in range(script.people)]
    return [make_chatter(str(950_000_000 + rng.randrange(10_000_000)), name, name, rng) for name in names]


def _message(at: int, channel: Channel, chatter: Chatter, text: str) -> PlannedMessage:
    return PlannedMessage(at, channel, chatter, ChatText(text, emotes_tag(text)))
