"""Periods follow the visitor's calendar, also on the days that are not 24 hours long."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_frontend.data.lists import periods
from api_frontend.data.lists.periods import PERIODS, bounds, is_zone

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "Pacific/Kiritimati", "America/St_Johns"]).map(
    ZoneInfo
)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(TIMES, ZONES)
def test_today_follows_yesterday_and_ends_the_week(now: datetime, zone: ZoneInfo) -> None:
    today, yesterday, week = (bounds(name, zone, now) for name in ("today", "yesterday", "week"))
    assert today[0] is not None
    assert yesterday[0] is not None
    assert week[0] is not None
    assert yesterday[1] == today[0] <= now
    local = today[0].astimezone(zone)
    assert local.date() == now.astimezone(zone).date()
    assert (local.date() - week[0].astimezone(zone).date()).days == 6
    assert timedelta(hours=22) < today[0] - yesterday[0] < timedelta(hours=26)


def test_a_day_in_autumn_has_25_hours() -> None:
    begin, end = bounds("yesterday", BERLIN, datetime(2026, 10, 26, 12, tzinfo=UTC))
    assert begin is not None
    assert end is not None
    assert end - begin == timedelta(hours=25)


def test_an_hour_is_the_last_hour_and_all_is_open() -> None:
    now = datetime(2026, 11, 29, 1, tzinfo=UTC)
    assert bounds("hour", BERLIN, now) == (now - timedelta(hours=1), None)
    assert bounds("all", BERLIN, now) == (None, None)
    assert set(PERIODS) == {"hour", "today", "yesterday", "week", "all"}


@pytest.mark.parametrize("name", ["../etc/passwd", "Mars", "", "utc\0"])
def test_what_names_no_zone_is_none(name: str) -> None:
    assert not is_zone(name)


def test_the_zones_are_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page of a visitor whose browser has told its zone asks for it."""
    assert is_zone("Asia/Seoul")
    monkeypatch.setattr(periods, "available_timezones", None)
    assert is_zone("Europe/Berlin")
