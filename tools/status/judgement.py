"""Judges what the probes found: which stage is well, behind or away. Pure."""

from collections.abc import Mapping

from status.facts import Away, Broker, Capture, Database, Disk, Facts, Group, Job, Unseen, Website
from status.line import Line, State, age, many, size

FRESH_SECONDS = 60.0  # further behind than this is behind; the website draws the same line
SILENT_SECONDS = 60.0  # the recorder's heart beats every 2 s
TICK_SECONDS = 30.0  # ticks come every second
CHECKPOINT_SECONDS = 120.0  # they are seconds apart
SPOOL_BYTES = 50e6  # some minutes of a busy evening
LAG_RECORDS = 5_000  # seconds of work
DEAD_LETTERS = 100  # of a day
FREE_BYTES, FREE_SHARE = 2e9, 0.05
NOT_YET = "nothing yet"


def judge(facts: Facts) -> list[Line]:
    """One line a stage, in the order in which data passes them."""
    lines = [capture("capture", facts.capture)]
    if facts.standby is not None:
        lines.append(capture("standby", facts.standby))
    return [
        *lines,
        broker(facts.broker, facts.groups),
        detector(facts.job, facts.database),
        recorder(facts.groups, facts.database),
        clip_creator(facts.groups, facts.database),
        database(facts.database),
        website(facts.website),
        disk(facts.disk),
    ]


def _absent(name: str, fact: Away | Unseen) -> Line:
    if isinstance(fact, Unseen):
        return Line(name, State.UNSEEN, None, f"can only be asked on {fact.where}")
    return Line(name, State.AWAY, None, fact.reason)


def _state(behind: bool) -> State:
    return State.BEHIND if behind else State.OK


def capture(name: str, fact: Capture | Away | Unseen) -> Line:
    """Chat into the spool, and from there into Kafka where this instance holds."""
    if not isinstance(fact, Capture):
        return _absent(name, fact)
    waits = _to_forward(fact.backlog) if fact.holds else "stands by"
    gaps = f", {many(fact.gap_seconds, 'second')} of gaps" if fact.gap_seconds else ""
    late = fact.tick_age is not None and fact.tick_age > TICK_SECONDS
    behind = bool(fact.problems) or late or (fact.holds and fact.backlog > SPOOL_BYTES)
    words = "; ".join(f"{what}: {why}" for what, why in fact.problems.items()) or waits + gaps
    return Line(
        name, _state(behind), fact.tick_age, words, {"spool_bytes": fact.backlog, "gap_seconds": fact.gap_seconds}
    )


def _to_forward(backlog: float) -> str:
    """The spool counts whole segments, so the true figure is smaller."""
    return f"at most {size(backlog)} to forward" if backlog else "nothing to forward"


def broker(fact: Broker | Away, groups: Mapping[str, Group] | Away) -> Line:
    """Kafka: its freshness is the last tick in chat-messages. Where it told of its groups, it is slow and not away."""
    if isinstance(fact, Away) and not isinstance(groups, Away):
        return Line("kafka", State.BEHIND, None, f"last tick unknown: {fact.reason}")
    if isinstance(fact, Away):
        return _absent("kafka", fact)
    if fact.tick_age is None:
        return Line("kafka", State.BEHIND, None, "no tick in chat-messages yet")
    return Line("kafka", _state(fact.tick_age > TICK_SECONDS), fact.tick_age, "age of the last tick in chat-messages")


