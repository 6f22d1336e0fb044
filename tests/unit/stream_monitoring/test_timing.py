"""The times of a takeover follow from the commit: a slow disk changes no holder, a lost one is replaced in time."""

from hypothesis import given
from hypothesis import strategies as st

from stream_monitoring.capture.ticks import CLOSED_PAUSE_MS, DEAF_PAUSE_MS
from stream_monitoring.forwarding.holder_start import OPEN_SECONDS
from stream_monitoring.forwarding.lease import Lease, LeaseTimeouts, LeaseView
from stream_monitoring.forwarding.resume import LastTick
from stream_monitoring.forwarding.transactions import PRODUCER_SETTINGS
from stream_monitoring.timing import (
    ANSWER_SECONDS,
    COMMIT_SECONDS,
    DEAF_SECONDS,
    FENCE_SECONDS,
    HOLD_SECONDS,
    LEAST_STALLED_SECONDS,
    LONGEST_WAIT_SECONDS,
    LOOK_SECONDS,
    SLOW_COMMIT_SECONDS,
    STALLED_SECONDS,
    TAKEOVER_SECONDS,
    TRANSACTION_SECONDS,
)

MINUTE = 60.0


def test_a_commit_may_take_as_long_as_the_producer_waits():
    """Before the other instance takes over."""
    assert ANSWER_SECONDS >= 3 * SLOW_COMMIT_SECONDS
    assert COMMIT_SECONDS + ANSWER_SECONDS + LOOK_SECONDS < STALLED_SECONDS
    assert LONGEST_WAIT_SECONDS + 2 * SLOW_COMMIT_SECONDS + LOOK_SECONDS < STALLED_SECONDS
    assert LONGEST_WAIT_SECONDS + LOOK_SECONDS < LEAST_STALLED_SECONDS


def test_a_gap_waits_until_the_other_instance_has_fenced():
    """From the last tick's commit to the look at it, ten seconds later to the look that takes over, and the fence."""
    until_fenced = LONGEST_WAIT_SECONDS + SLOW_COMMIT_SECONDS + LOOK_SECONDS + STALLED_SECONDS + LOOK_SECONDS
    assert until_fenced + FENCE_SECONDS <= HOLD_SECONDS == STALLED_SECONDS + TAKEOVER_SECONDS
    assert 1000 * HOLD_SECONDS == CLOSED_PAUSE_MS == 1000 * DEAF_SECONDS + DEAF_PAUSE_MS


def test_the_broker_ends_no_transaction_of_a_holder_in_its_turn():
    assert STALLED_SECONDS < HOLD_SECONDS < TRANSACTION_SECONDS
    assert ANSWER_SECONDS < TRANSACTION_SECONDS
    assert PRODUCER_SETTINGS["transaction.timeout.ms"] == 1000 * TRANSACTION_SECONDS


def test_a_reader_back_shows_a_tick_before_it_counts_as_stalled():
    assert OPEN_SECONDS + SLOW_COMMIT_SECONDS + LOOK_SECONDS < STALLED_SECONDS


@given(
    st.lists(st.floats(0, ANSWER_SECONDS), min_size=1, max_size=60),
    st.lists(st.floats(0, 0.4), min_size=1, max_size=60),
)
def test_no_slow_commit_changes_the_holder(commit_seconds, read_seconds):
    """A standby looks on while each commit takes what the producer allows, and each of its looks some time."""
    shown, begun, at = [(0.0, -1)], 0.0, 0.0  # when a tick could be read, and the tick
    for number in range(round(MINUTE)):
        begun = max(at, begun + COMMIT_SECONDS)
        at = begun + commit_seconds[number % len(commit_seconds)]
        shown.append((at, round(1000 * begun)))
    lease = Lease("standby", LeaseTimeouts(), is_alone=False)
    now, turns = 0.0, []
    while now < at:
        tick = max(tick for since, tick in shown if since <= now)
        view = LeaseView(
            last_tick=LastTick(tick, "other", 0), own_spool_id="me", read_since=-1, own_tick=tick + 9, healthy=True
        )
        turns.append(lease.look(now, view))
        now += LOOK_SECONDS + read_seconds[len(turns) % len(read_seconds)]
    assert set(turns) == {None}
