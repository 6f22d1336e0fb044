"""The table of the Discord bot's faults: printed at the end of a run, and stored as JSON."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULT = Path(__file__).parents[1] / "benchmarks" / "results" / "discord_faults.json"
HEADS = ("fault", "notices", "lost", "doubled", "unknown", "told after s")

lines: list["Line"] = []  # measured in this run


@dataclass(frozen=True, kw_only=True)
class Line:
    """The effects of one fault. `unknown`: neither sent again nor found, because the text channel cannot be read.

    `told_after_seconds`: from the end of the fault, or the last stream's begin if that is later, until every server
    is told.
    """

    fault: str
    notices: int
    lost: int
    doubled: int
    unknown: int
    told_after_seconds: float


def add(line: Line) -> None:
    """Add a fault's line to the table and store it; the lines of other faults stay unchanged."""
    lines.append(line)
    kept = json.loads(RESULT.read_text())["faults"] if RESULT.exists() else {}
    kept[line.fault] = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(line)}
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    RESULT.write_text(json.dumps({"bench": "discord_faults", "machine": machine, "faults": kept}, indent=2) + "\n")


def text() -> str:
    """Format the lines of this run."""
    rows = [HEADS, *(tuple(str(value) for value in asdict(line).values()) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    return "\n".join(
        row[0].ljust(widths[0])
        + "".join("  " + cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    )
