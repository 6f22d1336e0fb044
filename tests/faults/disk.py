"""A separate disk for a part of the system: an ext4 image that can be filled and can lose power."""

import fcntl
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

from embedded.processes.waiting import wait_for

EXT4_IOC_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32), linux/ext4.h
NO_LOG_FLUSH = struct.pack("I", 2)  # neither data nor journal reach the disk, as in a power cut
LATE_COMMIT = "commit=300"  # ext4 writes as late as possible, so that only a sync makes data durable
TOOLS = ("mkfs.ext4", "losetup", "mount", "umount")
RELEASE_SECONDS = 20.0


def why_not() -> str:
    """Return why no disk can be made here; empty if one can."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "mounting a disk needs root on Linux"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        return f"{', '.join(missing)} is missing: apt-get install e2fsprogs mount"
    probe = subprocess.run(["losetup", "--find"], capture_output=True, text=True, check=False)
    return "" if probe.returncode == 0 else f"no loop device is available: {probe.stderr.strip()}"


class Disk:
    """An ext4 file system in a sparse file, mounted at `mount`; writes bypass the host's page cache."""

    def __init__(self, image: Path, mount: Path, megabytes: int) -> None:
        self.image, self.mount = image, mount
        with image.open("wb") as file:
            file.truncate(megabytes * 1024 * 1024)
        _run("mkfs.ext4", "-q", "-m", "0", str(image))  # no blocks reserved for root
        mount.mkdir(parents=True, exist_ok=True)
        self._device = _run("losetup", "--find", "--show", "--direct-io=on", str(image))
        self._mount()

    def _mount(self) -> None:
        _run("mount", "-o", LATE_COMMIT, self._device, str(self.mount))

    @property
    def _filler(self) -> Path:
        return self.mount / "filler"

    def fill(self) -> None:
        """Fill all free blocks."""
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
        """Free the space again."""
        self._filler.unlink()

    def cut_power(self) -> None:
        """Stop all writes at once: data that is not synced is lost."""
        descriptor = os.open(self.mount, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, EXT4_IOC_SHUTDOWN, NO_LOG_FLUSH)
        finally:
            os.close(descriptor)

    def power_on(self) -> None:
        """Mount the disk again, which replays its journal. No file may be open on it."""
        self._unmount()
        self._mount()

    def _unmount(self) -> None:
        wait_for(f"{self.mount} is released", self._is_unmounted, RELEASE_SECONDS, 0.2)

    def _is_unmounted(self) -> bool:
        return subprocess.run(["umount", str(self.mount)], capture_output=True, check=False).returncode == 0

    def close(self) -> None:
        """Unmount and delete the disk."""
        self._unmount()
        _run("losetup", "--detach", self._device)
        self.image.unlink()


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
