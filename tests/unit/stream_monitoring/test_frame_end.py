"""A frame ends with the tick that crosses a second; what was read is synced within 500 ms, a spare's within 1.5 s."""

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stream_monitoring.capture.frame_end import (
    FRAME_SECONDS,
    LOOK_SECONDS,
    UNSYNCED_SECONDS,
    OpenFrame,
    crosses_in_seconds,
    seconds_to_look,
)
from stream_monitoring.capture.ticks import crosses_second, next_tick
from stream_monitoring.timing import LONGEST_WAIT_SECONDS

START = 1_795_000_000_123
LAG = 1_500
SECONDS = 8


@dataclass
class Written:
    """A frame: when it was written, its tick, and when its first record was read."""

    at: int
    tick_at: int
    oldest: int | None


def play(*answered_late_ms: int, record_each_ms: int | None, is_spare: bool = False) -> list[Written]:
    """Return the frames of some seconds. The one socket's answers come late, by turns, its records at a steady pace."""
    now = began = START
    last_tick, frames, oldest = next_tick(0, [], now, LAG), list[Written](), None
    while now < START + SECONDS * 1000:
        crosses_in = crosses_in_seconds(last_tick, now, LAG)
        waited = max(1, round(1000 * seconds_to_look((now - began) / 1000, crosses_in)))
        if oldest is None and record_each_ms and (now + waited) // record_each_ms > now // record_each_ms:
            oldest = (now // record_each_ms + 1) * record_each_ms
        now += waited
        late_ms = answered_late_ms[(now - LAG) // 1000 % len(answered_late_ms)]
        tick_at = next_tick(last_tick, [now - late_ms], now, LAG)
        frame = OpenFrame(
            last_tick=last_tick,
            tick_at=tick_at,
            age_seconds=(now - began) / 1000,
            crosses_in_seconds=crosses_in_seconds(last_tick, now, LAG),
            is_empty=oldest is None,
            is_spare=is_spare,
        )
        if frame.is_due:
            frames.append(Written(now, tick_at, oldest))
            began, last_tick, oldest = now, tick_at, None
    return frames


late = st.integers(0, 1_000)
paces = st.integers(1, 3_000)


@given(late, paces, st.booleans())
def test_each_second_is_closed_at_once(answered_late_ms, record_each_ms, is_spare):
    """20 ms after the clock and the socket's answer allow it: the time between two looks."""
    frames = play(answered_late_ms, record_each_ms=record_each_ms, is_spare=is_spare)
    crossing = [after for before, after in pairwise(frames) if crosses_second(before.tick_at, after.tick_at)]
    assert len(crossing) >= SECONDS - 2
    assert all(each.tick_at % 1000 <= 21 for each in crossing)


@given(late, paces)
def test_what_was_read_is_synced_within_half_a_second(answered_late_ms, record_each_ms):
    waits = [each.at - each.oldest for each in play(answered_late_ms, record_each_ms=record_each_ms) if each.oldest]
    assert max(waits, default=0) <= UNSYNCED_SECONDS * 1000 + 20


@given(late, paces)
def test_a_spare_syncs_once_a_second(answered_late_ms, record_each_ms):
    frames = play(answered_late_ms, record_each_ms=record_each_ms, is_spare=True)
    assert len(frames) <= SECONDS + 1
    assert all(each.at - each.oldest <= LONGEST_WAIT_SECONDS * 1000 + 200 for each in frames if each.oldest)


def test_a_live_chat_takes_three_syncs_a_second():
    """A frame that is about to end with its second waits for the socket's next message."""
    assert len(play(0, 40, record_each_ms=3)) <= 3 * SECONDS + 1


def test_a_silent_chat_takes_one_sync_a_second():
    assert len(play(0, record_each_ms=None)) <= SECONDS + 1


def test_a_held_tick_costs_few_looks_and_syncs_a_second():
    """Some socket has not answered for minutes; the others are read."""
    frames = play(600_000, record_each_ms=3)
    assert 2 * SECONDS <= len(frames) + 1 <= 3 * SECONDS
    assert seconds_to_look(FRAME_SECONDS, -60.0) == seconds_to_look(0.0, -60.0) == LOOK_SECONDS


def test_a_deaf_instance_goes_on_to_write_frames():
    """A holder that writes none would not learn that it was fenced."""
    frames = play(600_000, record_each_ms=None)
    assert all(after.at - before.at <= LONGEST_WAIT_SECONDS * 1000 + 200 for before, after in pairwise(frames))
    assert SECONDS / 2 - 1 <= len(frames) <= SECONDS
