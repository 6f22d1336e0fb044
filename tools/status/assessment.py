"""Assesses what the probes found: which stage is ok, behind or down. Pure."""

from collections.abc import Mapping

from status.facts import (
    Broker,
    Capture,
    DiscordBot,
    Disk,
    EmoteCounter,
    Facts,
    Group,
    Job,
    NoAnswer,
    OnlyOn,
    StoredFacts,
    ViewerClips,
    Website,
)
from status.line import StageState, StageStatus
from status.machine_line import machine
from status.units import age_text, plural, size_text

FRESH_SECONDS = 60.0  # older data counts as behind, as on the website
HEARTBEAT_SECONDS = 60.0  # the recorder's heartbeat comes every 2 s
TICK_SECONDS = 30.0  # ticks come every second
CHECKPOINT_SECONDS = 120.0  # checkpoints are seconds apart
SPOOL_BYTES = 50e6  # minutes of a busy evening
LAG_RECORDS = 5_000  # seconds of work
DEAD_LETTERS = 100  # per day
ASKED_SECONDS = 3_600.0  # of viewers' clips, which are asked for every five minutes
POLLED_SECONDS = 300.0  # of the Discord bot, which asks every 20 s
FREE_BYTES, FREE_SHARE = 2e9, 0.05
ENDED_JOB = ("FAILED", "CANCELED", "FINISHED", "none")


def assess(facts: Facts) -> list[StageStatus]:
    """Return one line per stage, in the order in which data passes them."""
    lines = [capture("capture", facts.capture)]
    if facts.standby is not None:
        lines.append(capture("standby", facts.standby))
    return [
        *lines,
        broker(facts.broker, facts.groups),
        detector(facts.job, facts.database),
        recorder(facts.groups, facts.database),
        clip_creator(facts.groups, facts.database),
        emote_counter(facts.emotes),
        viewer_clips(facts.viewer_clips),
        database(facts.database),
        website(facts.website),
        *([] if facts.discord is None else [discord_bot(facts.discord)]),
        disk(facts.disk),
        machine(facts.machine),
        version(facts),
    ]


def _unanswered(name: str, fact: NoAnswer | OnlyOn) -> StageStatus:
    if isinstance(fact, OnlyOn):
        return StageStatus(name, StageState.UNKNOWN, details=f"can only be queried on {fact.machine}")
    return StageStatus(name, StageState.DOWN, details=fact.reason)


def _behind_if(behind: bool) -> StageState:
    return StageState.BEHIND if behind else StageState.OK


def capture(name: str, fact: Capture | NoAnswer | OnlyOn) -> StageStatus:
    """Assess an instance that reads chat into its spool and, if it holds the lease, forwards it to Kafka."""
    if not isinstance(fact, Capture):
        return _unanswered(name, fact)
    late = fact.tick_age is not None and fact.tick_age > TICK_SECONDS
    behind = bool(fact.problems) or late or (fact.is_holder and fact.backlog > SPOOL_BYTES)
    problems = "; ".join(f"{part}: {reason}" for part, reason in (fact.problems or fact.notes).items())
    figures = {"spool_bytes": fact.backlog, "gap_seconds": fact.gap_seconds}
    return StageStatus(
        name,
        _behind_if(behind),
        age=fact.tick_age,
        details=problems or _forwarding(fact) + _unknown(fact),
        figures=figures,
    )


def _unknown(fact: Capture) -> str:
    if not fact.unknown_names:
        return ""
    return f"; {fact.unknown_names} pinned channels or games are unknown: see its log"


def _forwarding(fact: Capture) -> str:
    gaps = f", {plural(fact.gap_seconds, 'channel-second')} of gaps since its start" if fact.gap_seconds else ""
    if not fact.is_holder:
        return f"standby, not forwarding{gaps}"
    if not fact.backlog:
        return f"nothing to forward{gaps}"
    return f"at most {size_text(fact.backlog)} to forward{gaps}"  # the spool counts whole segments


