"""The page of the faults shows the result, and one fault's line leaves the others alone."""

import json
from pathlib import Path

from faults.table import PAGE, RESULT, Line, keep, markdown, text


def line(fault: str, well_after_seconds: float, first_page_seconds: float | None = None) -> Line:
    return Line(fault, 0, 0, 0, 0, 0, 0, 1.25, well_after_seconds, 100.0, first_page_seconds)


def test_the_page_shows_the_result() -> None:
    result = json.loads(RESULT.read_text())
    assert PAGE.read_text() == markdown(result["faults"], result["machine"])


def test_a_line_is_kept_beside_the_others(tmp_path: Path) -> None:
    result, page = tmp_path / "faults.json", tmp_path / "faults.md"
    for each in (line("flood", 3.0), line("fire", 9.0, 2.0), line("flood", 4.0)):
        keep(each, result, page)
    kept = json.loads(result.read_text())["faults"]
    assert {name: each["well_after_seconds"] for name, each in kept.items()} == {"flood": 4.0, "fire": 9.0}
    rows = [row.split(" | ") for row in page.read_text().splitlines() if row.startswith("| f")]
    assert [row[0] for row in rows] == ["| fault", "| flood", "| fire"]
    assert rows[2][-1] == "2.0 |"


def test_what_is_wrong_is_named() -> None:
    wrong = Line("flood", 0, 0, 0, 0, 0, 1, 2.5, 3.0, 100.0)
    assert wrong.harm == {"rows_wrong": 1}
    assert len(text([wrong, wrong]).splitlines()) == 3
