"""The arithmetic of up and down: laws that hold for whatever was noted, in whatever order."""

import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from api_frontend.data.uptime.timeline import Piece, Span, State, filled, overlap, sums, timeline, union, without

END = 60
times = st.integers(-10, END + 10)
spans = st.builds(lambda a, b: Span(min(a, b), max(a, b)), times, times)
many = st.lists(spans, max_size=12)
wholes = st.builds(lambda a, b: Span(min(a, b), max(a, b) + 1), st.integers(0, END), st.integers(0, END))
bridges = st.integers(0, 5)


def by_instant(up: list[Span], down: list[Span], whole: Span, bridged: int) -> list[State]:
    """The same by looking at each millisecond: slow, and too simple to be wrong."""

    def noted(at: int) -> State:
        if any(span.from_at <= at < span.until_at for span in down):
            return "down"
        return "up" if any(span.from_at <= at < span.until_at for span in up) else "unknown"

    line = {at: noted(at) for at in range(-20, END + 30)}
    # A gap is what nobody noted between two notes, and between the last note and the end.
    edges = {span.from_at for span in (*up, *down) if span.length}
    at = -20
    while at < END + 30:
        if line[at] == "unknown" and line.get(at - 1, "unknown") != "unknown":
            until = next((each for each in range(at, END + 30) if line[each] != "unknown"), None)
            until = whole.until_at if until is None else until
            if until in edges | {whole.until_at} and 0 < until - at <= bridged:
                for each in range(at, until):
                    line[each] = line[at - 1]
                at = until
                continue
        at += 1
    return [line[at] for at in range(whole.from_at, whole.until_at)]


def spread(pieces: list[Piece]) -> list[State]:
    return [piece.state for piece in pieces for _ in range(piece.span.length)]


@given(many, many, wholes, bridges)
def test_up_down_and_unknown_add_up_to_the_whole(up: list[Span], down: list[Span], whole: Span, bridged: int) -> None:
    pieces = timeline(up, down, whole, bridged)
    found = sums(pieces)
    assert found.whole == found.up + found.down + found.unknown == whole.length
    assert pieces[0].span.from_at == whole.from_at
    assert pieces[-1].span.until_at == whole.until_at
    for before, after in itertools.pairwise(pieces):
        assert before.span.until_at == after.span.from_at
        assert before.state != after.state


@given(many, many, wholes, bridges)
@example([], [Span(0, 0)], Span(0, 1), 1)
def test_it_is_what_each_instant_says(up: list[Span], down: list[Span], whole: Span, bridged: int) -> None:
    assert spread(timeline(up, down, whole, bridged)) == by_instant(up, down, whole, bridged)


@given(many, many, wholes, bridges, st.randoms())
def test_neither_order_nor_repeats_nor_pieces_matter(up, down, whole, bridged, random) -> None:
    expected = timeline(up, down, whole, bridged)
    parts = []
    for span in up:
        cut = random.randint(span.from_at, span.until_at)
        parts += [Span(span.from_at, cut), Span(cut, span.until_at), span]
    shuffled = [*down, *down]
    random.shuffle(parts)
    random.shuffle(shuffled)
    assert timeline(parts, shuffled, whole, bridged) == expected


@given(many, many, wholes, bridges)
def test_down_is_never_hidden_by_up(up: list[Span], down: list[Span], whole: Span, bridged: int) -> None:
    found = sums(timeline(up, down, whole, bridged))
    assert found.down >= overlap(union(down), whole)
    assert sums(timeline(up, [], whole, 0)).unknown + overlap(union(up), whole) == whole.length


@given(many, many)
def test_what_is_cut_out_is_gone(spans_: list[Span], taken: list[Span]) -> None:
    whole, gone = union(spans_), union(taken)
    rest = without(whole, gone)
    assert sum(span.length for span in rest) == sum(s.length for s in whole) - sum(overlap(gone, s) for s in whole)
    assert not any(overlap(gone, span) for span in rest)


@given(many, wholes, st.lists(st.integers(0, END + 1), max_size=5))
def test_the_parts_of_a_time_add_up_to_it(up: list[Span], whole: Span, cuts: list[int]) -> None:
    pieces = timeline(up, [], whole, 0)
    marks = sorted({whole.from_at, whole.until_at, *(at for at in cuts if whole.from_at < at < whole.until_at)})
    parts = [sums(filled(pieces, Span(a, b))) for a, b in itertools.pairwise(marks)]
    assert sum(part.up for part in parts) == sums(pieces).up
    assert sum(part.whole for part in parts) == whole.length
