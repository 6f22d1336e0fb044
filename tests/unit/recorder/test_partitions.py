"""The law of the days: what is recorded has a partition, what is dropped is over."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from recorder.partitions import DAY_MS, DAYS_AHEAD, Retention, day_of, day_of_name, name_of

DAYS = st.dates(date(2020, 1, 1), date(2100, 1, 1))
RETENTIONS = st.builds(Retention, st.integers(3, 400))
TIMES = st.integers(1_500_000_000_000, 4_000_000_000_000)


@given(DAYS)
def test_a_partitions_name_tells_its_day(day):
    assert day_of_name(name_of(day)) == day


def test_other_tables_are_not_ours():
    assert day_of_name("chat_counts_default") is None
    assert day_of_name("moments") is None


@given(RETENTIONS, TIMES, st.integers(-500 * DAY_MS, 10 * DAY_MS))
def test_recorded_days_lie_between_retention_and_days_ahead(retention, now, distance):
    minute_at, today = now + distance, day_of(now)
    recorded = not retention.is_over(minute_at, now) and not retention.is_ahead(minute_at, now)
    assert recorded == (retention.oldest(today) <= day_of(minute_at) <= today + timedelta(days=DAYS_AHEAD))


@given(RETENTIONS, TIMES, st.integers(0, 500))
def test_no_day_that_is_recorded_is_dropped_today_or_tomorrow(retention, now, age):
    minute_at, today = now - age * DAY_MS, day_of(now)
    if not retention.is_over(minute_at, now):
        assert retention.dropped([name_of(day_of(minute_at))], today) == []
        assert retention.dropped([name_of(day_of(minute_at))], today + timedelta(days=1)) == []


@given(RETENTIONS, DAYS)
def test_a_day_that_is_over_is_dropped_in_the_end(retention, today):
    days = [today - timedelta(days=age) for age in range(retention.days + 10)]
    kept = len(days) - len(retention.dropped(map(name_of, days), today))
    assert kept == retention.days + 2  # today, and one day of slack


@given(RETENTIONS, DAYS)
def test_days_made_ahead_are_not_dropped_and_reach_past_midnight(retention, today):
    ahead = retention.made_ahead(today)
    assert today in ahead
    assert today + timedelta(days=1) in ahead
    assert retention.dropped(map(name_of, ahead), today) == []


@given(TIMES)
def test_a_day_is_a_utc_day(time_ms):
    assert day_of(time_ms) == datetime.fromtimestamp(time_ms / 1000, UTC).date()
