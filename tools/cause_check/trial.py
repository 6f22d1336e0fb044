"""One trial: minutes of a made-up channel with a play or a true burst in it, through collector, rows and detector."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import NamedTuple

from cause_check import bursts
from cause_check.wire import records, rows
from contracts import topics
from contracts.chat_messages import SCHEMA_VERSION, Coverage, Lifecycle, Record
from contracts.codec import decode
from contracts.moments import Moment
from moment_detection.channel import Channel, DictSlots
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import Rules
from twitch_simulator.crowd.bursts import PlannedMessage
from twitch_simulator.crowd.channels import LANGUAGES, plan_channels
from twitch_simulator.crowd.channels import Channel as SimulatedChannel
from twitch_simulator.crowd.chat import plan_chat, shares_at
from twitch_simulator.crowd.chatters import Chatter, make_crowd
from twitch_simulator.crowd.emotes import emotes_only, emotes_tag
from twitch_simulator.crowd.play_texts import Writer, made_up
from twitch_simulator.crowd.plays import RULES, Happening, Play, Script, draw_times, plan_play, shape_of_play
from twitch_simulator.crowd.texts import ChatText, make_pool
from twitch_simulator.delivery.notices import user_notice
from twitch_simulator.delivery.rendering import Renderer
from twitch_simulator.irc import irc_lines
from twitch_simulator.irc.rooms import LINE_END

START = 1_795_369_200_000  # ms, a minute's start
QUIET_SECONDS = (150, 260)  # before the play: enough for a baseline
AFTER_SECONDS = 60  # a moment closes 30 s after its peak
LATE_SECONDS = 12  # after the play's last message its moment may have its peak
HOUR_MS = 3_600_000
RATES = (0.15, 12.0)  # ordinary messages a second, drawn evenly on a logarithmic scale
WITH_MS = (-2_000, 5_000)  # a true burst begins so much after the raid or the gifts
AFTER_MS = (6_000, 25_000)
CALM_SHARE = 0.6  # of the ordinary texts
ALL_MOMENTS = Rules(moments_per_hour=1000.0, clips_per_hour=1000.0)  # causes are looked at, not the rate


class Outcome(NamedTuple):
    """What became of a trial. `raised`: whether there was a moment; the rest is of the one with the highest score.

    `may_clip`: as its peak had held, when clips are asked for; `may_clip_closed`: 30 s after it.
    """

    kind: str
    raised: bool
    causes: Sequence[str] = ()
    may_clip: bool = True
    may_clip_closed: bool = True


@dataclass(frozen=True)
class Setting:
    """A trial's channel."""

    channel: SimulatedChannel
    rate: float
    play_at: int  # ms
    people: int


@cache
def crowd() -> list[Chatter]:
    """The people of all trials."""
    return make_crowd(1)


@cache
def pools() -> dict[str, list[ChatText]]:
    """Ordinary texts by language: the simulator's, most of them replaced by sentences that nobody feels anything in.

    So that about as many lines carry a mood as in recorded chat (`make causes` prints both).
    """
    rng = Random("ordinary")
    return {
        language: [ordinary(rng) if rng.random() < CALM_SHARE else text for text in make_pool(1, language)]
        for language in dict.fromkeys(LANGUAGES)
    }


def ordinary(rng: Random) -> ChatText:
    """A sentence of made-up words."""
    return ChatText(" ".join(made_up(rng, rng.randint(1, 3)) for _ in range(rng.randint(1, 12))), "")


@cache
def channels() -> list[SimulatedChannel]:
    """Enough channels for every language."""
    return plan_channels(1, 60, always_live=True)


def setting(rng: Random) -> Setting:
    """Draw a channel, its rate, and how many people take part: from what is just noticed to a hundred more."""
    low, high = RATES
    rate = low * (high / low) ** rng.random()
    language = rng.choice(LANGUAGES)
    channel = rng.choice([each for each in channels() if each.language == language] or channels())
    people = round(14 + 3.0 * (rate * 7) ** 0.5 + rate * 7 * rng.uniform(0.3, 1.5) + rng.uniform(0, 100) * rng.random())
    return Setting(channel, rate, START + rng.randint(*QUIET_SECONDS) * 1000, people)


def play(kind: str, seed: int) -> Outcome:
    """A play of a cause."""
    rng = Random(f"play:{kind}:{seed}")
    where = setting(rng)
    planned = plan_play(rng, Script(kind, where.people, rng.uniform(4, 16)), where.channel, where.play_at, crowd())
    started = (
        where.play_at - rng.randint(20, 900) * 1000 if kind == "greetings" else START - rng.randint(1, 6) * HOUR_MS
    )
    return _outcome(kind, rng, where, planned, started)


