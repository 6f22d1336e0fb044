"""Records of two formats never count side by side: an old spool, an older or newer instance beside this one."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from contracts import codec
from contracts.chat_messages import FORMAT_VERSION, UNMARKED_FORMAT_VERSION, Tick
from service_runtime.kafka import KafkaAwayError
from stream_monitoring.forwarding.holder_start import find_overlap, opening_frame
from stream_monitoring.forwarding.kafka_log import tick_of
from stream_monitoring.forwarding.lease import Lease, LeaseTimeouts, LeaseView, Role
from stream_monitoring.forwarding.other_format import SILENT_SECONDS, problem, retire_older_spool
from stream_monitoring.forwarding.partition_repair import plan_repair
from stream_monitoring.forwarding.resume import (
    SEPARATION_MS,
    LastTick,
    NewerFormatError,
    ResumePoint,
    SpoolRange,
    find_resume_point,
)
from stream_monitoring.spool import frame
from stream_monitoring.spool.batch import TICK_KEY
from stream_monitoring.spool.spool import Spool, SpoolFormatError, SpoolLimits

from .examples import message

TIMEOUTS = LeaseTimeouts(stalled_seconds=10, go_on_seconds=60, take_back_seconds=60)
OLDER, NEWER = FORMAT_VERSION - 1, FORMAT_VERSION + 1
TICK_AT = 1_000_000


def tick(version: int, sent_at: int = TICK_AT) -> Tick:
    return Tick(
        schema_version=1,
        sent_at=sent_at,
        received_at=0,
        instance="t",
        spool_id="s",
        spool_position=2,
        format_version=version,
    )


def spool_of(directory: Path, version: int) -> Path:
    """Make a spool as that version writes it, with one message and a tick."""
    spool = Spool(directory, SpoolLimits())
    spool.append([b"42", message("m", TICK_AT - 1), TICK_KEY, codec.encode(tick(version))], TICK_AT)
    spool.close()
    for path in directory.glob("*.segment"):
        path.write_bytes(path.read_bytes().replace(frame.MAGIC, b"SSF%d" % version))
    return directory


def kafka_with(last: LastTick | None) -> Any:
    """What opens a log that ends with this tick."""
    return lambda: nullcontext(SimpleNamespace(latest_tick=lambda: last))


def kafka_away() -> Any:
    raise KafkaAwayError("no answer")


def names(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def test_a_tick_without_a_version_is_of_the_first_format():
    unmarked = codec.encode(tick(FORMAT_VERSION)).replace(b',"format_version":%d' % FORMAT_VERSION, b"")
    assert b"format_version" not in unmarked
    found = tick_of(unmarked)
    assert found is not None
    assert found.format_version == UNMARKED_FORMAT_VERSION < FORMAT_VERSION


@pytest.mark.parametrize("version", [OLDER, NEWER])
def test_a_spool_of_another_format_is_refused_and_unchanged(tmp_path, version):
    before = next(spool_of(tmp_path, version).glob("*.segment")).read_bytes()
    with pytest.raises(SpoolFormatError, match=r"DEPLOYMENT\.md, Updates"):
        Spool(tmp_path, SpoolLimits())
    assert next(tmp_path.glob("*.segment")).read_bytes() == before


@pytest.mark.parametrize("last", [None, LastTick(TICK_AT - 1, "other", 9)])
def test_an_older_spool_with_undelivered_chat_is_refused(tmp_path, last):
    before = names(spool_of(tmp_path, OLDER))
    with pytest.raises(SpoolFormatError, match="has not delivered: start that version again"):
        retire_older_spool(tmp_path, kafka_with(last))
    assert names(tmp_path) == before


def test_an_older_spool_waits_for_kafka_to_answer(tmp_path):
    before = names(spool_of(tmp_path, OLDER))
    with pytest.raises(SpoolFormatError, match="start again when Kafka answers"):
        retire_older_spool(tmp_path, kafka_away)
    assert names(tmp_path) == before


@pytest.mark.parametrize(
    "last", [LastTick(TICK_AT, "s", 2, OLDER), LastTick(TICK_AT + 1, "other", 9, OLDER), LastTick(TICK_AT + 9, "o", 9)]
)
def test_a_delivered_older_spool_begins_anew(tmp_path, last):
    first_id = (spool_of(tmp_path, OLDER) / "spool_id").read_text()
    (tmp_path / "chatter.key").write_text("the same key")
    (tmp_path / "covered.json").write_text("{}")
    retire_older_spool(tmp_path, kafka_with(last))
    assert names(tmp_path) == {"chatter.key"}
    begun = Spool(tmp_path, SpoolLimits())
    assert (begun.first, begun.end) == (0, 0)
    assert begun.spool_id != first_id


def test_a_torn_older_spool_counts_up_to_its_last_whole_frame(tmp_path):
    path = next(spool_of(tmp_path, OLDER).glob("*.segment"))
    path.write_bytes(path.read_bytes() + b"SSF1 torn")
    with pytest.raises(SpoolFormatError):
        retire_older_spool(tmp_path, kafka_with(LastTick(TICK_AT - 1, "s", 1, OLDER)))
    retire_older_spool(tmp_path, kafka_with(LastTick(TICK_AT, "s", 2, OLDER)))
    assert not list(tmp_path.glob("*.segment"))


@pytest.mark.parametrize("version", [FORMAT_VERSION, NEWER])
def test_only_an_older_spool_asks_kafka_and_is_deleted(tmp_path, version):
    before = names(spool_of(tmp_path, version))
    retire_older_spool(tmp_path, kafka_away)
    assert names(tmp_path) == before


def view_of(last: LastTick, own_tick: int = TICK_AT + 5) -> LeaseView:
    """Return a view in which everything but the format allows forwarding."""
    return LeaseView(last_tick=last, own_spool_id="me", read_since=1, own_tick=own_tick, healthy=True)


@pytest.mark.parametrize("role", ["holder", "standby"])
@pytest.mark.parametrize("spool_id", ["me", "other"])
def test_nobody_forwards_beside_a_newer_instance(role: Role, spool_id: str):
    for is_alone in (True, False):
        lease = Lease(role, TIMEOUTS, is_alone)
        assert {lease.look(now, view_of(LastTick(TICK_AT, spool_id, 1, NEWER))) for now in range(1_000)} == {None}


@pytest.mark.parametrize("role", ["holder", "standby"])
def test_nobody_forwards_while_an_older_instance_writes(role: Role):
    lease = Lease(role, TIMEOUTS, is_alone=False)
    looks = {
        lease.look(now, view_of(LastTick(TICK_AT + now, "other", 1, OLDER), TICK_AT + 9_999)) for now in range(999)
    }
    assert looks == {None}


@pytest.mark.parametrize(("role", "seconds"), [("holder", 140), ("standby", 150)])
def test_it_goes_on_when_every_older_instance_would_have(role: Role, seconds: int):
    lease = Lease(role, TIMEOUTS, is_alone=False)
    looks = [lease.look(now, view_of(LastTick(TICK_AT, "other", 1, OLDER))) for now in range(200)]
    assert looks.index("go on") == seconds
    older = Lease("standby", TIMEOUTS, is_alone=False)  # the last one to go on, at the same tick in its own format
    view = LeaseView(
        last_tick=LastTick(TICK_AT, "other", 1), own_spool_id="me", read_since=None, own_tick=0, healthy=False
    )
    turns = [older.look(now, view) for now in range(200)]
    assert turns.index("go on") < seconds


def test_who_is_alone_goes_on_at_once():
    lease = Lease("holder", TIMEOUTS, is_alone=True)
    assert lease.look(0, view_of(LastTick(TICK_AT, "me", 1, OLDER))) == "go on"


OLD_TICK = LastTick(TICK_AT, "old", 7, OLDER)
SEPARATED = TICK_AT + SEPARATION_MS


def continuity_of(gaps: list[tuple[int, int | None]]) -> Any:
    """Of a capture that has read everything; collects the gaps that it is asked for."""

    def gap_lines(after: int, until: int | None) -> list[bytes]:
        gaps.append((after, until))
        return []

    return SimpleNamespace(gap_lines=gap_lines, joined_lines=lambda at: [], read_since=1)


def sent(spool: Spool, resume: ResumePoint, tick_at: int) -> list[bytes]:
    """What follows of a frame with messages around the end of the separation."""
    recent = SimpleNamespace(ids={"known"}, left_at=0)
    log: Any = SimpleNamespace(writers_since=lambda since: [OLD_TICK], records_after=lambda after: recent)
    known = find_overlap(log, resume, spool, continuity_of([])).filter
    assert known is not None
    records = [message("early", SEPARATED), message("known", SEPARATED + 1), message("late", SEPARATED + 1)]
    lines = [line for each in records for line in (b"42", each)]
    frames = [frame.Frame.of(0, [*lines, TICK_KEY, codec.encode(tick(FORMAT_VERSION, tick_at))], tick_at)]
    return next(iter(known.frames(frames))).lines[1:-2:2]


def test_the_first_tick_records_a_gap_between_the_formats(tmp_path):
    spool, gaps = Spool(tmp_path, SpoolLimits()), []
    resume = find_resume_point([OLD_TICK], SpoolRange(spool.spool_id, 0, 9, TICK_AT + 1))
    assert (resume.exact, resume.after, resume.gap_until) == (False, TICK_AT, SEPARATED)
    opening = opening_frame(resume, spool, continuity_of(gaps), "t")
    assert opening is not None
    assert tick_of(opening.tick) == LastTick(TICK_AT, spool.spool_id, 0, FORMAT_VERSION)
    assert gaps == [(TICK_AT, SEPARATED)]


@pytest.mark.parametrize("tick_at", [TICK_AT, SEPARATED, SEPARATED + 2])
@pytest.mark.parametrize("last", ["old", "own", "another's"])
def test_a_minute_without_records_separates_the_formats(tmp_path, tick_at, last):
    """Also where this instance was killed after its first tick, or another took over from it."""
    spool = Spool(tmp_path, SpoolLimits())
    ticks = {
        "old": OLD_TICK,
        "own": LastTick(TICK_AT, spool.spool_id, 0),
        "another's": LastTick(TICK_AT, "another", 0),
    }
    resume = find_resume_point([ticks[last]], SpoolRange(spool.spool_id, 0, 9, TICK_AT - 5))
    assert sent(spool, resume, tick_at) == [message("late", SEPARATED + 1)]


def test_nothing_begins_after_a_newer_tick():
    with pytest.raises(NewerFormatError):
        find_resume_point([LastTick(TICK_AT, "me", 1, NEWER)], SpoolRange("me", 0, 9, 1))


def test_partitions_of_another_format_are_not_repaired_by_ours(tmp_path):
    spool = Spool(tmp_path, SpoolLimits())
    ticks = {("chat-messages", 0): LastTick(5, "a", 1, OLDER), ("chat-messages", 1): LastTick(9, "a", 2, OLDER)}
    nothing: Any = None  # Kafka and the capture are not asked
    given = {"spool": spool, "ticks": ticks, "undecided": [], "instance": "t"}
    assert plan_repair(reader=nothing, continuity=nothing, **given) is None


def test_the_operator_is_told_what_to_do():
    assert problem(None, 140, 0) == problem(LastTick(1, "a", 1), 140, 0) == ""
    assert "update this machine" in problem(LastTick(1, "a", 1, NEWER), 140, 99)
    older = LastTick(1, "a", 1, OLDER)
    assert "stop stream_monitoring on both machines" in problem(older, 140, 0)
    assert problem(older, 140, SILENT_SECONDS) == ""  # stopped: the wait for its end is no problem
