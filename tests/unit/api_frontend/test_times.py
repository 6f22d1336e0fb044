"""Times for people whose browser runs no script: as short as the script writes them."""

from datetime import UTC, datetime, timedelta

from api_frontend.text.times import day_text, time_text

AT = datetime(2026, 11, 22, 17, 3, 9, tzinfo=UTC)


def test_a_day_is_left_out_today_and_a_year_this_year() -> None:
    assert day_text(AT, AT + timedelta(hours=6), "en") == ""
    assert day_text(AT, AT + timedelta(hours=7), "en") == "22 Nov, "
    assert day_text(AT, AT + timedelta(days=60), "en") == "22 Nov 2026, "
    assert day_text(AT, AT + timedelta(days=1), "de") == "22. Nov., "


def test_only_when_depends_on_today() -> None:
    now = datetime.now(UTC)
    assert time_text(now, "when") in (f"{now:%H:%M} UTC", f"{day_text(now, datetime.now(UTC), 'en')}{now:%H:%M} UTC")
    assert time_text(AT, "full") == time_text(AT, "ago") == "22 Nov 2026, 17:03 UTC"
    assert time_text(AT, "seconds") == "17:03:09 UTC"
