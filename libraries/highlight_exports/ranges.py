"""What is exported: parts of a recording, each with a name. Times are seconds from the recording's start."""

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

SHORTEST_SECONDS = 1.0  # a range of which the recording's start leaves less is left out
REPLACED = ("C", "Zl", "Zp")  # Unicode's categories that no list may hold: controls, surrogates, line breaks
KEPT = "\u200c\u200d"  # they join emoji, and letters of some scripts


class ExportError(ValueError):
    """A format cannot hold these ranges; the text says why and what else to do."""


class Range(NamedTuple):
    """One part. `peak`: where the crowd was loudest. `note`: more about it. `link`: where it can be seen."""

    title: str
    start: float
    end: float
    peak: float
    note: str = ""
    mood: str | None = None
    score: float = 0.0
    link: str | None = None


def placed(ranges: Iterable[Range], offset: float) -> list[Range]:
    """Move ranges by `offset` seconds and sort them; what then lies before the recording's start is cut off."""
    moved = [
        each._replace(start=max(0.0, each.start + offset), end=each.end + offset, peak=max(0.0, each.peak + offset))
        for each in ranges
    ]
    return sorted((each for each in moved if each.end - each.start >= SHORTEST_SECONDS), key=lambda each: each.start)


def one_line(text: str, most: int = 200) -> str:
    """Return a text without line breaks and controls, on one line, cut to `most` characters."""
    seen = "".join(
        " " if unicodedata.category(each).startswith(REPLACED) and each not in KEPT else each for each in text
    )
    words = " ".join(seen.split())
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def file_name(video: str) -> str:
    """Return the name of a file without its folder, of Windows or of any other system."""
    return one_line(video).replace("\\", "/").rpartition("/")[2]


def clock(seconds: float) -> str:
    """Write a time as players do: 4:05, 1:02:03."""
    hours, rest = divmod(int(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
