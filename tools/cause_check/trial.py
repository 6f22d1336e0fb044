"""One trial: minutes of a simulated channel with a play or a true burst in it, through parser, rows and detector."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from cause_check import true_bursts
from cause_check.simulated_rows import parse_records, second_rows
from cause_check.trial_channel import START, TrialChannel, crowd, draw_channel, ordinary_texts
from contracts import topics
from contracts.chat_messages import SCHEMA_VERSION, Coverage, Lifecycle, Record
from contracts.codec import decode
from contracts.moments import Moment
from moment_detection.channel import Channel, DictSlots
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import Rules
from twitch_simulator.crowd.bursts import PlannedMessage
from twitch_simulator.crowd.chat import plan_chat, shares_at
from twitch_simulator.crowd.emotes import emotes_only, emotes_tag
from twitch_simulator.crowd.play_texts import Writer
from twitch_simulator.crowd.plays import RULES, Play, Script, draw_times, plan_play, shape_of_play
from twitch_simulator.crowd.texts import ChatText
from twitch_simulator.delivery.notices import user_notice
from twitch_simulator.delivery.rendering import Renderer
from twitch_simulator.irc import irc_lines
from twitch_simulator.irc.rooms import LINE_END

AFTER_SECONDS = 60  # of chat after the play; a moment closes 30 s after its peak
LATE_SECONDS = 12  # after the play's last message its moment may have its peak
HOUR_MS = 3_600_000
WITH_MS = (-2_000, 5_000)  # from a raid or gifts to a true burst together with them
AFTER_MS = (6_000, 25_000)  # the same for one after them
ALL_MOMENTS = Rules(moments_per_hour=1000.0, clips_per_hour=1000.0)  # no limit: the causes are of interest


class Outcome(NamedTuple):
    """What became of a trial. `raised`: whether there was a moment; the rest is of the one with the highest score.

    `may_clip`: as decided when its peak had held; `may_clip_closed`: 30 s after the peak.
    """

    kind: str
    raised: bool
    causes: Sequence[str] = ()
    may_clip: bool = True
    may_clip_closed: bool = True


def play(kind: str, seed: int) -> Outcome:
    """Play a cause; greetings near the start of a stream, everything else hours later."""
    rng = Random(f"play:{kind}:{seed}")
    where = draw_channel(rng)
    planned = plan_play(rng, Script(kind, where.people, rng.uniform(4, 16)), where.channel, where.play_at, crowd())
    if kind == "greetings":
        started = where.play_at - rng.randint(20, 900) * 1000
    else:
        started = START - rng.randint(1, 6) * HOUR_MS
    return _outcome(kind, rng, where, planned, started)


def burst(seed: int) -> Outcome:
    """Play a true burst alone, sometimes in a stream's first minutes."""
    rng = Random(f"burst:{seed}")
    where = draw_channel(rng)
    kind = rng.choice(tuple(true_bursts.WRITERS))
    messages = _burst(rng, where, true_bursts.WRITERS[kind](rng, where.channel.language), where.play_at)
    planned = Play("burst", where.channel, where.play_at, where.people, 0, True, messages, [])
    started = where.play_at - rng.randint(60, 1000) * 1000 if rng.random() < 0.2 else START - HOUR_MS
    return _outcome(f"burst:{kind}", rng, where, planned, started)


def burst_beside(event: str, seed: int, *, after: bool = False) -> Outcome:
    """Play a raid or gifts and, together with it or a while `after` it, a true burst of the same size or larger."""
    rng = Random(f"beside:{event}:{seed}:{after}")
    where = draw_channel(rng)
    script = Script(event, round(where.people * rng.uniform(0.3, 0.8)), rng.uniform(4, 16))
    planned = plan_play(rng, script, where.channel, where.play_at, crowd())
    writer = true_bursts.reaction_writer(rng, where.channel.language)
    burst_at = where.play_at + rng.randint(*(AFTER_MS if after else WITH_MS))
    messages = sorted(planned.messages + _burst(rng, where, writer, burst_at), key=lambda message: message.at)
    both = Play(event, where.channel, where.play_at, where.people, planned.amount, True, messages, planned.happenings)
    return _outcome(f"burst {'after' if after else 'with'} {event}", rng, where, both, START - HOUR_MS)


