"""How long a disk lasts that takes what the system writes: reckoned from results/disk.json.

    python3 tests/benchmarks/_card_life.py                   the table of docs/raspberry_pi.md
    python3 tests/benchmarks/_card_life.py 300               of a disk whose maker promises 300 TB written

Two bounds. At best a disk writes what it is given. At worst each sync makes it write a whole page of flash, and it
takes PAGE_KB for the least of it; cards seldom say how large theirs is.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RESULT = Path(__file__).parent / "results" / "disk.json"
ROW = "0 ms more a sync"
PAGE_KB = 16
SECONDS, DAYS, HOURS = 86_400, 365.25, 24
# What makers promise, TB written: hours of Full HD video of a 128 GB card at 26 Mbit/s, as their data sheets have it.
DISKS = {
    "SD card without a promise (32 GB, 300 times over)": 9.6,
    "SD card, high endurance (128 GB, 10,000 h)": 117.0,
    "SD card, max endurance (128 GB, 60,000 h)": 702.0,
    "SSD of 250 GB": 150.0,
}


@dataclass(frozen=True)
class Load:
    """What a machine writes."""

    gb_per_day: float
    syncs_per_second: float

    def least_tb_per_year(self) -> float:
        """Return what a disk writes at best."""
        return self.gb_per_day * DAYS / 1000

    def most_tb_per_year(self) -> float:
        """Return what it writes if each sync costs a page beside the data."""
        pages = self.syncs_per_second * SECONDS * PAGE_KB * 1024 / 1e9  # GB a day
        return (self.gb_per_day + pages) * DAYS / 1000


def loads(result: Path = RESULT) -> dict[str, Load]:
    """Return what A and B were measured to write."""
    parts = json.loads(result.read_text())["figures"]["rows"][ROW]["parts"].values()
    return {
        machine: Load(
            sum(part["written_gb_per_day"] for part in parts if part["machine"] == machine),
            sum(part["syncs_per_second"] for part in parts if part["machine"] == machine),
        )
        for machine in ("A", "B")
    }


def years(terabytes: float, load: Load) -> str:
    """Return how long a disk lasts, at worst to at best."""
    least, most = terabytes / load.most_tb_per_year(), terabytes / load.least_tb_per_year()
    return f"{least:.1f} to {most:.1f}" if least < 10 else "more than 10"


def table(disks: dict[str, float], found: dict[str, Load]) -> str:
    """Return the table as Markdown."""
    a, b = found["A"], found["B"]
    rows = [
        "| disk | TB it may be written | years as A's | years as B's |",
        "|---|--:|--:|--:|",
        *(f"| {name} | {size:g} | {years(size, a)} | {years(size, b)} |" for name, size in disks.items()),
        f"| written an hour, GB | | {a.gb_per_day / HOURS:.2f} | {b.gb_per_day / HOURS:.2f} |",
        f"| syncs an hour | | {a.syncs_per_second * 3600:,.0f} | {b.syncs_per_second * 3600:,.0f} |",
    ]
    return "\n".join(rows) + "\n"


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Print the table; return the exit code."""
    disks = {f"a disk of {size} TB": float(size) for size in arguments} or DISKS
    sys.stdout.write(table(disks, loads()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
