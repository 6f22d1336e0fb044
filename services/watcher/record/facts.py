"""What a look at the site's parts found, and what it says of each part."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from contracts.uptime import Part

CHAT_LIMIT_SECONDS = 120.0  # ticks come each second, by way of Kafka and the recorder
LEAST_MOMENTS = 5  # of the last hour, all of them without a clip: then none are made, as the alert NoClips says
BOT_LIMIT_SECONDS = 30.0  # a lease that nobody has renewed for so long has no holder
BOT_GONE_SECONDS = 7 * 86_400.0  # a bot that is away for longer is not missed: the operator runs none
MOST_BACK_SECONDS = 900.0  # trouble is dated back to the last sign of life, but no further: the clock may be wrong


@dataclass(frozen=True)
class Stage:
    """Seconds since a stage's last report, and since the event time that it has reached."""

    silent: float
    behind: float


@dataclass(frozen=True)
class Stored:
    """What Postgres says. `clips`: of the last hour's moments, how many there are and how many have a clip.

    `unclipped_seconds`: since the oldest of them. `bot_seconds`: since the Discord bot's lease ended.
    """

    stages: Mapping[str, Stage] = field(default_factory=dict)
    has_clips: bool = False
    moments: int = 0
    clips: int = 0
    unclipped_seconds: float = 0.0
    bot_seconds: float | None = None
    is_worked_on: bool = False


@dataclass(frozen=True)
class Facts:
    """One look. `site`: whether a visitor's request was answered, None if nobody can tell.

    `standby_behind`: how far the standby's reading of chat is behind, None if it does not say; `has_standby`: whether
    it was asked. `stored` is None if Postgres does not answer.
    """

    site: bool | None = None
    has_standby: bool = False
    standby_behind: float | None = None
    stored: Stored | None = None


class Limits(NamedTuple):
    """Seconds of silence of the recorder, and age of processed chat, above which moments are down."""

    heartbeat_seconds: float
    data_seconds: float


class Seen(NamedTuple):
    """What a look says of a part: up or down, and for how many seconds it has been down already."""

    is_up: bool
    since_seconds: float = 0.0


UP = Seen(is_up=True)
Said = dict[Part, Seen]  # a part that is missing is not known


def down(since_seconds: float = 0.0) -> Seen:
    """Say that a part is down since then."""
    return Seen(is_up=False, since_seconds=min(max(0.0, since_seconds), MOST_BACK_SECONDS))


def say(facts: Facts, limits: Limits) -> Said:
    """Say of each part whether it is up, as far as it is known."""
    stored = facts.stored or Stored()
    moments = _moments(stored, limits)
    said: dict[Part, Seen | None] = {
        Part.WEBSITE: None if facts.site is None else UP if facts.site else down(),
        Part.CHAT: _chat(facts, stored, limits),
        Part.MOMENTS: moments,
        Part.CLIPS: _clips(stored, moments),
        Part.DISCORD: _discord(stored),
    }
    return {part: seen for part, seen in said.items() if seen is not None}


def _chat(facts: Facts, stored: Stored, limits: Limits) -> Seen | None:
    """Chat is read if either machine reads it; how far B does is known while its recorder reports."""
    capture, recorder = stored.stages.get("capture"), stored.stages.get("recorder")
    is_heard = recorder is not None and recorder.silent <= limits.heartbeat_seconds
    known = [each for each in (facts.standby_behind, capture.behind if capture else None) if each is not None]
    if known and min(known) <= CHAT_LIMIT_SECONDS:
        return UP
    if facts.standby_behind is not None or (is_heard and capture is not None):
        return down(min(known))
    return down(capture.behind) if facts.has_standby and capture is not None else None


def _moments(stored: Stored, limits: Limits) -> Seen | None:
    recorder, job = stored.stages.get("recorder"), stored.stages.get("job")
    if recorder is None or job is None:
        return None
    if recorder.silent > limits.heartbeat_seconds:
        return down(recorder.silent)
    return down(job.behind) if job.behind > limits.data_seconds else UP


def _clips(stored: Stored, moments: Seen | None) -> Seen | None:
    """Where no moments are found no clips are made; without any clip ever nobody makes them here."""
    if moments is None or not stored.has_clips:
        return None
    if not moments.is_up:
        return moments
    return down(stored.unclipped_seconds) if stored.moments >= LEAST_MOMENTS and not stored.clips else UP


def _discord(stored: Stored) -> Seen | None:
    if stored.bot_seconds is None or stored.bot_seconds > BOT_GONE_SECONDS:
        return None
    return down(stored.bot_seconds) if stored.bot_seconds > BOT_LIMIT_SECONDS else UP
