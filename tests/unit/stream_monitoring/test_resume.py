"""Resuming: wherever a crash comes and whoever takes over, no id is lost and none doubled."""

import json

from hypothesis import given
from hypothesis import strategies as st

from contracts import codec
from contracts.chat_messages import Coverage, Tick
from stream_monitoring.channels.lifecycle import introduction
from stream_monitoring.forwarding.resume import (
    POLLS_MS,
    STRAGGLER_MS,
    LastTick,
    ResumePoint,
    SpoolRange,
    TakeoverFilter,
    find_resume_point,
)
from stream_monitoring.spool.batch import DEAD_LETTER_KEY, TICK_KEY
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.record_header import read_header

from .examples import id_of, message

LAG = 3


def frames_of(sizes: list[int], spool_id: str) -> list[Frame]:
    """Messages 0, 1, 2, … sent at 10, 11, 12, …, in frames of these sizes; each tick is LAG behind the last one."""
    frames, number, position = [], 0, 0
    for size in sizes:
        lines = [part for each in range(number, number + size) for part in (b"42", message(f"m{each}", 10 + each))]
        number, position = number + size, position + size + 1
        tick_at = max(0, 10 + number - 1 - LAG)
        tick = Tick(
            schema_version=1, sent_at=tick_at, received_at=0, instance="t", spool_id=spool_id, spool_position=position
        )
        frames.append(Frame.of(position - size - 1, [*lines, TICK_KEY, codec.encode(tick)], tick_at))
    return frames


def own(frames: list[Frame], spool_id: str) -> SpoolRange:
    return SpoolRange(spool_id, 0, frames[-1].end, frames[0].tick_at)


def last_tick(value: bytes) -> LastTick:
    header = read_header(value)
    return LastTick(header.sent_at, header.spool_id or "", header.spool_position or 0)


def ids(lines: list[bytes]) -> list[str]:
    return [id_of(value) for key, value in zip(lines[0::2], lines[1::2], strict=True) if key != TICK_KEY]


sizes = st.lists(st.integers(0, 6), min_size=1, max_size=10)


@given(sizes, st.data())
def test_the_same_instance_resumes_after_its_last_transaction(frame_sizes, data):
    frames = frames_of(frame_sizes, "a")
    done = data.draw(st.integers(1, len(frames)))
    resume = find_resume_point([last_tick(frames[done - 1].tick)] * 20, own(frames, "a"))
    assert resume.exact
    assert resume.position == frames[done - 1].end
    rest = [frame for frame in frames if frame.first >= resume.position]
    assert rest == frames[done:]


@given(sizes, sizes, st.data())
def test_another_instance_sends_each_id_once(ours, theirs, data):
    total = min(sum(ours), sum(theirs))
    first, second = frames_of(ours, "a"), frames_of(theirs, "b")
    done = data.draw(st.integers(1, len(first)))
    in_kafka = [each for frame in first[:done] for each in ids(frame.lines)]
    tick = last_tick(first[done - 1].tick)
    resume = find_resume_point([tick], own(second, "b"))
    assert not resume.exact
    known = TakeoverFilter(resume.after, set(in_kafka))
    sent = [each for frame in known.frames(second) for each in ids(frame.lines)]
    assert len(set(in_kafka + sent)) == len(in_kafka) + len(sent)
    assert {f"m{number}" for number in range(total)} <= set(in_kafka + sent)
    ticks = [read_header(known.tick(frame.tick)).sent_at for frame in second]
    assert all(each >= tick.sent_at for each in ticks)


def test_an_empty_topic_gets_everything():
    assert find_resume_point([], SpoolRange("a", 7, 9, 1)) == ResumePoint(position=7, exact=True)


def test_the_latest_tick_counts_where_a_partition_lost_its_own():
    ticks = [LastTick(5, "a", 10), LastTick(9, "a", 30), LastTick(7, "a", 20)]
    assert find_resume_point(ticks, SpoolRange("a", 0, 40, 1)).position == 30


