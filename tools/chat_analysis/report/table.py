"""The table on a terminal, as wide as it is."""

import textwrap
import unicodedata
from collections.abc import Iterator

from chat_analysis.report.highlight import Highlight, Report
from highlight_exports.ranges import clock, one_line

NARROWEST = 60  # columns
WIDE = ("W", "F")  # East Asian widths that take two columns
NO_MOMENT = "No moment: chat was even all along, or shorter than ten minutes. A small crowd's show with --threshold 3"


def table(report: Report, width: int) -> str:
    """Return the moments as lines of at most `width` columns."""
    width = max(width, NARROWEST) - 1  # a full line makes some consoles break it
    name = one_line(report.recording.facts.title or report.recording.name)
    lines = [cut(f"{name}: {headline(report)}", width)]
    if not report.highlights:
        return "\n".join([*lines, *textwrap.wrap(NO_MOMENT, width), ""])
    rows = [("from", "rank", "rarity", "mood", "what the crowd did, and wrote"), *map(_row, report.highlights)]
    sizes = [max(columns(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows:
        cells = [_padded(cell, size) for cell, size in zip(row, sizes, strict=False)]
        lines.append(cut("  ".join([*cells, row[-1]]).rstrip(), width))
    lines += [cut(line, width) for line in _legend(report)]
    return "\n".join([*lines, ""])


def headline(report: Report) -> str:
    """Say how much chat it is and how many moments."""
    recording = report.recording
    return (
        f"{clock(report.length)} of chat, "
        f"{_counted(len(recording.seconds), 'message')} by {_counted(len(recording.names), 'person', 'people')}, "
        f"{_counted(len(report.highlights), 'moment')}"
    )


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def _row(highlight: Highlight) -> tuple[str, ...]:
    wrote = one_line(highlight.wrote())
    did = f"{highlight.cause} · {highlight.people_short}" if highlight.cause else highlight.people_short
    text = f"{did}: {wrote}" if wrote else did
    mark = "" if highlight.is_reaction else "*"
    return (
        clock(highlight.start),
        f"{highlight.rank}{mark}",
        highlight.rarity,
        highlight.moment.mood or "",
        one_line(text),
    )


def _legend(report: Report) -> Iterator[str]:
    if not all(each.is_reaction for each in report.highlights):
        yield "* a raid, a vote or the like: not in the lists for editing"


def columns(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(map(_column, text))


def _column(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in WIDE else 1


def _padded(text: str, size: int) -> str:
    return text + " " * (size - columns(text))


def cut(text: str, width: int) -> str:
    """Return a text that takes at most `width` columns."""
    if columns(text) <= width:
        return text
    taken = 0
    for place, character in enumerate(text):
        taken += _column(character)
        if taken > width - 1:
            return text[:place] + "…"
    return text
