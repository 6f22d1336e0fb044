"""The simulated channel of a trial: its ordinary chat, its people, and how many of them take part."""

from dataclasses import dataclass
from functools import cache
from random import Random

from twitch_simulator.crowd.channels import LANGUAGES, plan_channels
from twitch_simulator.crowd.channels import Channel as SimulatedChannel
from twitch_simulator.crowd.chatters import Chatter, make_crowd
from twitch_simulator.crowd.play_texts import made_up
from twitch_simulator.crowd.texts import ChatText, make_pool

START = 1_795_369_200_000  # ms, a minute's start
QUIET_SECONDS = (150, 260)  # before the play: enough for a baseline
RATES = (0.15, 12.0)  # ordinary messages per second, drawn evenly on a logarithmic scale
CALM_SHARE = 0.6  # of the ordinary texts are made-up words without a mood


@dataclass(frozen=True)
class TrialChannel:
    """One trial's channel. `rate`: ordinary messages per second. `people`: who take part in the play."""

    channel: SimulatedChannel
    rate: float
    play_at: int  # ms
    people: int


def draw_channel(rng: Random) -> TrialChannel:
    """Draw a channel, its rate, and how many people take part: from just noticeable to a hundred more."""
    low, high = RATES
    rate = low * (high / low) ** rng.random()
    language = rng.choice(LANGUAGES)
    channel = rng.choice([each for each in _channels() if each.language == language] or _channels())
    people = round(14 + 3.0 * (rate * 7) ** 0.5 + rate * 7 * rng.uniform(0.3, 1.5) + rng.uniform(0, 100) * rng.random())
    return TrialChannel(channel, rate, START + rng.randint(*QUIET_SECONDS) * 1000, people)


@cache
def crowd() -> list[Chatter]:
    """Return the people of all trials."""
    return make_crowd(1)


@cache
def ordinary_texts() -> dict[str, list[ChatText]]:
    """Return ordinary texts by language: the simulator's, with CALM_SHARE of them replaced by made-up words.

    About as many of them carry a mood as in recorded chat (`make causes` prints both).
    """
    rng = Random("ordinary")
    return {
        language: [_calm_text(rng) if rng.random() < CALM_SHARE else text for text in make_pool(1, language)]
        for language in dict.fromkeys(LANGUAGES)
    }


def _calm_text(rng: Random) -> ChatText:
    return ChatText(" ".join(made_up(rng, rng.randint(1, 3)) for _ in range(rng.randint(1, 12))), "")


@cache
def _channels() -> list[SimulatedChannel]:
    """Return enough channels for every language."""
    return plan_channels(1, 60, always_live=True)