def _burst(rng: Random, where: TrialChannel, writer: Writer, at: int) -> list[PlannedMessage]:
    people = rng.sample(crowd(), where.people)
    times = draw_times(rng, shape_of_play(rng.uniform(4, 14)), len(people), at)
    texts = [writer() for _ in people]
    return [
        PlannedMessage(at, where.channel, who, ChatText(text, emotes_tag(text)))
        for at, who, text in zip(times, people, texts, strict=True)
    ]


def _outcome(kind: str, rng: Random, where: TrialChannel, planned: Play, started: int) -> Outcome:
    """Detect the moments of a play or burst among ordinary chat; `started`: the stream's start in ms."""
    until = planned.ends_at + AFTER_SECONDS * 1000
    records = [*_beginning(where, started), *parse_records(_lines(rng, where, planned, until))]
    last_peak = planned.ends_at + LATE_SECONDS * 1000
    moments = [each for each in detect(records, until) if planned.starts_at <= each.peak_at <= last_peak]
    if not moments:
        return Outcome(kind, False)
    best = max(moments, key=lambda moment: moment.score)
    peaked = [moment for moment in moments if moment.revision == "peaked"]
    causes = dict.fromkeys(cause for moment in peaked for cause in moment.causes) if planned.burst else best.causes
    decisive = moments if planned.burst else [each for each in moments if each.moment_id == best.moment_id]
    clips = {
        revision: any(moment.no_clip_reason is None for moment in decisive if moment.revision == revision)
        for revision in ("peaked", "closed")
    }
    return Outcome(kind, True, list(causes), clips["peaked"], clips["closed"])


def detect(records: list[Record], until: int) -> Iterator[Moment]:
    """Yield the moments up to `until` (ms), each as its peak has held and as it closes."""
    channel = Channel("1", Detector(ALL_MOMENTS), DictSlots())
    found = [record for row in second_rows(records) for record in channel.row(row)]
    for _, record in [*found, *channel.advance(until // 1000)]:
        if record.topic == topics.MOMENTS.name:
            moment = decode(record.topic, record.value)
            if isinstance(moment, Moment) and moment.revision != "raised":
                yield moment


def _beginning(where: TrialChannel, started: int) -> list[Record]:
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


def _lines(rng: Random, where: TrialChannel, planned: Play, until: int) -> Iterator[tuple[int, str]]:
    """Yield (time in ms, IRC line): the chat's rules, the play's events, then ordinary and planned messages."""
    channel = where.channel
    ordinary = plan_chat(rng, shares_at([channel], START), where.rate, (START, until), crowd(), ordinary_texts())
    messages = sorted(ordinary + planned.messages, key=lambda message: message.at)
    renderer = Renderer(rng)
    yield START, irc_lines.roomstate(channel.login, channel.channel_id)
    for each in planned.happenings:
        if each.kind in RULES:
            yield each.at, irc_lines.rule(channel.login, channel.channel_id, each.kind, each.amount)
        else:
            people = (crowd()[0], crowd()[1])
            yield each.at, user_notice(rng, channel, each.kind, people, each.amount, each.at)[0]
    for message in messages:
        if not _is_emote_only(planned, message.at) or emotes_only(message.text.text):
            yield message.at, renderer.render(message, message.at).line.removesuffix(LINE_END)


def _is_emote_only(planned: Play, at: int) -> bool:
    changes = [each.amount for each in planned.happenings if each.kind == "emote-only" and each.at <= at]
    return bool(changes and changes[-1])
