"""Lively bursts among lively talk, through parser, rows and detector: moments in the crowd's mood, without a cause."""

from random import Random
from typing import NamedTuple

import pytest

from cause_check.simulated_rows import parse_records
from cause_check.trial import START, detect
from contracts.chat_messages import SCHEMA_VERSION, Coverage, Lifecycle, Record
from contracts.moments import Moment
from twitch_simulator.crowd.bursts import lively_burst, plan_burst
from twitch_simulator.crowd.channels import LANGUAGES, Channel, plan_channels
from twitch_simulator.crowd.chat import plan_chat, shares_at
from twitch_simulator.crowd.chatters import make_crowd
from twitch_simulator.crowd.reactions import talk_pool
from twitch_simulator.delivery.rendering import Renderer
from twitch_simulator.irc.rooms import LINE_END

CROWD = make_crowd(1)
BURST_AT = START + 200_000  # after enough chat for a baseline
CHANNELS = {each.language: each for each in plan_channels(220, 60, always_live=True)}


class Seen(NamedTuple):
    """A lively burst's mood and the loudest moment that the detector made of it, if any."""

    mood: str
    moment: Moment | None


def beginning(channel: Channel) -> list[Record]:
    """Return the records of a channel that has been joined and is live."""
    common = {
        "schema_version": SCHEMA_VERSION, "channel_id": channel.channel_id, "sent_at": START, "received_at": START,
        "instance": "test",
    }  # fmt: skip
    online = Lifecycle(
        **common, event="online", login=channel.login, display_name=channel.display_name, stream_id="1",
        stream_started_at=START - 7_200_000,
    )  # fmt: skip
    return [Coverage(**common, event="joined"), online]


def see(language: str, seed: int) -> Seen:
    """Detect one lively burst in a channel of a language, with one to four ordinary messages a second."""
    rng, channel = Random(f"lively:{language}:{seed}"), CHANNELS[language]
    rate = rng.uniform(1, 4)
    burst = lively_burst(rng, channel, rate, BURST_AT)
    until = burst.ends_at + 60_000
    talk = plan_chat(rng, shares_at([channel], START), rate, (START, until), CROWD, {language: talk_pool(1, language)})
    messages = sorted(talk + plan_burst(rng, burst, CROWD), key=lambda message: message.at)
    renderer = Renderer(rng)
    lines = ((each.at, renderer.render(each, each.at).line.removesuffix(LINE_END)) for each in messages)
    found = [each for each in detect([*beginning(channel), *parse_records(lines)], until) if each.peak_at >= BURST_AT]
    return Seen(burst.mood, max(found, key=lambda moment: moment.score) if found else None)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES)))
def test_a_lively_burst_is_a_moment_in_its_mood_without_a_cause(language: str) -> None:
    seen = [see(language, seed) for seed in range(5)]
    moments = [each for each in seen if each.moment]
    assert len(moments) >= 4
    assert sum(each.moment is not None and each.moment.mood == each.mood for each in moments) >= len(moments) - 1
    assert [each.moment.causes for each in moments if each.moment and each.moment.causes] == []
