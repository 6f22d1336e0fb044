"""One commit a second of event time at a live chat; nothing waits for a tick that does not come, nor at the end."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stream_monitoring.forwarding.commit_time import MOST_RECORDS, Uncommitted
from stream_monitoring.timing import LONGEST_WAIT_SECONDS

START = 1_795_000_000_000
frames = st.lists(st.tuples(st.integers(1, 400), st.integers(0, 900)), min_size=1)  # ms since the one before


def waiting(**more: object) -> Uncommitted:
    known = {"records": 1, "committed_tick": START, "newest_tick": START, "waited_seconds": 0.0, "is_stopping": False}
    return Uncommitted(**(known | more))


def commits(steps: list[tuple[int, int]], records: int = 1) -> list[tuple[float, int, int]]:
    """Return time, tick and number of records of each commit, given each frame's time and tick after the one before."""
    found, now, tick, count = [(0.0, START, 0)], 0.0, START, 0
    for waited_ms, tick_ms in steps:
        now, tick, count = now + waited_ms / 1000, tick + tick_ms, count + records
        at, committed, _ = found[-1]
        if waiting(records=count, committed_tick=committed, newest_tick=tick, waited_seconds=now - at).is_due:
            found.append((now, tick, count))
            count = 0
    return found[1:]


@given(frames)
def test_a_second_of_event_time_is_committed_once(steps):
    found = commits(steps)
    early = [
        after
        for before, after in pairwise(found)
        if before[1] // 1000 == after[1] // 1000 and after[0] - before[0] < LONGEST_WAIT_SECONDS
    ]
    assert early == []


@given(frames)
def test_the_frame_that_closes_a_second_is_never_left(steps):
    """Wherever the frames stop, each second that a tick has closed is committed."""
    found = commits(steps)
    newest = START + sum(tick for _, tick in steps)
    assert (found[-1][1] if found else START) // 1000 == newest // 1000


@given(st.lists(st.integers(1, 400), min_size=30, max_size=30))
def test_frames_whose_ticks_stand_still_are_committed_too(pauses):
    """After the longest wait, and the time until the next frame."""
    times = [0.0, *(at for at, _, _ in commits([(each, 0) for each in pauses]))]
    assert all(after - before <= LONGEST_WAIT_SECONDS + 0.4 for before, after in pairwise(times))
    assert sum(pauses) / 1000 - times[-1] < LONGEST_WAIT_SECONDS


@given(st.integers(1, MOST_RECORDS), st.integers(0, 999), st.floats(0, 1))
def test_the_end_is_committed_at_once(records, tick_ms, waited):
    last = {"records": records, "newest_tick": START + tick_ms, "waited_seconds": waited}
    assert waiting(**last, is_stopping=True).is_due


@given(st.integers(1_000, 10_000_000), st.integers(0, 10))
def test_a_backlog_is_committed_without_a_wait(behind_ms, records):
    assert waiting(records=1 + records, newest_tick=START + behind_ms).is_due
    assert waiting(records=MOST_RECORDS).is_due


@given(st.booleans(), st.integers(0, 10_000), st.floats(0, 100))
def test_nothing_is_never_committed(is_stopping, tick_ms, waited):
    none = {"records": 0, "newest_tick": START + tick_ms, "waited_seconds": waited}
    assert not waiting(**none, is_stopping=is_stopping).is_due


def test_five_frames_a_second_are_one_commit():
    assert [tick - START for _, tick, _ in commits([(200, 200)] * 50)] == [1_000 * each for each in range(1, 11)]
