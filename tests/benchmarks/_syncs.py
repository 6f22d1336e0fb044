"""Counts the syncs of processes: by the shim that SLOW_SYNC names, or by the kernel.

SLOW_SYNC is a C source, or a folder with `slow_sync.c`, of a library for LD_PRELOAD that makes each fsync, fdatasync
and synchronous msync take SLOW_SYNC_MS longer and appends the process id as a line to SLOW_SYNC_LOG.
"""

import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

SOURCE = os.environ.get("SLOW_SYNC", "")
PARTS = Mapping[str, list[int]]  # the process ids of each part of the system
LATER = "processes that started later"
MACHINE = "the whole machine"
PERF_EVENTS = ("sys_enter_fsync", "sys_enter_fdatasync", "sys_enter_msync")
SYNCHRONOUS = "flags & 4"  # MS_SYNC of sys/mman.h: the only msync that waits for the disk
NEVER_RAN = "<not counted>"  # the processes slept all the time
PERF_START_SECONDS = 1.0  # until it has attached to some hundred threads
MAJOR, MINOR, FLUSHES = 0, 1, 18  # columns of /proc/diskstats, see Documentation/admin-guide/iostats.rst


class SyncCounter(Protocol):
    """Counts between start and stop. `name` says how."""

    name: str

    def start(self, parts: PARTS) -> None:
        """Begin to count."""

    def stop(self) -> dict[str, int]:
        """Return the syncs of each part since the start."""


class SlowDisk:
    """The shim, built into a folder; each sync of a process with its `environment` takes longer and is counted."""

    def __init__(self, folder: Path, pause_ms: int, source: str = SOURCE) -> None:
        """Raise FileNotFoundError if there is no such source or no C compiler, CalledProcessError if it fails."""
        given = Path(source)
        file = given / "slow_sync.c" if given.is_dir() else given
        library = folder / "slow_sync.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(file), "-ldl"], check=True)
        self.log = folder / "syncs"
        self.log.touch()
        self.log.chmod(0o666)  # Postgres runs as another user
        folder.chmod(0o755)
        self.environment = {
            "LD_PRELOAD": str(library),
            "SLOW_SYNC_MS": str(pause_ms),
            "SLOW_SYNC_LOG": str(self.log),
        }


class ShimCounter:
    """Counts the lines that the shim writes."""

    name = "the shim that SLOW_SYNC names"

    def __init__(self, disk: SlowDisk) -> None:
        self._log = disk.log
        self._parts: PARTS = {}
        self._begin = 0

    def start(self, parts: PARTS) -> None:
        """Begin at the log's present end."""
        self._parts, self._begin = parts, self._log.stat().st_size

    def stop(self) -> dict[str, int]:
        """Count the lines since then."""
        with self._log.open("rb") as file:
            file.seek(self._begin)
            return by_part(file.read().splitlines(), self._parts)


class PerfCounter:
    """Counts the system calls of each part's processes by the kernel's trace points, by `perf stat`."""

    name = "the kernel's trace points (perf)"

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[str]] = {}

    def start(self, parts: PARTS) -> None:
        """Attach a `perf` to each part."""
        for part, pids in parts.items():
            command = perf_command(pids)
            self._running[part] = subprocess.Popen(
                command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
            )
        time.sleep(PERF_START_SECONDS)

    def stop(self) -> dict[str, int]:
        """End them and read their counts."""
        for process in self._running.values():
            process.send_signal(signal.SIGINT)
        return {part: perf_count(process.communicate()[1]) for part, process in self._running.items()}


class FlushCounter:
    """Counts the flushes that the disk completed: those of all processes, several syncs sometimes in one."""

    name = "the disk's completed flushes (/proc/diskstats), of the whole machine"

    def __init__(self, device: int, diskstats: Callable[[], str] = Path("/proc/diskstats").read_text) -> None:
        self._device = device
        self._diskstats = diskstats
        self._before = 0

    def start(self, parts: PARTS) -> None:
        """Note the count."""
        self._before = self._count()

    def stop(self) -> dict[str, int]:
        """Return the difference."""
        return {MACHINE: self._count() - self._before}

    def _count(self) -> int:
        return flushes(self._diskstats(), self._device) or 0


def by_part(lines: Iterable[bytes], parts: PARTS) -> dict[str, int]:
    """Count lines, each a process id, for each part."""
    part_of = {pid: part for part, pids in parts.items() for pid in pids}
    counts = Counter(dict.fromkeys(parts, 0))
    counts.update(part_of.get(int(line), LATER) for line in lines if line.isdigit())
    return dict(counts)


def perf_command(pids: Iterable[int]) -> list[str]:
    """Return the command that counts the syncs of these processes until SIGINT."""
    events = [word for event in PERF_EVENTS for word in ("-e", f"syscalls:{event}")]
    return ["perf", "stat", "-x,", *events, "--filter", SYNCHRONOUS, "-p", ",".join(map(str, pids))]


def perf_count(text: str) -> int:
    """Return the sum of the counts that `perf stat -x,` printed. Raises RuntimeError if an event is missing."""
    counts = [line.split(",")[0] for line in text.splitlines() if "syscalls:" in line]
    if len(counts) != len(PERF_EVENTS):
        raise RuntimeError(f"perf did not count: {text.strip()}")
    return sum(0 if count == NEVER_RAN else int(count) for count in counts)


def flushes(diskstats: str, device: int) -> int | None:
    """Return the completed flushes of a disk, None if the kernel does not know it or is older than 5.5."""
    for row in map(str.split, diskstats.splitlines()):
        if (int(row[MAJOR]), int(row[MINOR])) == (os.major(device), os.minor(device)):
            return int(row[FLUSHES]) if len(row) > FLUSHES else None
    return None


def perf_works() -> bool:
    """Return whether `perf` may read the trace points here: usually only root may."""
    if shutil.which("perf") is None:
        return False
    trial = ["perf", "stat", "-x,", "-e", f"syscalls:{PERF_EVENTS[0]}", "true"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


def choose_counter(disk: SlowDisk | None, folder: Path) -> SyncCounter | None:
    """Return the best counter of this machine for processes whose data is in `folder`; None if there is none."""
    if disk is not None:
        return ShimCounter(disk)
    if perf_works():
        return PerfCounter()
    device = folder.stat().st_dev
    known = flushes(Path("/proc/diskstats").read_text(), device) is not None
    return FlushCounter(device) if known else None
