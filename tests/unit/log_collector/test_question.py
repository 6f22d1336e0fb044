"""`make logs`: what is asked, and how it is shown."""

from datetime import UTC, datetime

import pytest

from log_collector.searching.lines import line_of
from log_collector.searching.question import Question, QuestionError, logsql

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)


def test_without_a_word_it_is_the_last_hour() -> None:
    assert logsql(Question(), NOW) == (
        "_time:[2026-11-30T01:00:00.000000Z, 2026-12-02T02:00:00.000000Z] | sort by (_time desc) limit 200"
    )


def test_all_at_once() -> None:
    asked = Question(
        service="clip_creator", machine="B", level="warning", moment="https://x.org/moments/m-1", text='say "no"',
        at="03:10", limit=5,
    )  # fmt: skip
    assert logsql(asked, NOW) == (
        "_time:[2026-11-29T03:05:00.000000Z, 2026-11-29T03:15:00.000000Z]"
        ' service:="clip-creator" machine:="processing" level:in(warning,error,critical)'
        ' (moment_id:="m-1" or _msg:"m-1" or exception:"m-1")'
        ' (_msg:"say \\"no\\"" or exception:"say \\"no\\"") | sort by (_time desc) limit 5'
    )


def test_a_moment_is_looked_for_in_all_that_is_kept() -> None:
    assert logsql(Question(moment="m-1"), NOW).startswith("_time:[2026-11-23T02:00:00.000000Z")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (Question(since="yesterday"), "write 30m, 2h"),
        (Question(since="25:00"), "write 30m, 2h"),
        (Question(machine="C"), "is none of a, reliable, b, processing"),
        (Question(level="loud"), "is none of debug, info"),
    ],
)
def test_what_is_not_understood_is_said(question: Question, told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        logsql(question, NOW)


def test_an_entry_in_a_terminal() -> None:
    found = {
        "_time": "2026-11-30T01:02:03.456789Z",
        "_msg": "clip request got no answer",
        "event": "clip request got no answer",
        "level": "warning",
        "machine": "processing",
        "service": "clip-creator",
        "log.offset": "7",
        "moment_id": "m-1",
        "exception": "Traceback:\n  File x",
    }
    assert line_of(found) == (
        "2026-11-30 01:02:03.456 B clip-creator       warning  clip request got no answer moment_id=m-1\n"
        "    Traceback:\n"
        "      File x"
    )
