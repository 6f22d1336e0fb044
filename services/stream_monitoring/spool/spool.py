"""This instance's own log on disk: every record is synced here before it goes anywhere else."""

import os
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import structlog

from contracts.chat_messages import FORMAT_VERSION
from service_runtime.files import replace_durably, sync_path
from stream_monitoring.spool import frame, segment
from stream_monitoring.spool.frame import DamagedFrameError, Frame

log = structlog.get_logger()

ID_FILE = "spool_id"
COVERED_FILE = "covered.json"  # the channels that were read, see `capture.coverage`


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    """When a segment is full, and when segments are deleted, oldest first."""

    segment_bytes: int = 16 * 1024 * 1024
    max_bytes: int = 4 * 1024 * 1024 * 1024
    max_age_seconds: float = 48 * 3600.0  # chat texts are deleted after 48 h
    segment_age_seconds: float = 3600.0  # at little traffic too, so that old texts are deleted on time


class DeletedSegment(NamedTuple):
    """`first`: position of its first record. `after`: the position that follows it."""

    first: int
    after: int
    bytes: int


def load_or_make_id(directory: Path) -> str:
    """Return the spool's permanent id."""
    path = directory / ID_FILE
    if path.exists() and (known := path.read_text().strip()):
        return known
    spool_id = secrets.token_hex(8)
    replace_durably(path, spool_id.encode())
    return spool_id


class SpoolFormatError(Exception):
    """Another version has written the spool; the text says what to do."""


def check_format(directory: Path) -> None:
    """Raise SpoolFormatError where a segment is of another format: its records are never mixed with ours."""
    found = {segment.format_version(path) for path in segment.paths_in(directory)} - {0, FORMAT_VERSION}
    if found:
        raise SpoolFormatError(
            f"SPOOL_DIRECTORY: {directory} was written by another version of Stream Scout "
            f"(format {max(found)}, this one writes {FORMAT_VERSION}): start that version (DEPLOYMENT.md, Updates)"
        )


