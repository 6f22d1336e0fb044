"""The ranges as a table (CSV) and as JSON, for spreadsheets and scripts."""

import csv
import io
import json
from collections.abc import Sequence

from highlight_exports.frame_rate import FrameRate
from highlight_exports.ranges import Range, clock, one_line

BYTE_ORDER_MARK = "\ufeff"  # spreadsheets take a file without it for the machine's old character set
COLUMNS = (
    "number", "time", "start_seconds", "end_seconds", "peak_seconds", "start_timecode", "end_timecode",
    "title", "mood", "score", "note", "link",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@")  # a spreadsheet would compute a cell that begins with one: people wrote these texts


def csv_table(ranges: Sequence[Range], rate: FrameRate) -> str:
    """Return a row per range under a row of names."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in _rows(ranges, rate):
        writer.writerow([_cell(row[column]) for column in COLUMNS])
    return BYTE_ORDER_MARK + out.getvalue()


def json_document(ranges: Sequence[Range], rate: FrameRate, title: str) -> str:
    """Return an object with the list of ranges."""
    document = {"title": title, "frames_per_second": rate.name, "ranges": list(_rows(ranges, rate))}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _rows(ranges: Sequence[Range], rate: FrameRate) -> "list[dict[str, object]]":
    return [
        {
            "number": number,
            "time": clock(each.start),
            "start_seconds": round(each.start, 3),
            "end_seconds": round(each.end, 3),
            "peak_seconds": round(each.peak, 3),
            "start_timecode": rate.timecode(rate.frame_at(each.start)),
            "end_timecode": rate.timecode(rate.frame_at(each.end)),
            "title": one_line(each.title),
            "mood": each.mood,
            "score": round(each.score, 2),
            "note": one_line(each.note, 500),
            "link": each.link,
        }
        for number, each in enumerate(ranges, 1)
    ]


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value
