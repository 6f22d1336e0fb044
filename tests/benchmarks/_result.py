"""Keeps a bench's figures in results/, with the machine, its disk, and the time they were taken."""

import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from embedded import sync_probe

RESULTS = Path(__file__).parent / "results"


def disk() -> str:
    """Return how fast the disk of the temporary folder syncs: benches and tests keep their servers there."""
    return str(sync_probe.measure(Path(tempfile.gettempdir())) or "not measured")


def write_result(bench: str, figures: Mapping[str, object]) -> None:
    """Write results/BENCH.json and print it."""
    result = {
        "bench": bench,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "disk": disk(),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "figures": figures,
    }
    text = json.dumps(result, indent=2) + "\n"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{bench}.json").write_text(text)
    sys.stdout.write(text)
