"""Repair: whichever partitions lost their end, and whichever spool has it, no id is lost and none doubled."""

from hypothesis import given
from hypothesis import strategies as st

from contracts import codec
from contracts.chat_messages import Coverage, Tick
from contracts.topics import CHAT_MESSAGES, STREAM_LIFECYCLE
from stream_monitoring.forwarding.partition_repair import (
    MAX_MS,
    MAX_RECORDS,
    Divergence,
    find_divergence,
    is_too_far,
    lost_records,
)
from stream_monitoring.forwarding.resume import LastTick
from stream_monitoring.spool.batch import DEAD_LETTER_KEY, REMOVED_KEY, TICK_KEY, destinations
from stream_monitoring.spool.frame import Frame

from .examples import id_of, message

LAG = 3
CHANNELS = 4  # each is a partition of its own here


def frames_of(sizes: list[int], spool_id: str) -> list[Frame]:
    """Messages 0, 1, 2, … sent at 10, 11, 12, … in the channels 0 to 3 in turn; each tick is LAG behind the last."""
    frames, number, position = [], 0, 0
    for size in sizes:
        numbers = range(number, number + size)
        lines = [part for each in numbers for part in (b"%d" % (each % CHANNELS), message(f"m{each}", 10 + each))]
        number, first, position = number + size, position, position + size + 1
        tick = Tick(
            schema_version=1,
            sent_at=10 + number - 1 - LAG,
            received_at=0,
            instance="t",
            spool_id=spool_id,
            spool_position=position,
        )
        frames.append(Frame.of(first, [*lines, TICK_KEY, codec.encode(tick)], tick.sent_at))
    return frames


def ended_with(frames: list[Frame], count: int, spool_id: str) -> LastTick:
    last = frames[count - 1]
    return LastTick(last.tick_at, spool_id, last.end)


def written(frames: list[Frame], channels: set[bytes]) -> list[str]:
    pairs = [pair for frame in frames for pair in zip(frame.lines[0:-2:2], frame.lines[1:-2:2], strict=True)]
    return [id_of(value) for key, value in pairs if key in channels]


ALL = {b"%d" % number for number in range(CHANNELS)}
sizes = st.lists(st.integers(1, 6), min_size=2, max_size=10)


@given(sizes, st.sets(st.sampled_from(sorted(ALL))), st.data())
def test_records_lost_from_the_own_spool_are_sent_once(frame_sizes, behind, data):
    frames = frames_of(frame_sizes, "a")
    done = data.draw(st.integers(2, len(frames)))
    common = data.draw(st.integers(1, done - 1))
    in_kafka = written(frames[:common], ALL) + written(frames[common:done], ALL - behind)
    between = Divergence(ended_with(frames, common, "a"), ended_with(frames, done, "a"))
    known = {CHAT_MESSAGES.name: set(in_kafka)}
    again = [id_of(value) for _, value in lost_records(frames[common:], between, "a", known)]
    assert sorted(in_kafka + again) == sorted(written(frames[:done], ALL))


@given(sizes, sizes, st.sets(st.sampled_from(sorted(ALL))), st.data())
def test_records_lost_from_another_spool_are_sent_once(theirs, ours, behind, data):
    total = min(sum(theirs), sum(ours))
    frames, own = frames_of(theirs, "a"), frames_of(ours, "b")
    done = data.draw(st.integers(2, len(frames)))
    common = data.draw(st.integers(1, done - 1))
    in_kafka = written(frames[:common], ALL) + written(frames[common:done], ALL - behind)
    between = Divergence(ended_with(frames, common, "a"), ended_with(frames, done, "a"))
    again = [id_of(value) for _, value in lost_records(own, between, "b", {CHAT_MESSAGES.name: set(in_kafka)})]
    assert len(set(in_kafka + again)) == len(in_kafka + again)
    own_end = own[-1].tick_at  # what is later may be in no frame yet
    lost = range(max(0, between.earliest.sent_at - 10 + 1), min(between.latest.sent_at, own_end) - 10 + 1)
    assert {f"m{number}" for number in lost if number < total} <= set(in_kafka + again)


def test_a_record_is_sent_only_to_the_topic_that_lacks_it():
    gap = codec.encode(
        Coverage(schema_version=1, channel_id="7", sent_at=20, received_at=0, instance="t", event="joined")
    )
    lines = [b"l7", gap, b"7", message("m", 20), DEAD_LETTER_KEY, b"{}", REMOVED_KEY, b"", TICK_KEY, b""]
    between = Divergence(LastTick(10, "a", 0), LastTick(20, "a", 5))
    known = {CHAT_MESSAGES.name: {id_of(gap)}, STREAM_LIFECYCLE.name: set[str]()}
    again = list(lost_records([Frame.of(0, lines, 20)], between, "a", known))
    assert [(to.topic, value) for to, value in again] == [
        (STREAM_LIFECYCLE.name, gap),
        (CHAT_MESSAGES.name, message("m", 20)),
    ]


def test_partitions_that_end_alike_do_not_diverge():
    same = LastTick(10, "a", 5)
    assert find_divergence([]) is None
    assert find_divergence([same, same]) is None
    assert find_divergence([same, LastTick(10, "a", 7), LastTick(9, "b", 90)]) == Divergence(
        LastTick(9, "b", 90), LastTick(10, "a", 7)
    )


def test_a_partition_that_is_far_behind_is_not_repaired():
    """The ids of all later records would not fit into memory."""
    behind, far = LastTick(1_000, "a", 10), MAX_RECORDS + 11
    assert not is_too_far(Divergence(behind, LastTick(9_000_000, "a", far - 1)), "a")
    assert is_too_far(Divergence(behind, LastTick(9_000, "a", far)), "a")
    assert not is_too_far(Divergence(behind, LastTick(1_000 + MAX_MS, "b", far)), "a")
    assert is_too_far(Divergence(behind, LastTick(1_001 + MAX_MS, "b", 11)), "a")


def test_every_key_of_a_frame_has_its_destination():
    assert [list(each) for each in destinations(b"l12")] == [["chat-messages", b"12"], ["stream-lifecycle", b"12"]]
    assert [list(each) for each in destinations(b"o12")] == [["chat-messages", b"12"]]
    assert [list(each) for each in destinations(DEAD_LETTER_KEY)] == [["dead-letters", None]]
    assert destinations(REMOVED_KEY) == []
