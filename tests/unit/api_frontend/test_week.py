"""When a channel usually erupts, drawn and in words."""

from hypothesis import given
from hypothesis import strategies as st

from api_frontend.reader import Reader, reading
from api_frontend.text.durations import duration_text
from api_frontend.text.week import LEVELS, week_of


def counts(**hours: int) -> list[int]:
    """Moments by hour of the week: h44=3."""
    return [hours.get(f"h{hour}", 0) for hour in range(168)]


def test_the_busiest_hours_are_named() -> None:
    week = week_of(counts(h20=3, h44=9, h167=1, h0=1))
    assert week.sentence == "Most often on Tuesdays at 20:00 and on Mondays at 00:00 and 20:00 (UTC)."
    assert week.moments == 14
    assert week_of(counts(h20=5)).sentence == "Most often on Mondays at 20:00 (UTC)."
    assert week_of(counts(h20=3, h44=9, h167=5)).sentence == (
        "Most often on Tuesdays at 20:00, Sundays at 23:00 and Mondays at 20:00 (UTC)."
    )


def test_a_day_is_named_once() -> None:
    """It said "Sundays at 14:00, Sundays at 12:00 and Sundays at 13:00"."""
    week = week_of(counts(h158=9, h156=8, h157=7))
    assert week.sentence == "Most often on Sundays at 12:00, 13:00 and 14:00 (UTC)."
    with reading(Reader("de")):
        assert week_of(counts(h158=9, h156=8, h20=7)).sentence == (
            "Am häufigsten sonntags um 12:00 und 14:00 sowie montags um 20:00 (UTC)."
        )


def test_few_moments_are_no_habit() -> None:
    assert week_of(counts(h20=4)).sentence == ""
    assert week_of([0] * 168).sentence == ""


def test_each_day_has_its_hours() -> None:
    week = week_of(counts(h44=9, h20=1))
    assert [name for name, _ in week.days][:2] == ["Monday", "Tuesday"]
    assert week.days[1][1][20].level == LEVELS
    assert week.days[0][1][20].level == 1


@given(st.lists(st.integers(0, 10_000), min_size=168, max_size=168))
def test_colours_follow_the_counts(found: list[int]) -> None:
    cells = [cell for _, hours in week_of(found).days for cell in hours]
    assert [cell.moments for cell in cells] == found
    assert all((cell.level == 0) == (cell.moments == 0) and cell.level <= LEVELS for cell in cells)
    assert all(a.level <= b.level for a in cells[:9] for b in cells[:9] if a.moments <= b.moments)


def test_lengths() -> None:
    assert [duration_text(seconds) for seconds in (5, 2700, 3600, 11_100)] == [
        "1 min",
        "45 min",
        "1 h 00 min",
        "3 h 05 min",
    ]