def broker(fact: Broker | NoAnswer, groups: Mapping[str, Group] | NoAnswer) -> StageStatus:
    """Assess Kafka by the last tick in chat-messages; if it at least listed its groups, it is slow and not down."""
    if isinstance(fact, NoAnswer) and not isinstance(groups, NoAnswer):
        return StageStatus("kafka", StageState.BEHIND, details=f"last tick unknown: {fact.reason}")
    if isinstance(fact, NoAnswer):
        return _unanswered("kafka", fact)
    if fact.tick_age is None:
        return StageStatus("kafka", StageState.BEHIND, details="no tick in chat-messages yet")
    late = fact.tick_age > TICK_SECONDS
    return StageStatus("kafka", _behind_if(late), age=fact.tick_age, details="age of the last tick in chat-messages")


def detector(job: Job | NoAnswer | OnlyOn, known: StoredFacts | NoAnswer) -> StageStatus:
    """Assess Flink's job; its age is that of the event time stored in Postgres."""
    stage = known.stages.get("job") if isinstance(known, StoredFacts) else None
    behind = None if stage is None else stage.behind
    late = behind is not None and behind > FRESH_SECONDS
    if isinstance(job, NoAnswer):
        return StageStatus("clip_detector", StageState.DOWN, age=behind, details=job.reason)
    if isinstance(job, OnlyOn):
        state = StageState.UNKNOWN if behind is None else _behind_if(late)
        return StageStatus("clip_detector", state, age=behind, details=f"Flink can only be queried on {job.machine}")
    if job.state != "RUNNING":
        state = StageState.DOWN if job.state in ENDED_JOB else StageState.BEHIND
        details = "no job" if job.state == "none" else f"job {job.state.lower()}"
        return StageStatus("clip_detector", state, age=behind, details=details)
    if job.checkpoint_age is None:
        return StageStatus("clip_detector", StageState.BEHIND, age=behind, details="job running, no checkpoint yet")
    return _running(job.checkpoint_age, job.checkpoint_size or 0.0, behind, late)


def _running(checkpoint_age: float, size: float, behind: float | None, late: bool) -> StageStatus:
    state = _behind_if(late or checkpoint_age > CHECKPOINT_SECONDS)
    details = f"checkpoint {age_text(checkpoint_age)} ago, {size_text(size)}"
    figures = {"checkpoint_age_seconds": checkpoint_age, "checkpoint_bytes": size}
    return StageStatus("clip_detector", state, age=behind, details=details, figures=figures)


def _group(groups: Mapping[str, Group] | NoAnswer, name: str) -> tuple[StageState, str, dict[str, float]]:
    if isinstance(groups, NoAnswer):
        return StageState.DOWN, f"unknown, Kafka: {groups.reason}", {}
    group = groups.get(name, Group(0, 0))
    waiting = f"{plural(group.lag, 'record')} waiting"
    if not group.members:
        return StageState.DOWN, f"not running, {waiting}", {"lag": group.lag}
    return _behind_if(group.lag > LAG_RECORDS), waiting, {"lag": group.lag}


def recorder(groups: Mapping[str, Group] | NoAnswer, known: StoredFacts | NoAnswer) -> StageStatus:
    """Assess the recorder; its age is that of its heartbeat in Postgres."""
    state, details, figures = _group(groups, "recorder")
    if isinstance(known, NoAnswer):
        return StageStatus("recorder", StageState.DOWN, details=f"unknown, Postgres: {known.reason}", figures=figures)
    stage = known.stages.get("recorder")
    if stage is None:
        return StageStatus("recorder", StageState.DOWN, details=f"no heartbeat yet, {details}", figures=figures)
    if isinstance(groups, NoAnswer):  # Kafka has its own line
        state = StageState.OK
    if stage.silent > HEARTBEAT_SECONDS:
        state = StageState.DOWN
    return StageStatus("recorder", state, age=stage.silent, details=details, figures=figures)


def clip_creator(groups: Mapping[str, Group] | NoAnswer, known: StoredFacts | NoAnswer) -> StageStatus:
    """Assess clip_creator; a request should have an outcome after 15 minutes."""
    state, details, figures = _group(groups, "clip-creator")
    if isinstance(known, NoAnswer):
        return StageStatus("clip_creator", state, details=details, figures=figures)
    if known.old_intents:
        details += f", {plural(known.old_intents, 'request')} without an outcome for 15 min"
        state = StageState.BEHIND if state is StageState.OK else state
    return StageStatus("clip_creator", state, details=details, figures={**figures, "old_intents": known.old_intents})


