"""docs/faults.md shows the stored result, and storing one fault's line keeps the others."""

import json
from dataclasses import replace
from pathlib import Path

from faults.table import PAGE, RESULT, Line, keep, markdown, on_this_disk, text


def line(fault: str, recovered_after_seconds: float, first_page_seconds: float | None = None) -> Line:
    return Line(
        fault=fault,
        lost=0,
        doubled=0,
        moments_lost=0,
        moments_doubled=0,
        clips_doubled=0,
        rows_wrong=0,
        gap_seconds=1.25,
        recovered_after_seconds=recovered_after_seconds,
        page_percent=100.0,
        first_page_seconds=first_page_seconds,
    )


def test_the_page_shows_the_result() -> None:
    result = json.loads(RESULT.read_text())
    assert PAGE.read_text() == markdown(result["faults"], result["machine"], result["disk"])


def test_a_line_is_stored_with_the_others(tmp_path: Path) -> None:
    result, page = tmp_path / "faults.json", tmp_path / "faults.md"
    for each in (line("flood", 3.0), line("fire", 9.0, 2.0), line("flood", 4.0)):
        keep(each, result, page)
    kept = json.loads(result.read_text())["faults"]
    assert {name: each["recovered_after_seconds"] for name, each in kept.items()} == {"flood": 4.0, "fire": 9.0}
    assert "a sync of its disk takes" in page.read_text()
    rows = [row.split(" | ") for row in page.read_text().splitlines() if row.startswith("| f")]
    assert [row[0] for row in rows] == ["| fault", "| flood", "| fire"]
    assert rows[2][-1] == "2.0 |"


def test_a_play_on_a_slower_disk_is_a_line_of_its_own() -> None:
    here = line("flood", 3.0)
    assert on_this_disk(here, 0) == here
    assert on_this_disk(here, 5) == replace(here, fault="flood; 5 ms more a sync")


def test_counts_that_must_be_zero_are_reported() -> None:
    wrong = replace(line("flood", 3.0), rows_wrong=1)
    assert wrong.harm == {"rows_wrong": 1}
    assert len(text([wrong, wrong]).splitlines()) == 3