def burst(seed: int) -> Outcome:
    """A true burst alone, sometimes in a stream's first minutes."""
    rng = Random(f"burst:{seed}")
    where = setting(rng)
    kind = rng.choice(tuple(bursts.WRITERS))
    writer = bursts.WRITERS[kind](rng, where.channel.language)
    messages = _burst(rng, where, writer, where.play_at)
    planned = Play("burst", where.channel, where.play_at, where.people, 0, True, messages, [])
    started = where.play_at - rng.randint(60, 1000) * 1000 if rng.random() < 0.2 else START - HOUR_MS
    return _outcome(f"burst:{kind}", rng, where, planned, started)


def beside(kind: str, seed: int, after: bool = False) -> Outcome:
    """A true burst together with a raid or gifts, or a while `after` them; of the same size or larger."""
    rng = Random(f"beside:{kind}:{seed}:{after}")
    where = setting(rng)
    script = Script(kind, round(where.people * rng.uniform(0.3, 0.8)), rng.uniform(4, 16))
    planned = plan_play(rng, script, where.channel, where.play_at, crowd())
    writer = bursts.reaction_writer(rng, where.channel.language)
    messages = planned.messages + _burst(
        rng, where, writer, where.play_at + rng.randint(*(AFTER_MS if after else WITH_MS))
    )
    messages.sort(key=lambda message: message.at)
    both = Play(kind, where.channel, where.play_at, where.people, planned.amount, True, messages, planned.happenings)
    return _outcome(f"burst {'after' if after else 'with'} {kind}", rng, where, both, START - HOUR_MS)


def _burst(rng: Random, where: Setting, writer: Writer, at: int) -> list[PlannedMessage]:
    people = rng.sample(crowd(), where.people)
    times = draw_times(rng, shape_of_play(rng.uniform(4, 14)), len(people), at)
    texts = [writer() for _ in people]
    return [
        PlannedMessage(at, where.channel, who, ChatText(text, emotes_tag(text)))
        for at, who, text in zip(times, people, texts, strict=True)
    ]


def _outcome(kind: str, rng: Random, where: Setting, planned: Play, started: int) -> Outcome:
    until = planned.ends_at + AFTER_SECONDS * 1000
    shares = shares_at([where.channel], START)
    usual = plan_chat(rng, shares, where.rate, (START, until), crowd(), pools())
    said = sorted(usual + planned.messages, key=lambda message: message.at)
    said = [message for message in said if not _emote_only(planned, message.at) or emotes_only(message.text.text)]
    told = [*_beginning(where, started), *records(_lines(rng, where.channel, said, planned.happenings))]
    window = (planned.starts_at, planned.ends_at + LATE_SECONDS * 1000)
    found = [moment for moment in detect(told, until) if window[0] <= moment.peak_at <= window[1]]
    if not found:
        return Outcome(kind, False)
    best = max(found, key=lambda moment: moment.score)
    peaked = [moment for moment in found if moment.revision == "peaked"]
    looked_at = found if planned.burst else [moment for moment in found if moment.moment_id == best.moment_id]
    clips = {
        name: any(moment.no_clip_reason is None for moment in looked_at if moment.revision == name)
        for name in ("peaked", "closed")
    }
    causes = {cause: None for moment in peaked for cause in moment.causes} if planned.burst else best.causes
    return Outcome(kind, True, list(causes), clips["peaked"], clips["closed"])


def _emote_only(planned: Play, at: int) -> bool:
    changes = [each.amount for each in planned.happenings if each.kind == "emote-only" and each.at <= at]
    return bool(changes and changes[-1])


def detect(told: list[Record], until: int) -> Iterator[Moment]:
    """The moments, as their peak has held and as they close."""
    channel = Channel("1", Detector(ALL_MOMENTS), DictSlots())
    found = [record for row in rows(told) for record in channel.row(row)]
    for _, record in [*found, *channel.advance(until // 1000)]:
        if record.topic == topics.MOMENTS.name:
            moment = decode(record.topic, record.value)
            if isinstance(moment, Moment) and moment.revision != "raised":
                yield moment


def _beginning(where: Setting, started: int) -> list[Record]:
    channel_id, login = where.channel.channel_id, where.channel.login
    version, name = SCHEMA_VERSION, "check"
    return [
        Coverage(
            schema_version=version, channel_id=channel_id, sent_at=START, received_at=START, instance=name,
            event="joined",
        ),
        Lifecycle(
            schema_version=version, channel_id=channel_id, sent_at=START, received_at=START, instance=name,
            event="online", login=login, display_name=login, stream_id="1", stream_started_at=started,
        ),
    ]  # fmt: skip


def _lines(
    rng: Random, channel: SimulatedChannel, said: Sequence[PlannedMessage], happenings: Sequence[Happening]
) -> Iterator[tuple[int, str]]:
    renderer = Renderer(rng)
    yield START, irc_lines.roomstate(channel.login, channel.channel_id)
    for each in happenings:
        if each.kind in RULES:
            yield each.at, irc_lines.rule(channel.login, channel.channel_id, each.kind, each.amount)
        else:
            people = (crowd()[0], crowd()[1])
            yield each.at, user_notice(rng, channel, each.kind, people, each.amount, each.at)[0]
    for message in said:
        yield message.at, renderer.render(message, message.at).line.removesuffix(LINE_END)
