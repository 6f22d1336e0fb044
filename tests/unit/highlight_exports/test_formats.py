"""Each format is read by a parser that we did not write, and equals a golden file that was read through by eye."""

import csv
import io
import json
from itertools import pairwise
from pathlib import Path

import opentimelineio as otio
import pycmx
import pytest

from highlight_exports.chapters import chapters
from highlight_exports.edl import COLOURS, cut_list, marker_list
from highlight_exports.frame_rate import RATES, FrameRate
from highlight_exports.premiere import sequence_xml
from highlight_exports.ranges import ExportError, Range, clock, file_name, one_line, placed
from highlight_exports.tables import COLUMNS, csv_table, json_document
from moment_detection.lead import LEADS

from .samples import RANGES

GOLDEN = Path(__file__).parent / "golden"
TITLE, VIDEO = 'Last night: <the> "long" one', r"C:\my vods\last night.mp4"
FORMATS = {
    "chapters.txt": lambda rate: chapters(RANGES),
    "cuts.edl": lambda rate: cut_list(RANGES, rate, TITLE, VIDEO),
    "markers.edl": lambda rate: marker_list(RANGES, rate, TITLE),
    "premiere.xml": lambda rate: sequence_xml(RANGES, rate, TITLE, VIDEO),
    "table.csv": lambda rate: csv_table(RANGES, rate),
    "list.json": lambda rate: json_document(RANGES, rate, TITLE),
}
EVERY_RATE = pytest.mark.parametrize("rate", RATES.values(), ids=RATES)


@pytest.mark.parametrize("rate_name", ["29.97", "60"])
@pytest.mark.parametrize("name", FORMATS)
def test_it_is_the_golden_file(name: str, rate_name: str) -> None:
    """Where a change is meant, delete the file: the test writes it anew, and fails once."""
    path = GOLDEN / f"{rate_name}-{name}"
    written = FORMATS[name](RATES[rate_name]).encode()
    if not path.exists():
        path.write_bytes(written)
        pytest.fail(f"{path} was missing: look at it, and commit it")
    assert written == path.read_bytes()


def near(frames: FrameRate) -> float:
    return 0.51 / float(frames.exact)


@EVERY_RATE
def test_cuts_are_what_opentimelineio_reads(rate: FrameRate) -> None:
    text = cut_list(RANGES, rate, TITLE, VIDEO)
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=float(rate.exact))
    assert [(track.kind, track.name) for track in timeline.tracks] == [
        ("Video", "V"), ("Audio", "A1"), ("Audio", "A2"),
    ]  # fmt: skip
    for track in timeline.tracks:
        assert len(track) == len(RANGES)
        for clip, wanted in zip(track, RANGES, strict=True):
            assert clip.source_range.start_time.to_seconds() == pytest.approx(wanted.start, abs=near(rate))
            assert clip.duration().to_seconds() == pytest.approx(wanted.end - wanted.start, abs=2 * near(rate))
            assert clip.name == "last night.mp4"
            if not rate.drop:  # the adapter's pattern for locators knows no semicolon
                (marker,) = clip.markers
                assert marker.name == one_line(wanted.title)


@EVERY_RATE
def test_cuts_are_what_pycmx_reads(rate: FrameRate) -> None:
    edits = pycmx.parse_cmx3600(io.StringIO(cut_list(RANGES, rate, TITLE, VIDEO)))
    assert edits.title == one_line(TITLE)
    events = list(edits.events)
    assert [event.number for event in events] == list(range(1, len(RANGES) + 1))
    for event, wanted in zip(events, RANGES, strict=True):
        (edit,) = event.edits
        assert edit.channels.video
        assert edit.channels.a1
        assert edit.channels.a2
        assert edit.source_in == rate.timecode(rate.frame_at(wanted.start))
        assert edit.clip_name == "last night.mp4"
    ends = [event.edits[0].record_out for event in events]
    assert [event.edits[0].record_in for event in events] == [
        f"01:00:00{';' if rate.drop else ':'}00", *ends[:-1]
    ]  # fmt: skip


@EVERY_RATE
def test_markers_stand_where_the_ranges_begin(rate: FrameRate) -> None:
    """pycmx reads the events; Resolve's own fields are in the line below each."""
    text = marker_list(RANGES, rate, TITLE)
    events = list(pycmx.parse_cmx3600(io.StringIO(text)).events)
    assert len(events) == len(RANGES)
    begin = rate.frame_of_hour(1)
    for event, wanted in zip(events, RANGES, strict=True):
        first = begin + rate.frame_at(wanted.start)
        assert (event.edits[0].record_in, event.edits[0].record_out) == (rate.timecode(first), rate.timecode(first + 1))
    notes = [line for line in text.split("\r\n") if "|C:" in line]
    assert len(notes) == len(RANGES)
    for line, wanted in zip(notes, RANGES, strict=True):
        note, colour, name, frames = (part.strip() for part in line.split("|"))
        assert not note[:1].isdigit(), "would be taken for an event"
        assert colour.startswith("C:ResolveColor")
        assert name.removeprefix("M:") == one_line(wanted.title.replace("|", "/"))
        assert int(frames.removeprefix("D:")) == rate.frame_at(wanted.end) - rate.frame_at(wanted.start)


