"""The messages contain what is wrong, since when, and what to type next."""

import pytest

from watcher.condition import Ages, Condition
from watcher.notice import Notice, Times, compose, duration, outage_start
from watcher.webhook import MAX_CONTENT, body

AT = 1_795_370_400.0  # 2026-11-22 18:00 UTC
TIMES = Times(AT, AT - 30, AT - 600)


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7260, "2 h 1 min")]
)
def test_durations_have_readable_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize("before", list(Condition))
@pytest.mark.parametrize("now", list(Condition))
def test_each_message_is_short_and_names_itself(before: Condition, now: Condition) -> None:
    notice = compose(before, now, TIMES, Ages(95.0, 400.0))
    assert notice.text.startswith("Stream Scout: ")
    assert len(notice.text) < 400
    assert ("Next" in notice.text) is (now is not Condition.WELL)


def test_a_silent_machine_is_reported_with_its_heartbeat() -> None:
    text = compose(Condition.WELL, Condition.HEARTBEAT_STOPPED, TIMES, Ages(95.0, 96.0)).text
    assert "machine B is silent" in text
    assert "95 s ago, at 2026-11-22 17:58 UTC" in text


def test_recovery_names_the_trouble_and_its_duration() -> None:
    text = compose(Condition.HEARTBEAT_STOPPED, Condition.WELL, TIMES, Ages(1.0, 3.0)).text
    assert text == "Stream Scout: recovered after 9 min (machine B was silent). Data is 3 s old."


def test_an_outage_begins_with_the_last_sign_of_life() -> None:
    assert outage_start(Condition.HEARTBEAT_STOPPED, AT - 1, AT, Ages(95.0, 96.0)) == AT - 95
    assert outage_start(Condition.DATA_OLD, AT - 1, AT, Ages(1.0, 400.0)) == AT - 400
    assert outage_start(Condition.POSTGRES_AWAY, AT - 30, AT, Ages()) == AT - 30


def test_discords_form_mentions_nobody() -> None:
    content = body(Notice(Condition.WELL, "@everyone " * 500, AT), "discord")
    assert set(content) == {"content", "allowed_mentions"}
    assert len(str(content["content"])) == MAX_CONTENT
    assert content["allowed_mentions"] == {"parse": []}


def test_the_plain_form_has_event_text_and_time() -> None:
    expected = {"event": "well", "text": "fine", "at": "2026-11-22T18:00:00+00:00"}
    assert body(Notice(Condition.WELL, "fine", AT), "plain") == expected
