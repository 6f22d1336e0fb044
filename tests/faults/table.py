"""The table of faults: printed at the end of a run, stored as JSON and as docs/faults.md."""

import json
import os
import platform
import tempfile
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

from embedded import sync_probe

RESULT = Path(__file__).parents[1] / "benchmarks" / "results" / "faults.json"
PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
INTRODUCTION = (
    "# What faults do\n\n"
    "Written by `make test-faults` ({machine}; {disk}). Each fault was injected into the whole system during a burst "
    "of chat in one channel; afterwards every record was compared with what the simulated Twitch had sent. Lost and "
    "doubled: records of chat, moments and clips; rows wrong: minutes of counts in Postgres. Gap: time that the "
    "site reports as not read. Recovered: chat sent after the end of the fault has passed the job and is in "
    "Postgres, less than 10 s old. The page was requested once per second. The play with full sockets has capture, "
    "Twitch and Kafka only: it has no burst, and what is not part of it stays empty.\n\n"
    "The link between the machines is a pair of network interfaces, with machine A's end in a network namespace; "
    "a full disk is a separate file system without free space. A line is the last completed run of its fault: one "
    "from which the system does not recover fails the test and leaves no line. After a reader died, its 30 "
    "channels are joined again within Twitch's limit of 20 joins in 10 s: the rest of that gap is in the next "
    "line. A line that ends with \u201cmore a sync\u201d was played with each sync made to take so much longer.\n\n"
)
MORE_A_SYNC_MS = int(os.environ.get("SYNC_MS") or 0)
HEADS = {
    "fault": "fault",
    "lost": "lost",
    "doubled": "doubled",
    "moments_lost": "moments lost",
    "moments_doubled": "moments doubled",
    "clips_doubled": "clips doubled",
    "rows_wrong": "rows wrong",
    "gap_seconds": "gap s",
    "recovered_after_seconds": "recovered after s",
    "page_percent": "page %",
    "first_page_seconds": "page back s",
}


lines: list["Line"] = []  # measured in this run


@dataclass(frozen=True, kw_only=True)
class Line:
    """The effects of one fault; None: not part of that play.

    `lost`, `doubled`: records; `first_page_seconds`: None if the page never failed.
    """

    fault: str
    lost: int
    doubled: int
    moments_lost: int | None = None
    moments_doubled: int | None = None
    clips_doubled: int | None = None
    rows_wrong: int | None = None
    gap_seconds: float
    recovered_after_seconds: float | None = None
    page_percent: float | None = None
    first_page_seconds: float | None = None

    def __str__(self) -> str:
        return ", ".join(f"{name} {_shown(value)}" for name, value in asdict(self).items())

    @property
    def harm(self) -> dict[str, int]:
        """Return the counts that must be 0 and are not: lost, doubled, wrong."""
        counts = {name: value for name, value in asdict(self).items() if isinstance(value, int)}
        return {name: value for name, value in counts.items() if value}


def is_chosen(name: str) -> bool:
    """Return whether the variable FAULTS selects the fault: `all`, or comma-separated parts of names."""
    parts = [part.strip().lower() for part in os.environ.get("FAULTS", "").split(",") if part.strip()]
    return "all" in parts or any(part in name.lower() for part in parts)


def add(line: Line) -> None:
    """Add a fault's line to the table and store it."""
    lines.append(on_this_disk(line, MORE_A_SYNC_MS))
    keep(lines[-1])


def on_this_disk(line: Line, more_a_sync_ms: int) -> Line:
    """Return the line under the name that it has on a disk so much slower: a play there replaces none of here."""
    return replace(line, fault=f"{line.fault}; {more_a_sync_ms} ms more a sync") if more_a_sync_ms else line


def text(shown: list[Line]) -> str:
    """Format the table with one line per fault."""
    rows = [[HEADS[field.name] for field in fields(Line)]]
    rows += [[_shown(value) for value in asdict(line).values()] for line in shown]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        row[0].ljust(widths[0])
        + "".join("  " + cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    )


def markdown(kept: dict[str, dict[str, object]], machine: str, disk: str) -> str:
    """Format the page with every measured fault, in the order of the result."""
    names = [field.name for field in fields(Line)]
    rows = [[_shown(each.get(name)) for name in names] for each in kept.values()]
    head = [HEADS[name] for name in names]
    ruler = ["---", *("--:" for _ in names[1:])]
    return INTRODUCTION.format(machine=machine, disk=disk) + "".join(
        f"| {' | '.join(row)} |\n" for row in (head, ruler, *rows)
    )


def _shown(value: object) -> str:
    return "" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value)


def keep(line: Line, result: Path = RESULT, page: Path = PAGE) -> None:
    """Store a fault's line in the result and the page; the lines of other faults stay unchanged."""
    kept = json.loads(result.read_text())["faults"] if result.exists() else {}
    kept[line.fault] = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(line)}
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    found = sync_probe.measure(Path(tempfile.gettempdir()))
    disk = f"a sync of its disk takes {found.median_ms:.1f} ms" if found else "its disk was not measured"
    written = {"bench": "faults", "machine": machine, "disk": disk, "faults": kept}
    result.write_text(json.dumps(written, indent=2) + "\n")
    page.write_text(markdown(kept, machine, disk))
