"""Reads the machine: sysfs, debugfs, the kernel's log, mounts, vcgencmd. What is not there is left out."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from machine_health.card_errors import host_errors, number

DISK = re.compile(r"mmcblk\d+|nvme\d+n\d+|sd[a-z]+|vd[a-z]+")
LEGACY = "sys/devices/platform/soc/soc:firmware/get_throttled"  # kernels before 5.10; newer ones warn when it is read
VCGENCMD = (("vcgencmd", "get_throttled"), ("/opt/vc/bin/vcgencmd", "get_throttled"))
VCGENCMD_SECONDS = 10
RECORD_BYTES = 8192  # the kernel's own limit of a record


class Machine:
    """The files below a root folder, `/` but in tests."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def text(self, path: str) -> str:
        """Return a file's text; empty if it cannot be read."""
        try:
            return (self._root / path).read_text(errors="replace")
        except OSError:
            return ""

    def disks(self) -> set[str]:
        """Return the names of the disks; not CD drives, loops and RAM."""
        return {path.name for path in (self._root / "sys/block").glob("*") if DISK.fullmatch(path.name)}

    def disk_errors(self) -> dict[tuple[str, str], int]:
        """Return what card hosts and ext4 have counted, by disk."""
        found: dict[tuple[str, str], int] = {}
        for disk in self.disks():
            stats = self.text(f"sys/kernel/debug/{disk.replace('mmcblk', 'mmc')}/err_stats")
            if stats:
                found[disk, "card_host"] = host_errors(stats)
            counters = list((self._root / "sys/fs/ext4").glob(f"{disk}*/errors_count"))
            if counters:
                found[disk, "file_system"] = sum(number(self.text(str(path))) for path in counters)
        return found

    def throttled(self) -> str:
        """Return the firmware's answer; empty on a machine that is no Raspberry Pi."""
        for command in VCGENCMD:
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=VCGENCMD_SECONDS, check=True)
            except (OSError, subprocess.SubprocessError):
                continue
            return done.stdout
        return self.text(LEGACY)

    def kernel_log(self) -> Iterator[str]:
        """Yield the records that the kernel still has; none without the right to read them."""
        try:
            log = os.open(self._root / "dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            return
        try:
            while record := _next_record(log):
                yield record
        finally:
            os.close(log)


def _next_record(log: int) -> str:
    while True:
        try:
            return os.read(log, RECORD_BYTES).decode(errors="replace")
        except BrokenPipeError:  # the record was overwritten meanwhile: go on with the oldest there is
            continue
        except BlockingIOError:
            return ""
