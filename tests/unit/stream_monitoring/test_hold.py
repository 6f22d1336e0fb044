"""Ticks stand still where a socket was lost, until it is read again or the other had its time."""

from contracts.chat_messages import Coverage
from stream_monitoring.capture.hold import BLIND_HOLD_MS, DEAF_HOLD_MS, LOST_HOLD_MS, Hold


def test_a_deaf_socket_counts_on_for_as_long_as_the_other_needs_though_it_is_read_again():
    hold = Hold(True, [].append)
    hold.lost({"a"}, through=70, is_deaf=True, now=1000)
    assert hold.through({"a"}, 1000 + DEAF_HOLD_MS - 1) == [70]
    assert hold.through({"a"}, 1000 + DEAF_HOLD_MS) == []


def test_a_closed_socket_counts_until_its_channels_are_read_again_and_never_for_long():
    hold = Hold(True, [].append)
    hold.lost({"a", "b"}, through=70, is_deaf=False, now=1000)
    assert hold.through({"a"}, 2000) == [70]
    assert hold.through({"a", "b"}, 2000) == []
    hold.lost({"a"}, through=90, is_deaf=False, now=1000)
    assert hold.through({"b"}, 1000 + LOST_HOLD_MS) == []


def test_who_reads_nothing_at_all_holds_until_another_may_have_started():
    hold = Hold(True, [].append)
    hold.lost({"a"}, through=70, is_deaf=False, now=1000)
    hold.lost({"b"}, through=80, is_deaf=True, now=1000)
    assert hold.through(set(), 1000 + BLIND_HOLD_MS - 1) == [70, 80]
    assert hold.through(set(), 1000 + BLIND_HOLD_MS) == []


def test_who_was_blind_and_reads_again_holds_no_longer_than_usual():
    hold = Hold(True, [].append)
    hold.lost({"a"}, through=70, is_deaf=True, now=1000)
    assert hold.through(set(), 1000 + LOST_HOLD_MS) == [70]
    assert hold.through({"a"}, 1000 + LOST_HOLD_MS) == []


def test_nothing_is_held_where_nobody_could_take_over_or_nothing_was_lost():
    alone = Hold(False, [].append)
    alone.lost({"a"}, through=70, is_deaf=True, now=1000)
    assert alone.through(set(), 1001) == []
    hold = Hold(True, [].append)
    hold.lost(set(), through=70, is_deaf=True, now=1000)
    assert hold.through(set(), 1001) == []


def told(event: str) -> Coverage:
    return Coverage(schema_version=1, channel_id="1", sent_at=1, received_at=1, instance="t", event=event)


def test_a_gap_is_told_when_the_hold_is_over_and_everything_else_at_once():
    written: list[Coverage] = []
    hold = Hold(True, written.append)
    hold.tell(told("gap"))
    hold.lost({"a"}, through=70, is_deaf=True, now=1000)
    hold.tell(told("left"))
    hold.tell(told("gap"))
    hold.through({"a"}, 1001)
    assert [each.event for each in written] == ["gap", "left"]
    hold.through({"a"}, 1000 + DEAF_HOLD_MS)
    assert [each.event for each in written] == ["gap", "left", "gap"]


def test_at_the_end_everything_is_told():
    written: list[Coverage] = []
    hold = Hold(True, written.append)
    hold.lost({"a"}, through=70, is_deaf=True, now=1000)
    hold.tell(told("gap"))
    hold.end()
    assert len(written) == 1
    assert hold.through(set(), 1001) == []
