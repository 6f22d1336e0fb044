"""Days by a reader's calendar, those included on which clocks change."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_frontend.data.uptime.days import days_until, ms, split
from api_frontend.data.uptime.record import lay_out
from api_frontend.data.uptime.timeline import Piece, Span, sums

HOUR_MS = 3_600_000
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "Pacific/Apia",
)
moments = st.datetimes(datetime(2011, 6, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Europe/Berlin", date(2026, 10, 26), 24),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Asia/Beirut", date(2026, 3, 29), 23),  # its midnight does not exist
    ],
)
def test_a_day_that_the_clocks_change_is_shorter_or_longer(zone: str, day: date, hours: float) -> None:
    now = datetime(2026, day.month, day.day, 12, tzinfo=UTC) + timedelta(days=3)
    spans = dict(days_until(now, ZoneInfo(zone), 7))
    assert spans[day].length == hours * HOUR_MS


@given(moments, st.sampled_from(ZONES))
def test_the_days_follow_each_other_and_end_now(now: datetime, zone: str) -> None:
    days = days_until(now, ZoneInfo(zone), 90)
    assert len(days) == 90
    assert days[-1][0] == now.astimezone(ZoneInfo(zone)).date()
    assert days[-1][1].until_at == ms(now)
    for (_, before), (_, after) in itertools.pairwise(days):
        assert before.until_at == after.from_at
        assert before.length >= 0


@given(moments, st.sampled_from(ZONES), st.integers(0, 95 * 24), st.integers(0, 200))
def test_the_days_add_up_to_the_record(now: datetime, zone: str, began_ago: int, length: int) -> None:
    begin = ms(now) - began_ago * HOUR_MS
    rows = [("website", "up", begin, ms(now)), ("website", "down", begin, min(begin + length * HOUR_MS, ms(now)))]
    part = lay_out(rows, now, ZoneInfo(zone)).parts["website"]  # type: ignore[index]
    recorded = [day.sums for day in part.days if day.is_recorded]
    assert sum(day.down for day in recorded) == part.sums.down
    assert sum(day.up for day in recorded) == part.sums.up
    if part.began is not None:
        assert part.sums.whole == part.days[-1].span.until_at - part.began


def test_days_before_the_record_are_told_from_days_that_nobody_watched() -> None:
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    calendar = days_until(now, ZoneInfo("UTC"), 5)
    begin = calendar[1][1].from_at + HOUR_MS
    whole = Span(begin, ms(now))
    pieces = [Piece("up", Span(begin, begin + HOUR_MS)), Piece("unknown", Span(begin + HOUR_MS, whole.until_at))]
    days = split(pieces, [Span(begin, begin + 1)], calendar, begin)
    assert [day.is_recorded for day in days] == [False, True, True, True, True]
    assert [day.has_work for day in days] == [False, True, False, False, False]
    assert sums(pieces).unknown == whole.length - HOUR_MS
