"""The lease: one instance soon writes, never two take over from the same tick, no gap where one covers it."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.stream_monitoring.lease_world import LAG, TIMEOUTS, Happening, happenings, run_world, turns

from stream_monitoring.forwarding.holder_start import OPEN_SECONDS
from stream_monitoring.forwarding.lease import Lease, LeaseTimeouts, LeaseView
from stream_monitoring.forwarding.resume import LastTick

SETTLED_SECONDS = 60 + 10 + 5  # nobody waits longer where Kafka answers


def view_of(
    last: tuple[int, str] | None,
    *,
    read_since: int | None = None,
    own_tick: int = 0,
    healthy: bool = True,
) -> LeaseView:
    tick = LastTick(last[0], last[1], 0) if last else None
    return LeaseView(last_tick=tick, own_spool_id="me", read_since=read_since, own_tick=own_tick, healthy=healthy)


def holder(is_alone: bool = False) -> Lease:
    return Lease("holder", TIMEOUTS, is_alone)


def standby() -> Lease:
    return Lease("standby", TIMEOUTS, is_alone=False)


def test_the_holder_begins_an_empty_topic_the_standby_waits():
    assert holder().look(0, view_of(None)) == "begin"
    assert turns(standby(), view_of(None), 100)[0] == (70, "go on")


def test_the_last_writer_continues_at_once_if_it_covers_its_tick():
    for lease in (holder(), standby()):
        assert lease.look(0, view_of((100, "me"), read_since=50)) == "continue"


def test_a_restarted_holder_waits_unless_there_is_no_standby():
    view = view_of((100, "me"), read_since=130, own_tick=140)
    assert holder(is_alone=True).look(0, view) == "continue"
    assert turns(holder(), view_of((100, "other"), read_since=130, own_tick=140), 100)[0] == (60, "go on")


def test_a_killed_writer_flushes_its_backlog_after_35_s():
    """Before an instance that does not cover the last tick, and never while it is fenced."""
    for lease in (holder(), standby()):
        assert turns(lease, view_of((100, "me"), read_since=130, own_tick=140), 100)[0] == (35, "continue")
    lease = standby()
    lease.look(0, view_of((100, "me"), read_since=50))
    lease.fenced(1)
    assert all(
        lease.look(now, view_of((100, "me"), read_since=130, own_tick=140)) != "continue" for now in range(2, 100)
    )


def test_the_holder_takes_back_once_it_covers_the_last_tick():
    lease = holder()
    for now in range(30):
        assert lease.look(now, view_of((100 + now, "other"), read_since=130, own_tick=100 + now)) is None
    assert lease.look(30, view_of((130, "other"), read_since=130, own_tick=131)) == "take back"


def test_a_fenced_holder_takes_back_after_a_minute_if_healthy():
    lease = holder()
    lease.fenced(0)
    looks = {
        now: lease.look(now, view_of((100 + now, "other"), read_since=50, own_tick=102 + now, healthy=now > 80))
        for now in range(1, 90)
    }
    assert [now for now, turn in looks.items() if turn] == list(range(81, 90))
    again = holder()
    again.fenced(0)
    first = next(
        now for now in range(1, 90) if again.look(now, view_of((100 + now, "other"), read_since=50, own_tick=102 + now))
    )
    assert first == 60


@pytest.mark.parametrize("lease", [holder(), standby()])
def test_a_fenced_instance_waits_for_the_others_first_tick(lease: Lease):
    view = view_of((100, "me"), read_since=50, own_tick=120)
    lease.look(0, view)
    lease.fenced(1)
    assert turns(lease, view, 30, begin=2)[0][0] == 10


def test_the_standby_takes_over_after_10_s_if_it_covers():
    assert turns(standby(), view_of((100, "other"), read_since=90, own_tick=120), 100)[0] == (10, "take over")
    assert turns(standby(), view_of((100, "other"), read_since=90, own_tick=100), 100)[0] == (70, "go on")
    assert turns(standby(), view_of((100, "other"), read_since=90, own_tick=120, healthy=False), 100)[0] == (
        70,
        "go on",
    )
    assert turns(standby(), view_of((100, "other"), read_since=110, own_tick=120), 100)[0] == (70, "go on")


def test_time_without_kafka_or_without_a_look_is_no_stall():
    lease, view = standby(), view_of((100, "other"), read_since=90, own_tick=120)
    assert turns(lease, view, 9) == []
    lease.kafka_lost()
    assert turns(lease, view, 10, begin=500) == []
    slept = standby()
    slept.look(0, view)
    assert slept.look(3600, view) is None


@settings(max_examples=300)
@given(happenings)
def test_some_instance_always_writes_soon(events: list[Happening]):
    """And never do two that see the same tick take the lease at once: `World` asserts it."""
    ends = [Happening(after=1, who="holder"), Happening(after=1, who="standby")]
    world = run_world([*events, *ends], 150)
    assert world.idle_seconds == 0, world.turns
    assert world.last is not None
    assert world.last.sent_at == world.now - LAG


@settings(max_examples=300)
@given(happenings, st.sampled_from(["holder", "standby"]))
def test_an_instance_alone_goes_on(events: list[Happening], left: str):
    other = "standby" if left == "holder" else "holder"
    ends = [Happening(after=1, who=other, alive=False), Happening(after=1, who=left)]
    assert run_world([*events, *ends], SETTLED_SECONDS).idle_seconds == 0


@settings(max_examples=300)
@given(happenings)
def test_no_gap_is_recorded_if_the_other_instance_covers(events: list[Happening]):
    """`go on` is the only turn that records a gap."""
    for at, name, turn, other_covers in run_world(events, 100).turns:
        assert not (turn == "go on" and other_covers), (at, name)


@settings(max_examples=300)
@given(happenings)
def test_two_take_backs_are_at_least_a_stall_apart(events: list[Happening]):
    world = run_world([each for each in events if each.who == "standby"], 100)
    times = [at for at, _, turn, _ in world.turns if turn == "take back"]
    assert all(later - earlier >= TIMEOUTS.stalled_seconds for earlier, later in pairwise(times))


def test_a_new_holder_writes_before_the_other_counts_a_stall() -> None:
    assert LeaseTimeouts().stalled_seconds > OPEN_SECONDS


def test_a_new_writer_gets_the_time_to_read_back():
    """Its first tick repeats the last one's time; were it fenced while it reads back, both would fence in turns."""
    lease, covered = standby(), {"read_since": 50, "own_tick": 300}
    lease.look(0, view_of((100, "another"), **covered))
    begun = view_of((100, "holder"), **covered)
    assert turns(lease, begun, 100, begin=1)[0] == (60, "take over")
    lease, goes_on = standby(), view_of((101, "holder"), **covered)
    lease.look(0, view_of((100, "another"), **covered))
    lease.look(1, begun)
    assert turns(lease, goes_on, 100, begin=2)[0] == (10, "take over")
