"""The notes that Postgres does not have yet: in memory, and on the disk while Postgres is away."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import structlog

from contracts.uptime import Noted, Part, UptimeState
from service_runtime.files import replace_durably

log = structlog.get_logger()
MOST_WAITING = 2_000  # notes; the oldest are dropped, so that a database that is away for months cannot fill memory
Key = tuple[Part, UptimeState, int]


class WaitingNotes:
    """The notes by part, state and beginning, each with its latest end."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._waiting: dict[Key, Noted] = {}
        self._write_failed = False
        self._is_on_disk = file.exists()
        self.add(self._read())

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, notes: Iterable[Noted]) -> None:
        """Take notes; of those with the same beginning the latest end counts."""
        for note in notes:
            key = (note.part, note.state, note.from_at)
            known = self._waiting.get(key)
            if known is None or known.until_at < note.until_at:
                self._waiting[key] = note
        while len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]

    def all(self) -> list[Noted]:
        """Return what waits."""
        return list(self._waiting.values())

    def stored(self, notes: Iterable[Noted]) -> None:
        """Forget what Postgres has by now, on the disk too."""
        for note in notes:
            key = (note.part, note.state, note.from_at)
            if self._waiting.get(key) == note:
                del self._waiting[key]
        if self._is_on_disk and not self._waiting:
            self._file.unlink(missing_ok=True)
            self._is_on_disk = False

    def write(self) -> None:
        """Keep what waits on the disk, durably: it may be all that is known of an outage."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            replace_durably(self._file, msgspec.json.encode(self.all()))
            self._is_on_disk, self._write_failed = True, False
        except OSError as error:
            if not self._write_failed:
                log.error("notes of uptime cannot be kept on the disk; a restart loses them", reason=str(error))
            self._write_failed = True

    def _read(self) -> list[Noted]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=list[Noted])
        except FileNotFoundError:
            return []
        except (OSError, msgspec.DecodeError) as error:
            log.error("notes of uptime are unreadable; what they said stays unknown", reason=str(error))
            return []
