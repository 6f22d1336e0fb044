"""What the header says of the data's age."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api_frontend.data.freshness import StageProgress, freshness_of

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
AWAY_AFTER = timedelta(seconds=30)


def ago(seconds: float) -> datetime:
    """So many seconds before now."""
    return NOW - timedelta(seconds=seconds)


def test_nothing_yet() -> None:
    assert freshness_of({}, NOW, AWAY_AFTER).state == "nothing"
    assert freshness_of({"recorder": StageProgress(ago(1), ago(1))}, NOW, AWAY_AFTER).state == "nothing"


def test_live() -> None:
    stages = {"job": StageProgress(ago(3), ago(1)), "recorder": StageProgress(ago(2), ago(2))}
    freshness = freshness_of(stages, NOW, AWAY_AFTER)
    assert (freshness.state, freshness.at, freshness.age_seconds) == ("live", ago(3), 3.0)


def test_a_job_far_behind_that_advances_is_catching_up() -> None:
    freshness = freshness_of(
        {"job": StageProgress(ago(7200), ago(1)), "recorder": StageProgress(ago(1), ago(1))}, NOW, AWAY_AFTER
    )
    assert (freshness.state, freshness.at) == ("catching_up", ago(7200))


def test_a_silent_job_is_away_since_its_last_word() -> None:
    freshness = freshness_of(
        {"job": StageProgress(ago(1700), ago(1620)), "recorder": StageProgress(ago(1), ago(1))}, NOW, AWAY_AFTER
    )
    assert (freshness.state, freshness.at) == ("away", ago(1620))


def test_a_silent_recorder_is_away_even_if_the_job_seemed_fine() -> None:
    freshness = freshness_of(
        {"job": StageProgress(ago(90), ago(85)), "recorder": StageProgress(ago(86), ago(86))}, NOW, AWAY_AFTER
    )
    assert (freshness.state, freshness.at) == ("away", ago(86))


@given(st.floats(-100, 1e6), st.floats(-100, 1e6), st.floats(-100, 1e6))
def test_ages_are_never_negative(event_age: float, job_age: float, recorder_age: float) -> None:
    stages = {
        "job": StageProgress(ago(event_age), ago(job_age)),
        "recorder": StageProgress(ago(recorder_age), ago(recorder_age)),
    }
    stages = stages
    freshness = freshness_of(stages, NOW, AWAY_AFTER)
    assert freshness.age_seconds is not None
    assert freshness.age_seconds >= 0
    assert (freshness.state == "away") == (NOW - min(ago(job_age), ago(recorder_age)) > AWAY_AFTER)
