"""The files for spreadsheets and editing programs, written for one recording."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from chat_analysis.report.highlight import Report
from chat_analysis.report.page import page
from highlight_exports.chapters import chapters
from highlight_exports.edl import cut_list, marker_list
from highlight_exports.frame_rate import FrameRate
from highlight_exports.premiere import sequence_xml
from highlight_exports.ranges import Range, one_line
from highlight_exports.tables import csv_table, json_document


class Parts(NamedTuple):
    """What a list is made of. `cuts`: the ranges without those that the stream did not cause."""

    report: Report
    title: str
    ranges: list[Range]
    cuts: list[Range]
    rate: FrameRate


WRITERS: dict[str, Callable[[Parts], str]] = {
    "html": lambda parts: page(parts.report),
    "csv": lambda parts: csv_table(parts.ranges, parts.rate),
    "json": lambda parts: json_document(parts.ranges, parts.rate, parts.title),
    "chapters": lambda parts: chapters(parts.cuts),
    "edl": lambda parts: cut_list(parts.cuts, parts.rate, parts.title, parts.report.video.file),
    "markers": lambda parts: marker_list(parts.cuts, parts.rate, parts.title),
    "premiere": lambda parts: sequence_xml(parts.cuts, parts.rate, parts.title, parts.report.video.file),
}


def parts_of(report: Report, rate: FrameRate) -> Parts:
    """Prepare a recording's lists."""
    ranges = [each.range() for each in report.highlights]
    cuts = [each.range() for each in report.highlights if each.is_reaction]
    title = one_line(report.recording.facts.title or report.recording.name)
    by_start = sorted(ranges, key=lambda each: each.start), sorted(cuts, key=lambda each: each.start)
    return Parts(report, title, *by_start, rate)


def write_list(kind: str, parts: Parts, path: Path) -> None:
    """Write one list. Raises ExportError if its format cannot hold it, OSError."""
    path.write_text(WRITERS[kind](parts), encoding="utf-8", newline="")


def path_for(path: Path, name: str, *, is_only: bool) -> Path:
    """Return where a recording's list goes: with several recordings, each has its name in the file's."""
    return path if is_only else path.with_name(f"{path.stem}-{name}{path.suffix}")
