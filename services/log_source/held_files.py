"""The log files of all containers, each held open: what Docker rotates out or deletes can still be read to its end."""

import json
import os
import re
import threading
import zlib

from log_source.container import ID_IN_FULL, Container, container_of

LOG = re.compile(r"[0-9a-f]{64}-json\.log(\.\d+)?")
LONGEST_RECORD = 1 << 20  # bytes; Docker splits lines at 16 kB, which JSON makes six times as long at most
MOST_DELETED = 256 << 20  # bytes of deleted files that are held while nobody reads them
FileId = tuple[int, int]  # device and inode


class HeldFile:
    """An open log file. `name` never changes: the time of its first record, as Docker wrote it.

    `current`: Docker may still write to it. `done`: the collector needs it no more. `seen`: its bytes at the last look.
    """

    __slots__ = ("container", "current", "deleted", "descriptor", "done", "name", "seen")

    def __init__(self, descriptor: int, container: Container, name: str) -> None:
        self.descriptor, self.container, self.name = descriptor, container, name
        self.current, self.deleted, self.done, self.seen = True, False, False, 0

    def size(self) -> int:
        """Return its bytes so far."""
        return os.fstat(self.descriptor).st_size


def first_name(descriptor: int) -> str | None:
    """Return what a file is called by its first record; None while that is not complete.

    A first record that a power cut made unreadable is named by its checksum.
    """
    head = os.pread(descriptor, LONGEST_RECORD, 0)
    line, end, _ = head.partition(b"\n")
    if not end and len(head) < LONGEST_RECORD:
        return None
    try:
        return str(json.loads(line.lstrip(b"\0"))["time"])
    except (ValueError, KeyError, TypeError):
        return f"unreadable-{zlib.crc32(line):08x}"


class HeldFiles:
    """What `scan` finds in Docker's folder; safe to use from several threads."""

    def __init__(self, folder: str, most_deleted: int = MOST_DELETED) -> None:
        self._folder, self._most_deleted = folder, most_deleted
        self._held: dict[FileId, HeldFile] = {}
        self._containers: dict[str, Container] = {}
        self._lock = threading.Lock()

    def scan(self) -> None:
        """Open what is new, notice what was rotated or deleted, and let go of what nobody needs."""
        with self._lock:
            found: set[FileId] = set()
            for folder in self._folders():
                found |= self._scan_container(folder)
            for identity, file in self._held.items():
                if identity not in found:
                    file.deleted, file.current = True, False
            self._let_go()

    def _folders(self) -> list[str]:
        with os.scandir(self._folder) as entries:
            return [entry.path for entry in entries if len(entry.name) == ID_IN_FULL]

    def _scan_container(self, folder: str) -> set[FileId]:
        found: set[FileId] = set()
        try:
            names = [name for name in os.listdir(folder) if LOG.fullmatch(name)]
        except OSError:  # removed at this moment
            return found
        for name in names:
            try:
                status = os.stat(f"{folder}/{name}")
            except OSError:
                continue
            identity = (status.st_dev, status.st_ino)
            if identity in self._held and status.st_size < self._held[identity].seen:  # emptied by hand: a new file
                os.close(self._held.pop(identity).descriptor)
            if identity not in self._held:
                self._open(folder, name)
            if identity in self._held:
                found.add(identity)
                self._held[identity].current, self._held[identity].seen = name.endswith(".log"), status.st_size
        return found

    def _open(self, folder: str, name: str) -> None:
        try:
            descriptor = os.open(f"{folder}/{name}", os.O_RDONLY)
        except OSError:
            return
        status = os.fstat(descriptor)
        first = first_name(descriptor)
        identity = (status.st_dev, status.st_ino)
        if first is None or identity in self._held:  # rotated between the two looks
            os.close(descriptor)
            return
        if folder not in self._containers:
            self._containers[folder] = container_of(folder)
        self._held[identity] = HeldFile(descriptor, self._containers[folder], first)

    def _let_go(self) -> None:
        deleted = sorted(
            ((identity, file) for identity, file in self._held.items() if file.deleted), key=lambda each: each[1].name
        )
        held = sum(file.size() for _, file in deleted)
        for identity, file in deleted:
            size = file.size()
            if file.done or held > self._most_deleted:
                held -= size
                os.close(file.descriptor)
                del self._held[identity]
        left = {file.container.id for file in self._held.values()}
        for folder in [folder for folder, container in self._containers.items() if container.id not in left]:
            del self._containers[folder]

    def listing(self) -> list[dict[str, object]]:
        """Return all files, the oldest of each container first."""
        with self._lock:
            files = sorted(self._held.values(), key=lambda file: (file.container, file.name))
            return [
                {
                    **file.container._asdict(),
                    "file": file.name,
                    "size": file.size(),
                    "current": file.current,
                    "deleted": file.deleted,
                }
                for file in files
            ]

    def read(self, container: str, name: str, offset: int, limit: int) -> bytes | None:
        """Return bytes of a file; None if it is not held (any more)."""
        with self._lock:
            file = self._find(container, name)
            return os.pread(file.descriptor, limit, offset) if file else None

    def done(self, container: str, name: str) -> bool:
        """Note that a file is not needed any more, once it is deleted; return whether it is held."""
        with self._lock:
            file = self._find(container, name)
            if file:
                file.done = True
            return file is not None

    def _find(self, container: str, name: str) -> HeldFile | None:
        for file in self._held.values():
            if file.container.id == container and file.name == name:
                return file
        return None
