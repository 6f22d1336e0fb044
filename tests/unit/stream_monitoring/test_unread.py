"""What lost records a spool cannot send again is told as a gap: of the right channels, in time, and nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_monitoring.forwarding import partition_repair, unread
from stream_monitoring.forwarding.key_partition import partition_of_key
from stream_monitoring.spool.batch import TICK_KEY
from stream_monitoring.spool.frame import Frame

from .examples import message
from .test_partition_repair import (
    CHANNELS,
    CHAT,
    COUNT,
    LAG,
    LIFECYCLE,
    Contents,
    after_power_cut,
    cuts,
    frames_of,
    gap,
    gaps,
    ids,
    late,
    repair,
    resume_after,
    sizes,
    tick,
)


@pytest.fixture(autouse=True)
def _small_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partition_repair, "MOST_RECORDS", 3)
    monkeypatch.setattr(unread, "AHEAD_MS", LAG)


def untold(contents: Contents, sent: int) -> list[int]:
    """The messages that are neither in Kafka nor in a gap of their channel; the first partitions' time is 10."""
    there, found = ids(contents), gaps(contents)
    return [
        number
        for number in range(sent)
        if not there[f"m{number}"]
        and not any(
            each.channel_id == str(number % CHANNELS) and each.sent_at <= 10 + number <= (each.gap_until_at or 0)
            for each in found
        )
    ]


@given(sizes, cuts, st.data())
def test_what_the_own_spool_has_lost_is_told(frame_sizes, kept, data):
    """Any frames of it may be damaged or deleted."""
    own = frames_of(frame_sizes, "a")
    contents = after_power_cut(own, [max(1, each) for each in kept])
    there = data.draw(st.lists(st.booleans(), min_size=len(own), max_size=len(own)))
    repair(contents, [frame for frame, is_there in zip(own, there, strict=True) if is_there], "a")
    assert untold(contents, sum(frame_sizes)) == []
    assert [late(values) for values in (contents[each] for each in CHAT)] == [[]] * COUNT
    assert sorted(map(str, gaps(contents))) == sorted(map(str, gaps(contents, [LIFECYCLE])))


def test_a_spool_that_lost_its_end_tells_it():
    """Its new records stand at the positions of those that are lost."""
    own = frames_of([2, 2, 2, 2], "a")
    contents = after_power_cut(own, [1, 1, 1])
    first = own[2].first
    again = Frame.of(first, [b"7", message("m99", 900), TICK_KEY, tick(900, "a", first + 2)], 900)
    repair(contents, [*own[:2], again], "a")
    assert {(each.gap_from_at, each.gap_until_at) for each in gaps(contents)} == {
        (own[1].tick_at + 1, own[3].tick_at + LAG),
    }


def test_another_spool_that_begins_within_the_lost_time_tells_it():
    own = frames_of([2, 2, 2, 2, 2, 2], "a")
    contents = after_power_cut(own, [1, 6, 6])
    lost = {channel for channel in range(CHANNELS) if partition_of_key(b"%d" % channel, COUNT) == 0}
    assert lost
    assert len(lost) < CHANNELS
    other = frames_of([2, 2, 2, 2, 2, 2, LAG], "b")[3:]
    repair(contents, other, "b")
    assert {(each.channel_id, each.gap_from_at, each.gap_until_at) for each in gaps(contents)} == {
        (str(channel), own[0].tick_at + 1, other[0].tick_at + LAG) for channel in lost
    }
    assert gaps(contents, [LIFECYCLE]) != []
    resume_after(contents, other, "b")
    assert untold(contents, 12) == []
    assert [late(values) for values in (contents[each] for each in CHAT)] == [[]] * COUNT


@pytest.mark.parametrize("is_read_again", [True, False])
def test_what_the_other_instance_did_not_read_either_is_told(is_read_again):
    """Its socket was closed within the lost time, and before it: a gap then was none while the writer read."""
    channel = next(each for each in range(CHANNELS) if partition_of_key(b"%d" % each, COUNT) == 0)
    own = frames_of([2] * 6, "a")
    contents = after_power_cut(own, [1, 6, 6])
    changes = [gap(str(channel), 5, 7), gap(str(channel), 12, 14, event="left", reason="closed")]
    changes += [gap(str(channel), 12, 14)] * is_read_again + [gap("4", 12, 14)]
    key = b"l%d" % channel
    lines = [line for each in changes[:-1] for line in (key, each)] + [b"l4", changes[-1], TICK_KEY, tick(8, "b", 9)]
    other = [Frame.of(0, lines, 8), Frame.of(len(lines) // 2, [TICK_KEY, tick(90, "b", 99)], 90)]
    assert partition_of_key(b"4", COUNT) != 0
    repair(contents, other, "b")
    until = 14 if is_read_again else own[-1].tick_at
    assert [(each.channel_id, each.sent_at, each.gap_until_at) for each in gaps(contents)] == [
        (str(channel), 13, until)
    ]
    assert gaps(contents) == gaps(contents, [LIFECYCLE])
