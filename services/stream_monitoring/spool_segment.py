"""One file of the spool: frames one after another, named by the position of its first record."""

import os
from collections.abc import Iterator
from pathlib import Path

from stream_monitoring import frame
from stream_monitoring.frame import DamagedFrameError, Frame

SUFFIX = ".segment"


def path_of(directory: Path, first: int) -> Path:
    """The file of the segment whose first record has this position."""
    return directory / f"{first:020d}{SUFFIX}"


def first_of(path: Path) -> int:
    """The position of the segment's first record."""
    return int(path.name.removesuffix(SUFFIX))


def frames(path: Path, offset: int = 0) -> Iterator[tuple[int, Frame]]:
    """Each frame from byte `offset` on with the offset after it; raises DamagedFrameError at the first bad one."""
    with open(path, "rb") as file:
        file.seek(offset)
        while header := file.read(frame.HEADER.size):
            body = file.read(frame.body_length(header))
            found = frame.decode_frame(header, body)
            offset += found.size
            yield offset, found


def born_at(path: Path) -> float:
    """Seconds since 1970 of the segment's first tick; of the file's last change where it holds no frame."""
    try:
        _, first = next(frames(path))
    except (DamagedFrameError, StopIteration):
        return path.stat().st_mtime
    return first.tick_at / 1000


def offset_of(path: Path, position: int) -> int:
    """The byte at which the frame holding `position` starts, by headers alone; raises DamagedFrameError."""
    offset = 0
    with open(path, "rb") as file:
        while header := file.read(frame.HEADER.size):
            length = frame.body_length(header)
            _, _, _, count, first = frame.HEADER.unpack(header)
            if position < first + count:
                return offset
            offset += frame.HEADER.size + length
            file.seek(offset)
    return offset


def cut_torn_tail(path: Path) -> tuple[int, Frame | None, int]:
    """Cut the file after its last whole frame: good bytes, last frame, bytes cut."""
    good, last = 0, None
    try:
        for good, last in frames(path):  # noqa: B007 - both outlive the loop
            pass
    except DamagedFrameError:
        pass
    size = path.stat().st_size
    if size > good:
        with open(path, "r+b") as file:
            file.truncate(good)
            os.fsync(file.fileno())
    return good, last, size - good


def write(descriptor: int, offset: int, header: bytes, body: bytes) -> int:
    """Append a frame at `offset` and sync it; returns the offset after it.

    On any OSError the file is cut back to `offset`, so that a retry finds no torn frame before it.
    """
    at = offset
    try:
        at += os.pwritev(descriptor, (header, body), at)  # without a copy of both as one
        if at - offset < len(header) + len(body):
            view = memoryview(header + body)[at - offset :]
            while view:
                written = os.pwrite(descriptor, view, at)
                view, at = view[written:], at + written
        os.fdatasync(descriptor)
    except OSError:
        os.ftruncate(descriptor, offset)
        raise
    return at
