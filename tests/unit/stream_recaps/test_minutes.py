"""A stream by the minute: sums that are equal whatever the grouping, and silence that is no gap."""

from hypothesis import given
from hypothesis import strategies as st

from stream_recaps.minutes import STEPS, CountedMinute, Minutes, minutes_of, step_for, unread_spans

START = 1_800_000_000_000 // 60_000 * 60_000
MINUTE = 60_000
COUNTS = st.lists(st.integers(0, 5000), max_size=300)


def of(messages: list[int], unread: list[int] | None = None) -> Minutes:
    """Minutes of these messages, each by one person."""
    people = tuple(min(each, 9) for each in messages)
    return Minutes(START, tuple(messages), people, tuple(unread or [0] * len(messages)))


@given(COUNTS, st.sampled_from(STEPS))
def test_sums_and_peaks_are_equal_whatever_the_grouping(messages: list[int], step: int) -> None:
    found = of(messages).in_steps(step)
    assert sum(found.messages) == sum(messages)
    assert max((each or 0 for each in found.people), default=0) == max((min(each, 9) for each in messages), default=0)
    assert len(found.messages) == len(found.people) == -(-len(messages) // step)


@given(COUNTS, st.data())
def test_cut_anywhere_and_joined_it_is_the_same(messages: list[int], data: st.DataObject) -> None:
    whole = of(messages)
    cut = data.draw(st.integers(0, len(messages)))
    overlap = data.draw(st.integers(0, cut))
    first = Minutes(START, whole.messages[:cut], whole.people[:cut], whole.unread[:cut])
    begin = cut - overlap
    later = Minutes(START + begin * MINUTE, whole.messages[begin:], whole.people[begin:], whole.unread[begin:])
    assert first.and_then(later) == whole


@given(st.dictionaries(st.integers(0, 400), st.integers(1, 1000)), st.integers(0, 400), st.integers(0, MINUTE - 1))
def test_every_counted_minute_is_in_its_place(counted: dict[int, int], length: int, offset: int) -> None:
    rows = [CountedMinute(START + minute * MINUTE, messages, 1) for minute, messages in counted.items()]
    found = minutes_of(rows, [], START + offset, START + length * MINUTE)
    inside = {minute: messages for minute, messages in counted.items() if minute < length}
    assert sum(found.messages) == sum(inside.values())
    assert all(found.messages[minute] == messages for minute, messages in inside.items())


def test_silence_was_read_and_a_gap_was_not() -> None:
    read = [(START, START + 2 * MINUTE), (START + 3 * MINUTE + 20_000, START + 5 * MINUTE)]
    found = minutes_of([CountedMinute(START + 2 * MINUTE, 5, 2)], read, START, START + 5 * MINUTE)
    assert found.unread == (0, 0, 60, 20, 0)
    assert found.in_steps(1).people == (0, 0, 2, 0, 0)  # somebody wrote in the third, so it was read
    assert unread_spans(found) == [(START + 2 * MINUTE, START + 3 * MINUTE)]


def test_a_stream_without_an_end_ends_where_reading_did() -> None:
    assert len(of([5, 0, 0], [0, 0, 60]).without_unread_end()) == 2
    assert len(of([0, 0], [60, 60]).without_unread_end()) == 0


def test_what_lies_between_two_parts_was_not_read() -> None:
    found = of([1]).and_then(Minutes(START + 3 * MINUTE, (2,), (1,), (0,)))
    assert (found.messages, found.unread) == ((1, 0, 0, 2), (0, 60, 60, 0))


def test_a_day_is_drawn_in_as_few_points_as_an_evening() -> None:
    assert [step_for(length, 360) for length in (0, 200, 360, 361, 1440, 2880)] == [1, 1, 1, 2, 5, 10]
