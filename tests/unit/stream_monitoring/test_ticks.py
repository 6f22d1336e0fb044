"""Ticks never go back, never pass a socket that has not answered, and pause after a socket was lost."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.chat_messages import Coverage
from stream_monitoring.capture.ticks import (
    BLIND_PAUSE_MS,
    CLOSED_PAUSE_MS,
    DEAF_PAUSE_MS,
    TickPause,
    next_tick,
)

times = st.integers(1_700_000_000_000, 1_700_000_100_000)


@given(st.lists(st.tuples(st.lists(times, max_size=5), times), min_size=1), st.integers(0, 5000))
def test_ticks_never_go_back_or_pass_an_unanswered_socket(steps, lag):
    last = 0
    for answered, now in steps:
        tick = next_tick(last, answered, now, lag)
        assert tick >= last
        assert tick == last or all(tick <= through - lag for through in answered)
        assert tick == last or tick <= now - lag
        last = tick


def test_without_sockets_ticks_advance_with_twitchs_clock():
    assert next_tick(0, [], 10_000, 1_500) == 8_500


def pause(has_other: bool = True) -> TickPause:
    return TickPause(has_other, [].append)


def test_a_deaf_socket_pauses_ticks_even_if_read_again():
    """The other instance needs the whole time to notice and take over."""
    paused = pause()
    paused.socket_lost({"a"}, answered_through=70, is_deaf=True, now=1000)
    assert paused.answered_through({"a"}, 1000 + DEAF_PAUSE_MS - 1) == [70]
    assert paused.answered_through({"a"}, 1000 + DEAF_PAUSE_MS) == []


def test_a_closed_socket_pauses_ticks_until_read_again_or_18_s():
    paused = pause()
    paused.socket_lost({"a", "b"}, answered_through=70, is_deaf=False, now=1000)
    assert paused.answered_through({"a"}, 2000) == [70]
    assert paused.answered_through({"a", "b"}, 2000) == []
    paused.socket_lost({"a"}, answered_through=90, is_deaf=False, now=1000)
    assert paused.answered_through({"b"}, 1000 + CLOSED_PAUSE_MS) == []


def test_a_blind_instance_pauses_ticks_for_ten_minutes():
    """Another instance may have to be started first."""
    paused = pause()
    paused.socket_lost({"a"}, answered_through=70, is_deaf=False, now=1000)
    paused.socket_lost({"b"}, answered_through=80, is_deaf=True, now=1000)
    assert paused.answered_through(set(), 1000 + BLIND_PAUSE_MS - 1) == [70, 80]
    assert paused.answered_through(set(), 1000 + BLIND_PAUSE_MS) == []


def test_a_blind_instance_that_reads_again_pauses_no_longer():
    paused = pause()
    paused.socket_lost({"a"}, answered_through=70, is_deaf=True, now=1000)
    assert paused.answered_through(set(), 1000 + CLOSED_PAUSE_MS) == [70]
    assert paused.answered_through({"a"}, 1000 + CLOSED_PAUSE_MS) == []


def test_ticks_do_not_pause_without_another_instance_or_a_loss():
    alone = pause(has_other=False)
    alone.socket_lost({"a"}, answered_through=70, is_deaf=True, now=1000)
    assert alone.answered_through(set(), 1001) == []
    paused = pause()
    paused.socket_lost(set(), answered_through=70, is_deaf=True, now=1000)
    assert paused.answered_through(set(), 1001) == []


def coverage(event: str) -> Coverage:
    return Coverage(schema_version=1, channel_id="1", sent_at=1, received_at=1, instance="t", event=event)


def test_only_gaps_wait_for_the_end_of_the_pause():
    written: list[Coverage] = []
    paused = TickPause(True, written.append)
    paused.emit(coverage("gap"))
    paused.socket_lost({"a"}, answered_through=70, is_deaf=True, now=1000)
    paused.emit(coverage("left"))
    paused.emit(coverage("gap"))
    paused.answered_through({"a"}, 1001)
    assert [each.event for each in written] == ["gap", "left"]
    paused.answered_through({"a"}, 1000 + DEAF_PAUSE_MS)
    assert [each.event for each in written] == ["gap", "left", "gap"]


def test_delayed_gaps_are_emitted_at_the_end():
    written: list[Coverage] = []
    paused = TickPause(True, written.append)
    paused.socket_lost({"a"}, answered_through=70, is_deaf=True, now=1000)
    paused.emit(coverage("gap"))
    paused.end()
    assert len(written) == 1
    assert paused.answered_through(set(), 1001) == []
