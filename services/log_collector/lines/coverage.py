"""What of a file is in the store already, by the places that its entries carry."""

from bisect import bisect_right
from collections.abc import Iterable

from log_collector.lines.record import Record

Span = tuple[int, int]  # from, to before


class Coverage:
    """Spans of each stream, and from where the file has to be read."""

    def __init__(self, resume: int = 0, spans: dict[str, list[Span]] | None = None) -> None:
        self.resume = resume
        self._spans = {stream: merged(each) for stream, each in (spans or {}).items()}

    def has(self, record: Record) -> bool:
        """Return whether the record is stored."""
        spans = self._spans.get(record.stream, [])
        place = bisect_right(spans, record.offset, key=lambda span: span[0])
        return place > 0 and record.offset < spans[place - 1][1]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same in order, without overlaps."""
    apart: list[Span] = []
    for begin, end in sorted(spans):
        if apart and begin <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((begin, end))
    return apart


def coverage_of(size: int, reached: int, entries: Iterable[tuple[str, int, int]]) -> Coverage:
    """Return the coverage by the sum of the entries' bytes, the furthest end, and, asked for only then, all of them.

    Where the sum reaches the end, the entries tile the file: nothing is missing before it.
    """
    if size == reached:
        return Coverage(resume=reached)
    spans: dict[str, list[Span]] = {}
    for stream, offset, end in entries:
        spans.setdefault(stream, []).append((offset, end))
    return Coverage(spans=spans)