def detector(job: Job | Away | Unseen, known: Database | Away) -> Line:
    """Flink's job: its freshness is the event time that Postgres knows of."""
    stage = known.stages.get("job") if isinstance(known, Database) else None
    behind = None if stage is None else stage.behind
    late = behind is not None and behind > FRESH_SECONDS
    if isinstance(job, Away):
        return Line("clip_detector", State.AWAY, behind, job.reason)
    if isinstance(job, Unseen):
        state = State.UNSEEN if behind is None else _state(late)
        return Line("clip_detector", state, behind, f"Flink can only be asked on {job.where}")
    if job.state != "RUNNING":
        state = State.AWAY if job.state in ("FAILED", "CANCELED", "FINISHED", "none") else State.BEHIND
        return Line("clip_detector", state, behind, "no job" if job.state == "none" else f"job {job.state.lower()}")
    if job.checkpoint_age is None:
        return Line("clip_detector", _state(True), behind, "job running, no checkpoint yet")
    words = f"checkpoint {age(job.checkpoint_age)} ago, {size(job.checkpoint_size or 0)}"
    figures = {"checkpoint_age_seconds": job.checkpoint_age, "checkpoint_bytes": job.checkpoint_size or 0.0}
    stale = job.checkpoint_age > CHECKPOINT_SECONDS
    return Line("clip_detector", _state(late or stale), behind, words, figures)


def _group(groups: Mapping[str, Group] | Away, name: str) -> tuple[State, str, dict[str, float]]:
    if isinstance(groups, Away):
        return State.AWAY, f"unknown: {groups.reason}", {}
    group = groups.get(name, Group(0, 0))
    waiting = f"{many(group.lag, 'record')} in front of it"
    if not group.members:
        return State.AWAY, f"does not run; {waiting}", {"lag": group.lag}
    return _state(group.lag > LAG_RECORDS), waiting, {"lag": group.lag}


def recorder(groups: Mapping[str, Group] | Away, known: Database | Away) -> Line:
    """Topics into Postgres: its freshness is its heartbeat in Postgres."""
    state, words, figures = _group(groups, "recorder")
    if isinstance(known, Away):
        return Line("recorder", State.AWAY, None, f"unknown: postgres: {known.reason}", figures)
    stage = known.stages.get("recorder")
    if stage is None:
        return Line("recorder", State.AWAY, None, f"no heartbeat yet; {words}", figures)
    if isinstance(groups, Away):  # Kafka has its own line
        state = State.OK
    if stage.silent > SILENT_SECONDS:
        state = State.AWAY
    return Line("recorder", state, stage.silent, words, figures)


def clip_creator(groups: Mapping[str, Group] | Away, known: Database | Away) -> Line:
    """Moments into clips; an intent without an outcome should have one after ten minutes."""
    state, words, figures = _group(groups, "clip-creator")
    if isinstance(known, Away):
        return Line("clip_creator", state, None, words, figures)
    if known.old_intents:
        words += f", {many(known.old_intents, 'intent')} without outcome for 15 min"
        state = State.BEHIND if state is State.OK else state
    return Line("clip_creator", state, None, words, {**figures, "old_intents": known.old_intents})


def database(fact: Database | Away) -> Line:
    """Postgres: its freshness is the newest that any stage said."""
    if isinstance(fact, Away):
        return _absent("postgres", fact)
    newest = min((stage.silent for stage in fact.stages.values()), default=None)
    words = f"{many(fact.dead_letters, 'dead letter')} in a day"
    figures = {"dead_letters": fact.dead_letters}
    if newest is None:
        return Line("postgres", State.OK, None, f"{NOT_YET} from the pipeline, {words}", figures)
    return Line("postgres", _state(fact.dead_letters >= DEAD_LETTERS), newest, words, figures)


def website(fact: Website | Away) -> Line:
    """The website."""
    if isinstance(fact, Away):
        return _absent("website", fact)
    return Line("website", _state(not fact.ready), None, fact.problem or "ready")


def disk(fact: Disk | Away) -> Line:
    """The disk of this machine."""
    if isinstance(fact, Away):
        return _absent("disk", fact)
    small = fact.free < FREE_BYTES or fact.free < fact.total * FREE_SHARE
    words = f"{size(fact.free)} free of {size(fact.total)} ({fact.folder})"
    return Line("disk", _state(small), None, words, {"free_bytes": fact.free, "total_bytes": fact.total})
