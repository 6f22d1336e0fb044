"""A disk of its own for a part of the system: an ext4 image that can be full and can lose its power."""

import fcntl
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

from embedded.processes.waiting import wait_for

EXT4_IOC_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32), linux/ext4.h
NO_LOG_FLUSH = struct.pack("I", 2)  # neither data nor journal reach the disk any more: power is gone
LATE_COMMIT = "commit=300"  # ext4 itself writes as late as it may, so that only a sync makes durable
TOOLS = ("mkfs.ext4", "losetup", "mount", "umount")
RELEASE_SECONDS = 20.0


def why_not() -> str:
    """Why no disk can be made here; empty where one can."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "mounting a disk of its own needs root on Linux"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        return f"{', '.join(missing)} is missing: apt-get install e2fsprogs mount"
    probe = subprocess.run(["losetup", "--find"], capture_output=True, text=True, check=False)
    return "" if probe.returncode == 0 else f"no loop device is to be had: {probe.stderr.strip()}"


class Disk:
    """An ext4 file system in a sparse file, mounted at `mount`; what is written goes past the host's page cache."""

    def __init__(self, image: Path, mount: Path, megabytes: int) -> None:
        self.image, self.mount = image, mount
        with image.open("wb") as file:
            file.truncate(megabytes * 1024 * 1024)
        _run("mkfs.ext4", "-q", "-m", "0", str(image))  # no blocks kept back for root
        mount.mkdir(parents=True, exist_ok=True)
        self._device = _run("losetup", "--find", "--show", "--direct-io=on", str(image))
        self._mount()

    def _mount(self) -> None:
        _run("mount", "-o", LATE_COMMIT, self._device, str(self.mount))

    @property
    def _filler(self) -> Path:
        return self.mount / "filler"

    def fill(self) -> None:
        """Leave no block free."""
        with self._filler.open("wb") as file:
            for size in (1 << 20, 1 << 12):
                self._fill_by(file.fileno(), size)

    def _fill_by(self, descriptor: int, size: int) -> None:
        while True:
            try:
                os.posix_fallocate(descriptor, os.fstat(descriptor).st_size, size)
            except OSError:
                return

    def free(self) -> None:
        """Give the space back."""
        self._filler.unlink()

    def cut_power(self) -> None:
        """From this instant nothing reaches the disk, and what was not synced never will."""
        descriptor = os.open(self.mount, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, EXT4_IOC_SHUTDOWN, NO_LOG_FLUSH)
        finally:
            os.close(descriptor)

    def power_on(self) -> None:
        """Mount again what is on the disk; the journal is replayed. Nobody may have a file open here."""
        self._unmount()
        self._mount()

    def _unmount(self) -> None:
        wait_for(f"{self.mount} is released", self._is_unmounted, RELEASE_SECONDS, 0.2)

    def _is_unmounted(self) -> bool:
        return subprocess.run(["umount", str(self.mount)], capture_output=True, check=False).returncode == 0

    def close(self) -> None:
        """Unmount and forget it."""
        self._unmount()
        _run("losetup", "--detach", self._device)
        self.image.unlink()


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
