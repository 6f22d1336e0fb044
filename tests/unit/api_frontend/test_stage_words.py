"""The freshness of each stage: derived from reports, and in plain words."""

from datetime import UTC, datetime, timedelta

import pytest

from api_frontend.data.freshness import StageProgress
from api_frontend.data.status import DATABASE_AWAY, Results, Stage, clips_stage, reported
from api_frontend.text.stage_words import OVERALL, overall, span, stage_words
from api_frontend.views.status import model

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
AWAY_AFTER = timedelta(seconds=30)


def report(behind: float, heard: float) -> StageProgress:
    """A report about that many seconds ago, made so many seconds ago."""
    return StageProgress(NOW - timedelta(seconds=behind), NOW - timedelta(seconds=heard))


@pytest.mark.parametrize(
    ("reports", "state", "words"),
    [
        ([report(3, 1), report(1, 1)], "fresh", "Chat was read up to 3 s ago."),
        ([report(300, 1), report(1, 1)], "behind", "Chat was read up to 5 min ago."),
        ([report(7300, 7200), None], "silent", "Nothing has been heard for 2 h; before, chat was read up to 2 h ago."),
        (
            [report(3, 1), report(50, 50)],
            "silent",
            "Nothing has been heard for 50 s; before, chat was read up to 3 s ago.",
        ),
        ([None, report(1, 1)], "unknown", "Nothing has been reported yet."),
    ],
)
def test_a_stage_that_reports(reports: list[StageProgress | None], state: str, words: str) -> None:
    stage = reported("chat", reports, NOW, AWAY_AFTER)
    assert stage.state == state
    assert stage_words(stage, NOW) == words


@pytest.mark.parametrize(
    ("results", "state", "words"),
    [
        (Results(moment_at=NOW, clip_at=None, waiting=0), "unknown", "No clip has been made yet."),
        (Results(moment_at=NOW, clip_at=NOW - timedelta(hours=3), waiting=0), "fresh", "made 3 h ago."),
        (Results(moment_at=NOW, clip_at=None, waiting=2), "behind", "2 clips have been asked for and not come yet."),
    ],
)
def test_clips(results: Results, state: str, words: str) -> None:
    stage = clips_stage(results)
    assert stage.state == state
    assert stage_words(stage, NOW).endswith(words)


@pytest.mark.parametrize(
    ("seconds", "words"), [(-5, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (172_800, "2 days")]
)
def test_spans(seconds: int, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words


def test_the_worst_state_is_the_whole_ones() -> None:
    fresh, unused = Stage(name="chat", state="fresh"), Stage(name="clips", state="unknown")
    assert overall([fresh, unused]) == OVERALL["fresh"]
    assert overall([fresh, Stage(name="moments", state="behind")]) == OVERALL["behind"]
    assert overall(DATABASE_AWAY) == OVERALL["silent"]


def test_without_the_database_the_status_says_so() -> None:
    status = model(DATABASE_AWAY)
    assert status.state == "not_fresh"
    assert [stage.state for stage in status.stages] == ["unknown", "unknown", "unknown", "silent"]
    assert status.stages[3].text.startswith("It does not answer.")
