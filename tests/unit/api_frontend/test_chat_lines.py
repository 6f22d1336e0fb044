"""What nobody read is a gap, never a zero."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api_frontend.data.chat_lines import CoverageEvent, by_minute, by_second, in_buckets, unread

FROM = datetime(2026, 11, 22, 17, tzinfo=UTC)
HOUR = 3600


def event(kind: str, second: float, until: float | None = None) -> CoverageEvent:
    """An event at these seconds of the hour."""
    until_at = None if until is None else FROM + timedelta(seconds=until)
    return CoverageEvent(kind, FROM + timedelta(seconds=second), until_at)


def gaps(*events: CoverageEvent) -> list[tuple[int, int]]:
    """The runs of unread seconds."""
    missing = unread(events, FROM, HOUR)
    starts = [at for at in range(HOUR) if missing[at] and (at == 0 or not missing[at - 1])]
    return [(at, next((end for end in range(at, HOUR) if not missing[end]), HOUR)) for at in starts]


def test_what_was_never_joined_was_not_read() -> None:
    assert gaps() == [(0, HOUR)]
    assert gaps(event("joined", 100)) == [(0, 100)]


def test_the_last_event_before_counts() -> None:
    assert gaps(event("joined", -9000)) == []
    assert gaps(event("joined", -9000), event("left", -60)) == [(0, HOUR)]
    assert gaps(event("left", -60), event("joined", 20)) == [(0, 20)]


def test_leaving_and_gaps() -> None:
    joined = event("joined", -60)
    assert gaps(joined, event("left", 50), event("joined", 80), event("gap", 50, 80)) == [(50, 80)]
    assert gaps(joined, event("gap", -30, 10), event("gap", 100, 130)) == [(0, 10), (100, 130)]
    assert gaps(joined, event("gap", 3590, 4000)) == [(3590, HOUR)]


@given(st.lists(st.tuples(st.sampled_from(["joined", "left", "gap"]), st.floats(-100, 4000), st.floats(0, 500))))
def test_any_order_of_rows_is_the_same(found: list[tuple[str, float, float]]) -> None:
    events = [event(kind, at, at + long if kind == "gap" else None) for kind, at, long in found]
    distinct = list({each.from_at: each for each in events}.values())
    assert unread(distinct, FROM, HOUR) == unread(distinct[::-1], FROM, HOUR)


def test_seconds_in_which_people_wrote_were_read() -> None:
    missing = [True] * 120
    counts = by_second({1: [0, 3] + [0] * 58}, missing)
    assert counts[61] == 3
    assert counts[60] is None
    assert by_second({0: [0] * 60}, [False] * 60) == [0] * 60


def test_a_bucket_is_its_loudest_second() -> None:
    assert in_buckets([None, 2, 9, None, None, None], 3) == (9, None)
    assert in_buckets([0, None], 2) == (0,)


def test_a_silent_minute_is_zero_only_if_most_of_it_was_read() -> None:
    missing = [False] * 31 + [True] * 29 + [False] * 29 + [True] * 31 + [True] * (HOUR - 120)
    line = by_minute({3: 7, 4: 0}, missing)
    assert line[:5] == (0, None, None, 7, None)
    assert len(line) == 60