def test_records_deleted_before_they_were_forwarded_are_counted():
    resume = find_resume_point([LastTick(5, "a", 10)], SpoolRange("a", 25, 40, 9))
    assert (resume.position, resume.missing, resume.after, resume.gap_until) == (25, 15, 5, 9)


def test_a_spool_that_begins_after_the_last_tick_has_a_gap():
    assert find_resume_point([LastTick(5, "other", 10)], SpoolRange("a", 0, 40, 9)).gap_until == 9


def test_a_spool_that_lost_its_end_resumes_by_event_time():
    resume = find_resume_point([LastTick(5, "a", 100)], SpoolRange("a", 0, 40, 1))
    assert (resume.exact, resume.after) == (False, 5)


def frame_with(tick_at: int, *lines: bytes) -> Frame:
    tick = Tick(schema_version=1, sent_at=tick_at, received_at=0, instance="t", spool_id="b", spool_position=9)
    return Frame.of(0, [*lines, TICK_KEY, codec.encode(tick)], tick_at)


def gap(begin: int, end: int, told_at: int = 0) -> bytes:
    return codec.encode(
        Coverage(
            schema_version=1,
            channel_id="42",
            sent_at=max(begin, told_at),
            received_at=0,
            instance="t",
            event="gap",
            gap_from_at=begin,
            gap_until_at=end,
            reason="restart",
        )
    )


def kept(known: TakeoverFilter, frame: Frame) -> list[dict[str, object]]:
    (left,) = known.frames([frame])
    values = [json.loads(value) for value in left.lines[1::2]]
    assert values[-1]["kind"] == "tick"
    assert values[-1]["sent_at"] == left.tick_at >= known.after
    return values[:-1]


def test_a_gap_is_sent_only_after_the_last_tick():
    known = TakeoverFilter(after=1000)
    gaps = (gap(500, 900), gap(500, 1500), gap(1200, 1500), gap(500, 1500, told_at=1500))
    frame = frame_with(2000, *(part for each in gaps for part in (b"l42", each)))
    assert [(each["sent_at"], each["gap_from_at"], each["gap_until_at"]) for each in kept(known, frame)] == [
        (1001, 1001, 1500),
        (1200, 1200, 1500),
        (1500, 1001, 1500),  # told when it was over: ticks between the two promise nothing of it
    ]


def test_a_straggler_is_sent_unless_it_is_old():
    """The last holder may have got it too late to send it."""
    known = TakeoverFilter(after=10_000, known={"m1"})
    late = (b"42", message("m1", 9000), b"42", message("m2", 9000))
    assert [each["message_id"] for each in kept(known, frame_with(10_500, *late))] == ["m2"]
    assert kept(known, frame_with(10_000 - STRAGGLER_MS, *late)) == []


def test_a_frame_before_the_last_tick_keeps_later_records():
    known = TakeoverFilter(after=1000, known={"m2"})
    frame = frame_with(900, b"42", message("m1", 1100), b"42", message("m2", 1100), DEAD_LETTER_KEY, b"{}")
    assert [each["message_id"] for each in kept(known, frame)] == ["m1"]


def test_a_streams_recent_state_is_sent_again():
    def introduced(at: int) -> bytes:
        return codec.encode(introduction(channel_id="42", login="a", display_name="A", now=at, instance="t"))

    known = TakeoverFilter(after=100_000)
    frame = frame_with(90_000, b"l42", introduced(100_000 - POLLS_MS), b"l42", introduced(90_000))
    assert [each["sent_at"] for each in kept(known, frame)] == [100_001]


def test_a_covering_spool_sends_no_gap_from_before_the_tick():
    """Its times may be wrong: Twitch's clock was not learned yet."""
    wrong = frame_with(900, b"l42", gap(500, 31_000))
    assert kept(TakeoverFilter(after=1000, is_covered=True), wrong) == []
    later = frame_with(1100, b"l42", gap(1050, 1090))
    assert len(kept(TakeoverFilter(after=1000, is_covered=True), later)) == 1
