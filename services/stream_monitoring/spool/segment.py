"""One file of the spool: frames one after another, named by the position of its first record."""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from contracts import metrics
from service_runtime.measures import measure
from stream_monitoring.spool import frame
from stream_monitoring.spool.frame import DamagedFrameError, Frame

SUFFIX = ".segment"


def path_of(directory: Path, first: int) -> Path:
    """Return the file of the segment whose first record has this position."""
    return directory / f"{first:020d}{SUFFIX}"


def paths_in(directory: Path) -> list[Path]:
    """Return the segments, oldest first."""
    return sorted(directory.glob(f"*{SUFFIX}"))


def format_version(path: Path) -> int:
    """Return the format version of the segment's first frame, 0 where there is none."""
    with open(path, "rb") as file:
        return frame.format_version(file.read(len(frame.MAGIC)))


def first_of(path: Path) -> int:
    """Return the position of the segment's first record."""
    return int(path.name.removesuffix(SUFFIX))


def frames(path: Path) -> Iterator[tuple[int, Frame]]:
    """Yield each frame with the offset after it; raises DamagedFrameError at the first bad one."""
    with open(path, "rb") as file:
        yield from frames_of(file, 0)


def frames_of(file: BinaryIO, offset: int) -> Iterator[tuple[int, Frame]]:
    """Yield the same from byte `offset` of an open file."""
    file.seek(offset)
    while header := file.read(frame.HEADER.size):
        body = file.read(frame.body_length(header))
        found = frame.decode_frame(header, body)
        offset += found.size
        yield offset, found


def born_at(path: Path) -> float:
    """Return seconds since 1970 of the segment's first tick, or of the file's last change if it holds no frame."""
    try:
        _, first = next(frames(path))
    except (DamagedFrameError, StopIteration):
        return path.stat().st_mtime
    return first.tick_at / 1000


def offset_of(file: BinaryIO, position: int) -> int:
    """Return the byte at which the frame holding `position` starts, by headers alone; raises DamagedFrameError."""
    offset = 0
    while header := file.read(frame.HEADER.size):
        length = frame.body_length(header)
        _, _, _, count, first = frame.HEADER.unpack(header)
        if position < first + count:
            return offset
        offset += frame.HEADER.size + length
        file.seek(offset)
    return offset


def without(path: Path, keys: frozenset[bytes]) -> tuple[bytes, int]:
    """Return the segment's bytes with each record that has one of these keys emptied, and how many were.

    What follows a damaged frame cannot be read; it is dropped if the segment may hold one of the keys, and counts as 1.
    """
    raw = path.read_bytes()
    if not any(key + b"\n" in raw for key in keys):  # quick check: most segments hold none of them
        return raw, 0
    parts: list[bytes] = []
    emptied = 0
    try:
        for _, found in frames_of(BytesIO(raw), 0):
            lines, number = frame.without(found.lines, keys)
            parts += frame.encode(found.first, lines, found.count)
            emptied += number
    except DamagedFrameError:
        emptied += 1
    return b"".join(parts), emptied


def cut_torn_tail(path: Path) -> tuple[int, Frame | None, int]:
    """Cut the file after its last whole frame; return good bytes, last frame and bytes cut."""
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
    """Append a frame at `offset` and sync it; return the offset after it.

    On any OSError the file is cut back to `offset`, so that a retry finds no torn frame before it.
    """
    at = offset
    try:
        at += os.pwritev(descriptor, (header, body), at)  # without joining both in a copy
        if at - offset < len(header) + len(body):
            view = memoryview(header + body)[at - offset :]
            while view:
                written = os.pwrite(descriptor, view, at)
                view, at = view[written:], at + written
        with measure(metrics.SPOOL_SYNC_SECONDS).time():
            os.fdatasync(descriptor)
    except OSError:
        os.ftruncate(descriptor, offset)
        raise
    return at