def emote_counter(fact: EmoteCounter | NoAnswer | OnlyOn) -> StageStatus:
    """Assess the counter of emotes; a provider that fails is told, and nothing waits for it."""
    if not isinstance(fact, EmoteCounter):
        return _unanswered("emote_counter", fact)
    late = fact.tick_age is not None and fact.tick_age > FRESH_SECONDS
    told = "; ".join(f"{part}: {reason}" for part, reason in (fact.problems or fact.notes).items())
    state = _behind_if(bool(fact.problems) or late)
    return StageStatus("emote_counter", state, age=fact.tick_age, details=told or "counts, all providers answer")


def viewer_clips(fact: ViewerClips | NoAnswer | OnlyOn) -> StageStatus:
    """Assess who asks for viewers' clips."""
    if not isinstance(fact, ViewerClips):
        return _unanswered("viewer_clips", fact)
    late = fact.behind is not None and fact.behind > ASKED_SECONDS
    told = "; ".join(f"{part}: {reason}" for part, reason in (fact.problems or fact.notes).items())
    state = _behind_if(bool(fact.problems) or late)
    return StageStatus("viewer_clips", state, age=fact.behind, details=told or "asks for what viewers clip")


def database(fact: StoredFacts | NoAnswer) -> StageStatus:
    """Assess Postgres; its age is that of the newest report of any stage."""
    if isinstance(fact, NoAnswer):
        return _unanswered("postgres", fact)
    newest = min((stage.silent for stage in fact.stages.values()), default=None)
    details = f"{plural(fact.dead_letters, 'dead letter')} in 24 h"
    figures = {"dead_letters": fact.dead_letters}
    if newest is None:
        return StageStatus("postgres", StageState.OK, details=f"no stage has reported yet, {details}", figures=figures)
    state = _behind_if(fact.dead_letters >= DEAD_LETTERS)
    return StageStatus("postgres", state, age=newest, details=details, figures=figures)


def website(fact: Website | NoAnswer) -> StageStatus:
    """Assess the website."""
    if isinstance(fact, NoAnswer):
        return _unanswered("website", fact)
    return StageStatus(
        "website",
        _behind_if(not fact.ready),
        details=fact.problem or "ready",
    )


def discord_bot(fact: DiscordBot | NoAnswer) -> StageStatus:
    """Assess the Discord bot; its age is that of Twitch's last word on who is live."""
    if isinstance(fact, NoAnswer):
        return _unanswered("discord_bot", fact)
    late = bool(fact.followed) and (fact.polled_age is None or fact.polled_age > POLLED_SECONDS)
    told = f"{plural(fact.servers, 'server')}, {plural(fact.followed, 'streamer')} followed"
    return StageStatus(
        "discord_bot",
        _behind_if(late or not fact.is_connected),
        age=fact.polled_age,
        details=told if fact.is_connected else "not connected to Discord",
        figures={"servers": fact.servers, "followed": fact.followed},
    )


def version(facts: Facts) -> StageStatus:
    """Say which build runs, each part's own where they differ, as for an hour between the updates of A and B."""
    asked = {
        "website": facts.website,
        "capture": facts.capture,
        "standby": facts.standby,
        "emote_counter": facts.emotes,
        "viewer_clips": facts.viewer_clips,
        "discord_bot": facts.discord,
    }
    builds = {name: fact.build for name, fact in asked.items() if fact and not isinstance(fact, NoAnswer | OnlyOn)}
    known = {name: build for name, build in builds.items() if build}
    if not known:
        return StageStatus("version", StageState.UNKNOWN, details="nothing that runs says its version")
    if len(set(known.values())) == 1:
        return StageStatus("version", StageState.OK, details=next(iter(known.values())))
    told = ", ".join(f"{name} {build}" for name, build in known.items())
    return StageStatus("version", StageState.OK, details=told)


def disk(fact: Disk | NoAnswer) -> StageStatus:
    """Assess the disk of this machine."""
    if isinstance(fact, NoAnswer):
        return _unanswered("disk", fact)
    full = fact.free < FREE_BYTES or fact.free < fact.total * FREE_SHARE
    details = f"{size_text(fact.free)} free of {size_text(fact.total)} ({fact.folder})"
    return StageStatus(
        "disk", _behind_if(full), details=details, figures={"free_bytes": fact.free, "total_bytes": fact.total}
    )
