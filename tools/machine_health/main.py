"""Writes the machine's health into FOLDER as metrics for node_exporter's textfile collector; each minute, as root.

The folder is in memory (/run): the file is gone after a reboot like the kernel's own counters, and no card wears out.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from machine_health.exposition import Health, text
from machine_health.kernel_log import Counts, count
from machine_health.machine import Machine
from machine_health.mounts import read_only
from machine_health.throttled import decode

METRICS, STATE = "stream_scout_machine.prom", "stream_scout_machine.json"
READABLE = 0o644  # node_exporter runs as nobody


def look(machine: Machine, before: Counts) -> tuple[Health, Counts]:
    """Return the machine's health, and what was counted up to now."""
    disks = machine.disks()
    counts = count(before, machine.kernel_log(), disks)
    # Zero is said as well: Prometheus sees no rise in a series that begins with its first error.
    logged = {(disk, "kernel_log"): counts.storage.get(disk, 0) for disk in disks}
    health = Health(
        throttled=decode(machine.throttled()),
        disk_errors=machine.disk_errors() | logged,
        read_only=read_only(machine.text("etc/fstab"), machine.text("proc/1/mounts")),
        under_voltage=counts.under_voltage,
    )
    return health, counts


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Look once and write; return the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m machine_health", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("/run"))
    parser.add_argument("--root", type=Path, default=Path("/"), help="read the machine below this folder, for tests")
    chosen = parser.parse_args(arguments)
    try:
        health, counts = look(Machine(chosen.root), _counted(chosen.folder / STATE))
        _write(chosen.folder / STATE, json.dumps(asdict(counts)))
        _write(chosen.folder / METRICS, text(health))
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}. Run it as root: infrastructure/machine_health.sh run\n")
        return 1
    return 0


def _counted(file: Path) -> Counts:
    try:
        known = json.loads(file.read_text())
        return Counts(int(known["next"]), dict(known["storage"]), int(known["under_voltage"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Counts()  # the first look since boot


def _write(file: Path, content: str) -> None:
    """Exchange a file as a whole: node_exporter may read at any time."""
    new = file.with_suffix(".new")
    new.write_text(content)
    os.chmod(new, READABLE)
    new.replace(file)
