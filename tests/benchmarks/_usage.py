"""What the parts of a running system take: their processes, CPU, bytes written and memory."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import psutil
import yaml

ALWAYS = "unless-stopped"  # compose's restart policy of what is no one-shot program
JVM = "java"  # the name of a JVM's process


@dataclass(frozen=True)
class Part:
    """A program with its children; `only`: its JVM, or what is not the JVM."""

    name: str
    machine: Literal["A", "B"]
    program: str
    only: Literal["all", "jvm", "not jvm"] = "all"

    def pids(self, root: int) -> list[int]:
        """Return the process ids of the part of the program whose first process is `root`."""
        family = [psutil.Process(root), *psutil.Process(root).children(recursive=True)]
        if self.only == "all":
            return [each.pid for each in family]
        return [each.pid for each in family if (each.name() == JVM) == (self.only == "jvm")]


@dataclass(frozen=True)
class Usage:
    """What processes have taken since they started, with the children that ended."""

    cpu_seconds: float
    written_bytes: int

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.cpu_seconds + other.cpu_seconds, self.written_bytes + other.written_bytes)

    def __sub__(self, earlier: "Usage") -> "Usage":
        return Usage(self.cpu_seconds - earlier.cpu_seconds, self.written_bytes - earlier.written_bytes)


def usage(pids: Iterable[int]) -> Usage:
    """Sum the usage of processes. Written bytes are those sent towards the disk, of files and of mapped files."""
    total = Usage(0.0, 0)
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            cpu = sum(process.cpu_times()[:4])  # own and that of ended children, user and system
            total += Usage(cpu, process.io_counters().write_bytes)
    return total


def pss_mb(pids: Iterable[int]) -> float:
    """Return the proportional set size of processes, MB."""
    total = 0
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            total += psutil.Process(pid).memory_full_info().pss
    return round(total / 1e6, 1)


def limits_mb(compose: str) -> int:
    """Return the sum of the memory limits of what runs all the time, by a compose file's text."""
    services = yaml.safe_load(compose)["services"].values()
    lasting = [each["mem_limit"] for each in services if each.get("restart") == ALWAYS]
    return sum(int(limit.removesuffix("m")) for limit in lasting)
