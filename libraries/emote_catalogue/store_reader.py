"""The store of versions, read by another program than the one that keeps it: read-only, and never an error.

A change comes into force `SETTLE_MS` after it is stored, and is found here well before that. So the same question has
the same answer here, in the program that keeps the store, and in every later run.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from emote_catalogue.lookup import FOREVER, Names, NamesMemory, SharedStrings
from emote_catalogue.versions import SCHEMA_VERSION, queries, read_names

LOOK_SECONDS = 1.0  # between two looks whether the store has changed; far below SETTLE_MS
BUSY_SECONDS = 0.05  # that a locked file is waited for, once between two looks
KEPT = 64  # channels with a period each: only those with an open moment are asked about
NOTHING = Names({}, (), FOREVER)
# What a file can do that is missing, locked, corrupt, of another release or no database at all.
FAULTS = (sqlite3.Error, OSError, LookupError, TypeError, ValueError)


class Opened(NamedTuple):
    """Which file is open. `written_at`: when it was written if nobody writes to it, else None."""

    device: int
    inode: int
    written_at: int | None


class StoreReader:
    """Answers as `Versions` does, and with no emotes while the file cannot be read.

    `report` is called with whether it can, at the first look and whenever that changes.
    """

    def __init__(
        self,
        path: Path,
        report: Callable[[bool], object] = bool,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path, self._report, self._monotonic = path, report, monotonic
        self._log = path.with_name(f"{path.name}-wal")  # SQLite's, of changes that the file does not have yet
        self._strings = SharedStrings()
        self._memory = NamesMemory(self._read, KEPT)
        self._latest = self._memory.latest
        self._database: sqlite3.Connection | None = None
        self._opened: Opened | None = None
        self._change: tuple[str, int] | None = None  # the store and its last change
        self._was_readable: bool | None = None
        self._next_look = 0.0

    def lookup_at(self, channel_id: str, at_ms: int) -> Names:
        """Return the names that were in force in a channel at a time."""
        if self._monotonic() >= self._next_look:
            with self._without_faults():
                self._look()
            self._told(self._database is not None)
            self._next_look = self._monotonic() + self._pause()
        names = self._latest.get(channel_id)
        if names is not None and names.holds(at_ms):
            return names
        if self._database is not None:
            with self._without_faults():
                return self._memory.find(channel_id, at_ms)
        return NOTHING

    def close(self) -> None:
        """Close the file; the next look opens it again."""
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()
        self._database = self._change = None
        self._memory.clear()

    @contextmanager
    def _without_faults(self) -> Iterator[None]:
        try:
            yield
        except FAULTS:
            self.close()

    def _told(self, is_readable: bool) -> None:
        if is_readable is not self._was_readable:
            self._was_readable = is_readable
            self._report(is_readable)

    def _pause(self) -> float:
        """Look each time while nobody writes: such a file is read without locks, and only until somebody does."""
        return 0.0 if self._database and self._opened and self._opened.written_at is not None else LOOK_SECONDS

    def _look(self) -> None:
        """Open the file if it is another one than before; forget what was read if it has changed."""
        found = self._path.stat()
        opened = Opened(found.st_dev, found.st_ino, None if self._log.exists() else found.st_mtime_ns)
        if self._database is None or opened != self._opened:
            self.close()
            self._database = self._open(opened)
            self._opened = opened
        store_id, last_change, _ = queries.store_state(self._database)
        if (store_id, last_change) != self._change:
            self._memory.clear()
            self._change = store_id, last_change

    def _open(self, opened: Opened) -> sqlite3.Connection:
        """Open the file. Where nobody writes there is no log, and SQLite would have to make one in a foreign folder."""
        mode = "mode=ro" if opened.written_at is None else "mode=ro&immutable=1"
        database = sqlite3.connect(
            f"file:{quote(str(self._path.absolute()))}?{mode}",
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            uri=True,
        )
        try:
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version != SCHEMA_VERSION:
                raise sqlite3.DatabaseError(f"version {version}")
        except BaseException:
            database.close()
            raise
        return database

    def _read(self, channel_id: str, at_ms: int) -> Names:
        database = self._database
        if database is None:
            return NOTHING
        database.execute("BEGIN")  # one state of the store for all that is read of it
        try:
            names = read_names(database, self._strings, channel_id, at_ms)
        finally:
            database.execute("COMMIT")
        self._strings.prune(self._memory.periods)
        return names
