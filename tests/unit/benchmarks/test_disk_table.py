"""docs/scale.md shows the stored result of the disk's bench."""

import json
from pathlib import Path
from typing import Any

import pytest
from benchmarks._disk_table import BEGIN, END, markdown, of_machine, replaced

REPOSITORY = Path(__file__).resolve().parents[3]
RESULT = REPOSITORY / "tests" / "benchmarks" / "results" / "disk.json"
PAGE = REPOSITORY / "docs" / "scale.md"


def part(machine: str, syncs: float | None) -> dict[str, Any]:
    figures = {"share_of_a_core": 0.1, "written_gb_per_day": 8.4, "pss_mb": 600.0}
    return {"machine": machine, "syncs_per_second": syncs, **figures}


def row(delay: float, syncs: float | None = 20.0) -> dict[str, Any]:
    seconds = {"p50": delay, "p95": delay + 0.5}
    return {
        "parts": {"kafka": part("B", syncs), "capture": part("B", 5.0), "postgres": part("A", 2.0)},
        "seconds_from_crossing_to_kafka": seconds,
        "seconds_from_crossing_to_page": seconds,
        "changes_of_holder": 0,
    }


def test_the_page_shows_the_result() -> None:
    rows = json.loads(RESULT.read_text())["figures"]["rows"] if RESULT.exists() else {}
    table = markdown(rows) if rows else ""
    assert BEGIN + table + END in PAGE.read_text()


def test_parts_of_a_machine_are_summed() -> None:
    assert of_machine(row(3.0), "B", "syncs_per_second") == 25.0
    assert of_machine(row(3.0), "A", "written_gb_per_day") == 8.4
    assert of_machine(row(3.0, None), "B", "syncs_per_second") is None


def test_a_column_stands_for_each_speed_of_the_disk() -> None:
    table = markdown({"20 ms more": row(6.0), "5 ms more": row(3.2), "many channels": {"lost": 0}}).splitlines()
    assert table[0] == "| | 5 ms more | 20 ms more |"
    assert table[2] == "| burst to Kafka, median / p95, s | 3.2 / 3.7 | 6.0 / 6.5 |"
    assert "| syncs a second, B / A | 25 / 2 | 25 / 2 |" in table
    assert "| share of a core, B / Kafka alone | 20% / 10% | 20% / 10% |" in table


def test_only_the_table_of_the_page_is_replaced() -> None:
    page = f"before\n{BEGIN}| old |\n{END}\nafter\n"
    assert replaced(page, "| new |\n") == f"before\n{BEGIN}| new |\n{END}\nafter\n"
    with pytest.raises(ValueError, match="lacks the line"):
        replaced("no marks", "| new |\n")
