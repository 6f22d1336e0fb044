"""The table of faults: one line for each, printed at the end of a run and kept as JSON beside the other results."""

import json
import os
import platform
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

RESULT = Path(__file__).parents[1] / "benchmarks" / "results" / "faults.json"
PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
INTRODUCTION = (
    "# What faults do\n\n"
    "Written by `make test-faults` ({machine}). Each fault was played on the whole system while a crowd erupted in a "
    "channel; afterwards every record was counted against what the simulated Twitch had said. Lost and doubled are "
    "records of chat, moments, clips and minutes of counts in Postgres. A gap is time of which the site says that "
    "nobody read. Well: chat said after the fault has passed the job and is in Postgres, less than 10 s old. The page "
    "was asked for once a second.\n\n"
    "The link between the machines is a pair of interfaces with machine A's end in a network namespace; a full disk is "
    "a file system of its own that is full. A line is the last play that came to its end: one that the system does not "
    "recover from fails the run and leaves no line. After a reader has died its 30 channels are joined again within "
    "Twitch's limit, 20 in 10 s: the rest of that gap stands in the next line.\n\n"
)
HEADS = {
    "fault": "fault",
    "lost": "lost",
    "doubled": "doubled",
    "moments_lost": "moments lost",
    "moments_doubled": "moments doubled",
    "clips_doubled": "clips doubled",
    "rows_wrong": "rows wrong",
    "gap_seconds": "gap s",
    "well_after_seconds": "well after s",
    "page_percent": "page %",
    "first_page_seconds": "page back s",
}


lines: list["Line"] = []  # of this run


@dataclass(frozen=True)
class Line:
    """What one fault did. `lost`, `doubled`: records; `first_page_seconds`: None where the page never failed."""

    fault: str
    lost: int
    doubled: int
    moments_lost: int
    moments_doubled: int
    clips_doubled: int
    rows_wrong: int
    gap_seconds: float
    well_after_seconds: float
    page_percent: float
    first_page_seconds: float | None = None

    def __str__(self) -> str:
        return ", ".join(f"{name} {_shown(value)}" for name, value in asdict(self).items())

    @property
    def harm(self) -> dict[str, int]:
        """What must not be: every count of lost, doubled and wrong that is not 0."""
        counts = {name: value for name, value in asdict(self).items() if isinstance(value, int)}
        return {name: value for name, value in counts.items() if value}


def is_chosen(name: str) -> bool:
    """Whether the variable FAULTS names the fault: `all`, or parts of names with commas between."""
    parts = [part.strip().lower() for part in os.environ.get("FAULTS", "").split(",") if part.strip()]
    return "all" in parts or any(part in name.lower() for part in parts)


def add(line: Line) -> None:
    """Put a fault's line into the table and the result."""
    lines.append(line)
    keep(line)


def text(shown: list[Line]) -> str:
    """The table, one line a fault."""
    rows = [[HEADS[field.name] for field in fields(Line)]]
    rows += [[_shown(value) for value in asdict(line).values()] for line in shown]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        row[0].ljust(widths[0])
        + "".join("  " + cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    )


def markdown(kept: dict[str, dict[str, object]], machine: str) -> str:
    """The page: every fault that was ever measured, in the order of the result."""
    names = [field.name for field in fields(Line)]
    rows = [[_shown(each.get(name)) for name in names] for each in kept.values()]
    head = [HEADS[name] for name in names]
    ruler = ["---", *("--:" for _ in names[1:])]
    return INTRODUCTION.format(machine=machine) + "".join(f"| {' | '.join(row)} |\n" for row in (head, ruler, *rows))


def _shown(value: object) -> str:
    return "" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value)


def keep(line: Line, result: Path = RESULT, page: Path = PAGE) -> None:
    """Write a fault's line into the result and its page; lines of other faults stay as they were measured."""
    kept = json.loads(result.read_text())["faults"] if result.exists() else {}
    kept[line.fault] = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(line)}
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    result.write_text(json.dumps({"bench": "faults", "machine": machine, "faults": kept}, indent=2) + "\n")
    page.write_text(markdown(kept, machine))
