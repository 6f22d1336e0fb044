"""Measures how long a disk takes to sync: `python3 sync_probe.py FOLDER`. Uses only the standard library.

Both preflights run it, the deployment's with the machine's own Python. It takes two seconds at most, but for a disk
that answers a single sync later.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

BLOCK_BYTES = 4096
MOST_SYNCS = 50
MOST_SECONDS = 2.0
FIO_SECONDS = 10.0  # until a fio that hangs is ended
SLOW_MS = 20.0  # what an SD card or a busy hard disk takes; an SSD takes 0.1 to 5
MEANING = (
    "Nothing is lost, but moments come seconds later than on an SSD, which is enough (0.1 to 5 ms a sync). "
    "An SD card or a busy hard disk is not."
)
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class SyncTime:
    """Milliseconds that a sync of the disk of `folder` takes."""

    folder: Path
    median_ms: float
    p95_ms: float

    def __str__(self) -> str:
        return f"A sync of the disk of {self.folder} takes {self.median_ms:.1f} ms, one in 20 {self.p95_ms:.1f} ms"

    @property
    def is_slow(self) -> bool:
        """Whether moments come later because of it."""
        return self.median_ms > SLOW_MS


def measure(folder: Path) -> SyncTime | None:
    """Measure with fio if it is installed, else with some writes of our own; None if neither can write there."""
    existing = existing_folder(folder)
    found = by_fio(existing) if shutil.which("fio") else None
    return found or by_writing(existing)


def existing_folder(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists: it will lie on the same disk."""
    folder = folder.resolve()
    while not folder.is_dir():
        folder = folder.parent
    return folder


def by_writing(
    folder: Path, sync: Callable[[int], None] = os.fdatasync, clock: Callable[[], float] = time.perf_counter
) -> SyncTime | None:
    """Write blocks to an unnamed file, one sync after each."""
    taken: list[float] = []
    began = clock()
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            while len(taken) < MOST_SYNCS and clock() - began < MOST_SECONDS:
                file.write(bytes(BLOCK_BYTES))
                before = clock()
                sync(file.fileno())
                taken.append((clock() - before) * 1000)
    except OSError:
        return None
    return SyncTime(folder, statistics.median(taken), percentile(taken, 0.95))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the values lie, by nearest rank."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def by_fio(folder: Path, run: Run = subprocess.run) -> SyncTime | None:
    """Let fio do the same; None if it fails or prints something else."""
    try:
        with tempfile.TemporaryDirectory(dir=folder) as directory:
            done = run(
                fio_command(directory), capture_output=True, text=True, timeout=FIO_SECONDS, check=True, cwd=directory
            )
        shares = json.loads(done.stdout)["jobs"][0]["sync"]["lat_ns"]["percentile"]
        return SyncTime(folder, shares["50.000000"] / 1e6, shares["95.000000"] / 1e6)
    except (OSError, subprocess.SubprocessError, ValueError, LookupError, TypeError):
        return None


def fio_command(directory: str) -> list[str]:
    """Return the command that prints JSON with the time of each fdatasync."""
    size = BLOCK_BYTES * (MOST_SYNCS + 1)
    return [
        "fio",
        "--name=sync",
        f"--directory={directory}",
        "--ioengine=psync",
        "--rw=write",
        f"--bs={BLOCK_BYTES}",
        f"--size={size}",
        f"--runtime={MOST_SECONDS:.0f}",
        "--fdatasync=1",
        "--output-format=json",
    ]


def warning(found: SyncTime | None) -> str | None:
    """Return what a slow disk means for the operator; None if it is fast enough or was not measured."""
    return f"{found}. {MEANING}" if found and found.is_slow else None


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Print what a sync takes, and on a second line what that means if it is long; then return 1.

    Returns 2 if it cannot be measured.
    """
    folder = Path(arguments[0] if arguments else ".")
    found = measure(folder)
    if found is None:
        sys.stdout.write(f"{folder} cannot be written, so its disk was not measured\n")
        return 2
    sys.stdout.write(f"{found}\n{MEANING}\n" if found.is_slow else f"{found}\n")
    return 1 if found.is_slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
