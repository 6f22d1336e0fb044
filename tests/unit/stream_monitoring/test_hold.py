"""Ticks stand still where a socket was lost, until it is read again or the other had its time."""

from stream_monitoring.hold import DEAF_HOLD_MS, LOST_HOLD_MS, Hold


def test_a_deaf_socket_counts_on_for_as_long_as_the_other_needs_though_it_is_read_again():
    hold = Hold(is_on=True)
    hold.lost({"a"}, through=70, is_deaf=True, now=1000)
    assert hold.through({"a"}, 1000 + DEAF_HOLD_MS - 1) == [70]
    assert hold.through({"a"}, 1000 + DEAF_HOLD_MS) == []


def test_a_closed_socket_counts_until_its_channels_are_read_again_and_never_for_long():
    hold = Hold(is_on=True)
    hold.lost({"a", "b"}, through=70, is_deaf=False, now=1000)
    assert hold.through({"a"}, 2000) == [70]
    assert hold.through({"a", "b"}, 2000) == []
    hold.lost({"a"}, through=90, is_deaf=False, now=1000)
    assert hold.through(set(), 1000 + LOST_HOLD_MS) == []


def test_nothing_is_held_where_nobody_could_take_over_or_nothing_was_lost():
    alone = Hold(is_on=False)
    alone.lost({"a"}, through=70, is_deaf=True, now=1000)
    assert alone.through(set(), 1001) == []
    hold = Hold(is_on=True)
    hold.lost(set(), through=70, is_deaf=True, now=1000)
    assert hold.through(set(), 1001) == []