class Spool:
    """One writer, any number of readers in other threads. A frame is visible to readers once it is synced."""

    def __init__(self, directory: Path, limits: SpoolLimits) -> None:
        """Open the spool and cut a torn tail. Raises OSError if the directory cannot be used, SpoolFormatError."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        check_format(directory)
        self.directory = directory
        self.limits = limits
        self.spool_id = load_or_make_id(directory)
        self.cut_bytes = 0
        self._lock = threading.Lock()
        self._sizes: dict[int, int] = {}  # of the segments, by the position of their first record; as the next two
        self._born_at: dict[int, float] = {}
        self._first_ticks: dict[int, int] = {}
        self._descriptor: int | None = None
        self.last: Frame | None = None
        self.end = 0
        self._recover()

    def _recover(self) -> None:
        for part in self.directory.glob(f".*{segment.SUFFIX}.*"):
            part.unlink()  # a crash interrupted the replacement of a segment
        for path in sorted(self.directory.glob(f"*{segment.SUFFIX}")):
            self._sizes[segment.first_of(path)] = path.stat().st_size
            self._born_at[segment.first_of(path)] = born_at = segment.born_at(path)
            self._first_ticks[segment.first_of(path)] = int(born_at * 1000)
        for first in sorted(self._sizes, reverse=True):
            good, last, cut = segment.cut_torn_tail(segment.path_of(self.directory, first))
            self.cut_bytes += cut
            self._sizes[first] = good
            self.end = max(self.end, first)
            if last is not None:
                self.last, self.end = last, max(self.end, last.end)
                break
        if self.cut_bytes:
            log.warning("spool: torn tail cut", bytes=self.cut_bytes, end=self.end)

    @property
    def first(self) -> int:
        """The position of the oldest record that is still here."""
        with self._lock:
            return min(self._sizes, default=self.end)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        with self._lock:
            return sum(self._sizes.values())

    def bytes_from(self, position: int) -> int:
        """Return the bytes of the segments that hold `position` and later ones."""
        with self._lock:
            firsts = sorted(self._sizes)
            ends = [*firsts[1:], self.end]  # one more than there are segments in an empty spool
            return sum(self._sizes[first] for first, end in zip(firsts, ends, strict=False) if end > position)

    def append(self, parts: list[bytes], tick_at: int, count: int | None = None) -> Frame:
        """Write one frame and sync it; each part is one or several lines, the last line is the tick.

        `count`: of the records, if known. Raises OSError (a full disk); nothing is changed then, try again.
        """
        first = self.end
        count = frame.records_in(parts) if count is None else count
        header, body = frame.encode(first, parts, count)
        newest = self._segment_for_writing()
        offset = self._sizes[newest]
        assert self._descriptor is not None
        after = segment.write(self._descriptor, offset, header, body)
        written = Frame(first, body, count, tick_at)
        with self._lock:
            self._sizes[newest] = after
            self._first_ticks.setdefault(newest, tick_at)
            self.end = written.end
            self.last = written
        return written

    def _segment_for_writing(self) -> int:
        newest = max(self._sizes, default=None)
        if newest is None or (self._sizes[newest] and self._is_full(newest)):
            newest = self._begin_segment()
        if self._descriptor is None:
            self._descriptor = os.open(segment.path_of(self.directory, newest), os.O_WRONLY)
        return newest

    def _is_full(self, first: int) -> bool:
        too_old = time.time() - self._born_at[first] > self.limits.segment_age_seconds
        return too_old or self._sizes[first] >= self.limits.segment_bytes

    def _begin_segment(self) -> int:
        path = segment.path_of(self.directory, self.end)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        sync_path(self.directory)
        self.close()
        self._descriptor = descriptor
        with self._lock:
            self._sizes[self.end] = 0
            self._born_at[self.end] = time.time()
        return self.end

    def frames(self, position: int) -> Iterator[Frame]:
        """Yield the frames from the one that holds `position` up to the present end, from disk.

        A damaged frame hides the rest of its segment; the skipped bytes are logged.
        """
        end = self.end
        with self._lock:
            firsts = sorted(self._sizes)
        for index, first in enumerate(firsts):
            following = firsts[index + 1] if index + 1 < len(firsts) else end
            if following > position and first < end:
                yield from self._segment_frames(first, max(position, first), end)

    def _segment_frames(self, first: int, position: int, end: int) -> Iterator[Frame]:
        path = segment.path_of(self.directory, first)
        offset = 0
        try:
            with open(path, "rb") as file:  # once: another file may replace the segment meanwhile
                offset = segment.offset_of(file, position)
                for after, found in segment.frames_of(file, offset):
                    if found.first >= end:
                        return
                    yield found
                    offset = after
        except FileNotFoundError:
            log.warning("spool: segment was deleted while it was read", segment=path.name)
        except DamagedFrameError as error:
            lost = path.stat().st_size - offset
            log.error(
                "spool: damaged frame, rest of the segment skipped", segment=path.name, bytes=lost, why=str(error)
            )

    def prune(self, now: float) -> list[DeletedSegment]:
        """Delete old segments by age and size. `now`: seconds since 1970."""
        deleted = []
        while (oldest := self._to_delete(now)) is not None:
            segment.path_of(self.directory, oldest).unlink(missing_ok=True)
            with self._lock:
                size = self._sizes.pop(oldest)
                self._born_at.pop(oldest)
                self._first_ticks.pop(oldest, None)
                deleted.append(DeletedSegment(oldest, min(self._sizes, default=self.end), size))
        return deleted

    def segment_starts(self) -> list[int]:
        """Return the position of each segment's first record, oldest first."""
        with self._lock:
            return sorted(self._sizes)

    def erase(self, first: int, keys: frozenset[bytes]) -> int:
        """Replace each record with one of these keys in a segment by an empty one; return how many there were.

        For the writer's thread. A crash leaves the old file or the new one. Raises OSError; nothing is changed then.
        """
        if first not in self._sizes:
            return 0  # deleted by age or size
        path = segment.path_of(self.directory, first)
        kept, erased = segment.without(path, keys)
        if erased:
            if first == max(self._sizes):
                self.close()  # the next frame goes into the new file
            replace_durably(path, kept)
            with self._lock:
                self._sizes[first] = len(kept)
        return erased

    def position_before(self, event_time: int) -> int:
        """Return the newest segment start before which no record is later than `event_time` (milliseconds)."""
        with self._lock:
            earlier = [first for first, tick_at in self._first_ticks.items() if tick_at <= event_time]
        return max(earlier, default=self.first)

    def _to_delete(self, now: float) -> int | None:
        with self._lock:
            firsts = sorted(self._sizes)
            if len(firsts) < 2:
                return None
            too_much = sum(self._sizes.values()) > self.limits.max_bytes
            too_old = now - self._born_at[firsts[0]] > self.limits.max_age_seconds
            return firsts[0] if too_much or too_old else None

    def close(self) -> None:
        """Close the file that is written to."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
