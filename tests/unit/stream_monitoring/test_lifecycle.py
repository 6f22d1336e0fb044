"""Which streams are live: patience in time, doubt about an empty answer, renames."""

from datetime import UTC, datetime

import pytest

from stream_monitoring.channels.lifecycle import DOUBT_SECONDS, OVER_SECONDS, StreamTracker
from twitch_access.answers import Stream, User

NOW = 1_800_000_000_000
STARTED = datetime(2026, 1, 1, tzinfo=UTC)


def live(*numbers: int, **changes: object) -> dict[str, Stream]:
    """Return the streams of these channels by channel id."""
    streams = [
        Stream(**({"id": f"s{each}", "user_id": str(each), "user_login": f"c{each}", "started_at": STARTED} | changes))
        for each in numbers
    ]
    return {each.user_id: each for each in streams}


@pytest.mark.parametrize("pause", [1, 20, 59])
def test_a_stream_is_over_after_a_time_and_not_after_polls(pause: int):
    tracker = StreamTracker("a")
    tracker.observe(["1"], live(1), NOW)
    first_missed = NOW + pause * 1000
    now = first_missed
    while now < first_missed + OVER_SECONDS * 1000:
        assert tracker.observe(["1"], {}, now) == []
        now += pause * 1000
    (record,) = tracker.observe(["1"], {}, first_missed + round(OVER_SECONDS * 1000))
    assert record.event == "offline"


def test_an_empty_answer_while_many_ran_is_doubted_for_a_time():
    tracker, polled = StreamTracker("a"), [str(number) for number in range(20)]
    tracker.observe(polled, live(*range(20)), NOW)
    assert tracker.is_doubtful(polled, {}, NOW)
    assert tracker.is_doubtful(polled, live(3, 4), NOW + 200_000)
    assert not tracker.is_doubtful(polled, {}, NOW + round(DOUBT_SECONDS * 1000))
    assert not tracker.is_doubtful(polled, live(*range(10)), NOW)
    assert tracker.is_doubtful(polled, {}, NOW + 400_000)  # a good answer came in between


def test_of_a_few_channels_all_may_end_at_once():
    tracker = StreamTracker("a")
    tracker.observe(["1", "2"], live(1, 2), NOW)
    assert not tracker.is_doubtful(["1", "2"], {}, NOW)


def test_a_rename_of_a_live_channel_is_an_update():
    tracker = StreamTracker("a")
    tracker.observe(["1"], live(1), NOW)
    (record,) = tracker.observe(["1"], live(1, user_login="new", user_name="New"), NOW + 1)
    assert (record.event, record.login, record.display_name) == ("update", "new", "New")


def test_a_rename_of_a_silent_channel_is_reported_once():
    tracker = StreamTracker("a")
    old, new = User(id="1", login="old", display_name="Old"), User(id="1", login="new", display_name="New")
    assert [each.login for each in tracker.introduce([old, old], NOW)] == ["old"]
    assert not tracker.is_introduced("1", "new")
    assert [each.login for each in tracker.introduce([new], NOW)] == ["new"]
    assert tracker.is_introduced("1", "new")
    assert tracker.introduce([new], NOW) == []


def test_a_live_stream_is_reported_every_five_minutes_with_its_viewers():
    tracker = StreamTracker("a")
    told = [
        (record.event, record.viewer_count, number)
        for number in range(40)
        for record in tracker.observe(["1"], live(1, viewer_count=100 + number), NOW + number * 20_000)
    ]
    assert told == [("online", 100, 0), ("update", 115, 15), ("update", 130, 30)]
    changed = tracker.observe(["1"], live(1, title="new", viewer_count=7), NOW + 41 * 20_000)
    assert [each.event for each in changed] == ["update"]
    assert tracker.observe(["1"], live(1, title="new"), NOW + 50 * 20_000) == []  # the change counted as a report