def test_every_mood_has_a_colour() -> None:
    assert set(COLOURS) == set(LEADS)


@EVERY_RATE
def test_the_xml_is_what_opentimelineio_reads(rate: FrameRate) -> None:
    timeline = otio.adapters.read_from_string(sequence_xml(RANGES, rate, TITLE, VIDEO), "fcp_xml")
    assert timeline.name == one_line(TITLE)
    assert [track.kind for track in timeline.tracks] == ["Video", "Audio", "Audio"]
    for track in timeline.tracks:
        for clip, wanted in zip(track, RANGES, strict=True):
            assert clip.source_range.start_time.rate == pytest.approx(float(rate.exact))
            assert clip.source_range.start_time.to_seconds() == pytest.approx(wanted.start, abs=near(rate))
            assert clip.duration().to_seconds() == pytest.approx(wanted.end - wanted.start, abs=2 * near(rate))
            assert clip.name == one_line(wanted.title)
            assert clip.media_reference.target_url == "file://localhost/C%3A/my%20vods/last%20night.mp4"
    assert [marker.name for marker in timeline.tracks.markers] == [one_line(each.title) for each in RANGES]


def test_the_table_is_what_a_spreadsheet_reads() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_table(RANGES, RATES["60"]).removeprefix("\ufeff"))))
    assert tuple(rows[0]) == COLUMNS
    assert [float(row["start_seconds"]) for row in rows] == [each.start for each in RANGES]
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values()), "a formula"
    titles = {row["title"].removeprefix("'") for row in rows}
    assert titles == {one_line(each.title) for each in RANGES}
    document = json.loads(json_document(RANGES, RATES["60"], TITLE))
    assert [each["end_seconds"] for each in document["ranges"]] == [each.end for each in RANGES]


def seconds_of(text: str) -> int:
    total = 0
    for part in text.split(":"):
        total = 60 * total + int(part)
    return total


def test_chapters_follow_youtubes_rules() -> None:
    lines = [line.split(" ", 1) for line in chapters(RANGES).splitlines()]
    times = [seconds_of(time) for time, _ in lines]
    assert lines[0] == ["0:00", "Start"]
    assert len(lines) >= 3
    assert all(later - earlier >= 10 for earlier, later in pairwise(times))
    assert not any(each in title for _, title in lines for each in "<>\n")
    assert "=1+1" not in {title for _, title in lines}, "the higher of two that are close stays"
    early = [Range("first", 4.0, 30, 9, score=5), Range("second", 14.5, 30, 20, score=5), Range("third", 60, 70, 65)]
    assert chapters(early) == "0:00 first\n0:14 second\n1:00 third\n"
    with pytest.raises(ExportError, match="3 or more"):
        chapters(early[:1])


def test_an_edl_says_what_it_cannot_hold() -> None:
    rate = RATES["29.97"]
    late = [Range("late", 86_390.0, 86_410.0, 86_400.0)]
    for write in (lambda ranges: cut_list(ranges, rate, "t", "v"), lambda ranges: marker_list(ranges, rate, "t")):
        with pytest.raises(ExportError, match=r"24 hours.*XML for Premiere"):
            write(late)
        with pytest.raises(ExportError, match="999 events"):
            write([Range("x", 1.0, 3.0, 2.0)] * 1000)
        assert write([]).startswith("TITLE: t\r\nFCM: DROP FRAME\r\n")
    assert "<out>5184600</out>" in sequence_xml(late, RATES["60"], "t", "v"), "the XML counts on"


def test_an_offset_cuts_what_lies_before_the_start() -> None:
    ranges = [Range("a", 100.0, 130.0, 110.0), Range("b", 10.0, 40.0, 30.0), Range("c", 10.0, 20.5, 15.0)]
    moved = placed(ranges, -20.0)
    assert [(each.title, each.start, each.end, each.peak) for each in moved] == [
        ("b", 0.0, 20.0, 10.0), ("a", 80.0, 110.0, 90.0),
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "line"), [
    ("a\r\nb\tc", "a b c"), ("x" * 300, "x" * 199 + "…"), ("\ud800 a\x07", "a"), ("👩\u200d👧", "👩\u200d👧")
])  # fmt: skip
def test_texts_become_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


def test_times_and_names_as_people_write_them() -> None:
    assert [clock(each) for each in (0, 65.9, 3600, 90_000)] == ["0:00", "1:05", "1:00:00", "25:00:00"]
    assert [file_name(each) for each in (r"C:\a\b c.mp4", "/a/b c.mp4", "b c.mp4")] == ["b c.mp4"] * 3
