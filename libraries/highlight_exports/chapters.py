"""YouTube chapters, to be pasted into a video's description."""

from collections.abc import Sequence

from highlight_exports.ranges import ExportError, Range, clock, one_line

LEAST = 3  # YouTube shows no chapters of fewer
APART_SECONDS = 10  # YouTube shows no chapters if one is shorter
TITLE_LIMIT = 100  # characters
ANGLES = str.maketrans("<>", "‹›")  # YouTube refuses a description that has them
START = "Start"


def chapters(ranges: Sequence[Range], start: str = START) -> str:
    """Return a line per chapter, the first at 0:00, ten seconds apart or more; of two closer ones the higher stays.

    `ranges` are in order of their start. Raises ExportError if fewer than three chapters remain.
    """
    kept = [Range(start, 0, 0, 0, score=-1.0)]
    for each in ranges:
        if int(each.start) - int(kept[-1].start) >= APART_SECONDS:
            kept.append(each)
        elif each.score > kept[-1].score:
            kept[-1] = each._replace(start=kept[-1].start)
    if len(kept) < LEAST:
        raise ExportError(
            f"YouTube shows chapters if there are {LEAST} or more, {APART_SECONDS} seconds apart: here are {len(kept)}"
        )
    return "".join(f"{clock(each.start)} {_title(each.title)}\n" for each in kept)


def _title(title: str) -> str:
    return one_line(title.translate(ANGLES), TITLE_LIMIT) or "Highlight"
