"""The messages say what is wrong, since when, and what to type next."""

import pytest

from watcher.condition import Ages, Condition
from watcher.notice import Notice, Times, begin, duration, write
from watcher.webhook import LONGEST_CONTENT, body

AT = 1_795_370_400.0  # 2026-11-22 18:00 UTC
TIMES = Times(AT, AT - 30, AT - 600)


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7260, "2 h 1 min")]
)
def test_durations_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize("told", list(Condition))
@pytest.mark.parametrize("now", list(Condition))
def test_each_message_is_short_and_names_itself(told: Condition, now: Condition) -> None:
    notice = write(told, now, TIMES, Ages(95.0, 400.0))
    assert notice.text.startswith("Stream Scout: ")
    assert len(notice.text) < 400
    assert ("Next" in notice.text) is (now is not Condition.WELL)


def test_a_silent_machine_is_told_with_its_last_heartbeat() -> None:
    text = write(Condition.WELL, Condition.HEARTBEAT_STOPPED, TIMES, Ages(95.0, 96.0)).text
    assert "machine B is silent" in text
    assert "95 s ago, at 2026-11-22 17:58 UTC" in text


def test_well_again_says_what_it_was_and_how_long() -> None:
    text = write(Condition.HEARTBEAT_STOPPED, Condition.WELL, TIMES, Ages(1.0, 3.0)).text
    assert text == "Stream Scout: well again after 9 min (machine B was silent). Data is 3 s old."


def test_an_outage_begins_with_the_last_sign_of_life() -> None:
    assert begin(Condition.HEARTBEAT_STOPPED, AT - 1, AT, Ages(95.0, 96.0)) == AT - 95
    assert begin(Condition.DATA_OLD, AT - 1, AT, Ages(1.0, 400.0)) == AT - 400
    assert begin(Condition.POSTGRES_AWAY, AT - 30, AT, Ages()) == AT - 30


def test_discord_gets_its_content_and_mentions_nobody() -> None:
    content = body(Notice(Condition.WELL, "@everyone " * 500, AT), "discord")
    assert set(content) == {"content", "allowed_mentions"}
    assert len(str(content["content"])) == LONGEST_CONTENT
    assert content["allowed_mentions"] == {"parse": []}


def test_others_get_plain_fields() -> None:
    expected = {"event": "well", "text": "fine", "at": "2026-11-22T18:00:00+00:00"}
    assert body(Notice(Condition.WELL, "fine", AT), "plain") == expected
