"""When a digest is due: once a period, in its hours."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from discord_notices.rules.digest import DAYS, HOUR, LATE_HOURS, due

MONDAY = datetime(2026, 8, 3, HOUR, 0, tzinfo=UTC)


def test_none_is_never_due() -> None:
    assert due("none", MONDAY) is None


def test_a_day_ends_at_nine() -> None:
    found = due("daily", MONDAY + timedelta(hours=1))
    assert found is not None
    assert found.subject == "daily:2026-08-03"
    assert (found.from_at, found.until_at) == (MONDAY - timedelta(days=1), MONDAY)
    assert due("daily", MONDAY - timedelta(seconds=1)) is None
    assert due("daily", MONDAY + timedelta(hours=LATE_HOURS)) is None


def test_a_week_ends_on_monday() -> None:
    found = due("weekly", MONDAY)
    assert found is not None
    assert (found.subject, found.from_at) == ("weekly:2026-08-03", MONDAY - timedelta(days=7))
    assert due("weekly", MONDAY + timedelta(days=1)) is None


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), st.sampled_from(["daily", "weekly"]))
def test_a_digests_time_is_whole_and_over(naive: datetime, kind: str) -> None:
    at = naive.replace(tzinfo=UTC)
    found = due(kind, at)  # type: ignore[arg-type]
    if found is not None:
        assert found.until_at <= at < found.until_at + timedelta(hours=LATE_HOURS)
        assert found.until_at - found.from_at == timedelta(days=DAYS[kind])
        assert due(kind, found.until_at) == found  # type: ignore[arg-type]
