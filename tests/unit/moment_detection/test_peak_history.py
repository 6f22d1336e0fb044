"""Past peaks: what the rate admits, how rare a height is, and that the history is bounded."""

from hypothesis import given
from hypothesis import strategies as st

from moment_detection.detection.peak_history import (
    CAP_TIMES,
    OLDER_LIMIT,
    RARITY_SECONDS,
    RATE_SECONDS,
    WAS_MOMENT,
    PastPeak,
    PeakHistory,
)

START = 1_000_000
ALL_READ = RATE_SECONDS


def history(*peaks: tuple[int, float], flags: int = 0) -> PeakHistory:
    found = PeakHistory(START)
    for second, score in peaks:
        found.add(PastPeak(START + second, score, flags))
    return found


def test_the_highest_per_hour_are_admitted() -> None:
    past = history(*((300 * n, 5.0 + n % 10) for n in range(24)))  # two hours: 5 to 14 and again and 5, 6, 7, 8
    assert past.admits(START + 7200, 13.5, 2, WAS_MOMENT, ALL_READ)  # two are higher, four an hour's two hours
    assert not past.admits(START + 7200, 11.5, 2, WAS_MOMENT, ALL_READ)  # six are
    assert past.admits(START + 7200, 11.5, 4, WAS_MOMENT, ALL_READ)
    assert past.admits(START + 3 * 7200, 4.0, 1, WAS_MOMENT, ALL_READ)  # all are older than two hours


def test_half_read_hours_have_half_the_quota() -> None:
    past = history((0, 9.0), (600, 9.0), (1200, 9.0))
    assert past.admits(START + 7200, 8.0, 2, WAS_MOMENT, ALL_READ)
    assert not past.admits(START + 7200, 8.0, 2, WAS_MOMENT, ALL_READ // 2)


def test_a_channel_that_grows_and_grows_is_capped() -> None:
    past, admitted = PeakHistory(START), 0
    for minute in range(60):
        second, score = START + 61 * minute, 5.0 + minute
        loud = past.admits(second, score, 10, WAS_MOMENT, ALL_READ)
        admitted += loud
        past.add(PastPeak(second, score, WAS_MOMENT * loud))
    assert admitted == 10 * CAP_TIMES


def test_a_lower_peak_just_before_is_merged() -> None:
    past = history((0, 5.0), (40, 7.0), (101, 6.0))
    assert [each.second - START for each in past.peaks] == [40, 101]
    past.add(PastPeak(START + 140, 8.0, WAS_MOMENT), START + 130)
    past.add(PastPeak(START + 150, 9.0, WAS_MOMENT), START + 130)  # the same moment rose further
    past.add(PastPeak(START + 190, 10.0, WAS_MOMENT), START + 185)  # another moment
    assert [each.second - START for each in past.peaks] == [40, 150, 190]


def test_biggest_in_reaches_the_last_higher_peak() -> None:
    past = history((100, 9.0), (3700, 7.0), (7300, 8.0))
    now = START + 10_900
    assert past.biggest_in(now, now, 7.5) == 3600
    assert past.biggest_in(now, now, 8.5) == 10_800
    assert past.biggest_in(now, now, 9.5) == 10_900  # as long as it is known
    past.known_from = START + 5000
    assert past.biggest_in(now, now, 9.5) == past.biggest_in(now, now, 8.5) == 5900
    past.known_from = 0
    assert past.biggest_in(now, now, 9.5) is past.biggest_in(now, now, 8.5) is None


@given(st.lists(st.tuples(st.integers(61, 9000), st.floats(4, 40)), min_size=1, max_size=200))
def test_rarity_equals_that_of_a_full_history(steps: list[tuple[int, float]]) -> None:
    past, full, second = PeakHistory(START), [], START
    for step, score in steps:
        second += step
        higher = [at for at, other in full if other >= score]
        expected = min(second - max([START, *higher]), RARITY_SECONDS)
        assert past.biggest_in(second, second, score) == expected
        past.add(PastPeak(second, score, 0))
        full.append((second, score))


@given(st.lists(st.tuples(st.integers(1, 100), st.floats(4, 40)), max_size=400))
def test_the_history_is_bounded(steps: list[tuple[int, float]]) -> None:
    past, second = PeakHistory(START), START
    for step, score in steps:
        second += step
        past.add(PastPeak(second, score, 0))
    assert len(past.peaks) <= RATE_SECONDS // 60 + 1 + OLDER_LIMIT


def test_a_channel_that_gets_quieter_forgets_the_oldest_peaks() -> None:
    past = history(*((7300 * n // 40, 400.0 - n) for n in range(900)))
    newest = past.peaks[-1].second
    assert len(past.peaks) <= RATE_SECONDS // 60 + 1 + OLDER_LIMIT
    assert past.known_from > START
    assert past.biggest_in(newest + 100, newest + 100, 1000.0) == newest + 100 - past.known_from
