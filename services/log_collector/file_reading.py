"""How far one file is read, and the entries that it gave."""

from datetime import UTC, datetime
from typing import Any

from log_collector.lines.coverage import Coverage
from log_collector.lines.fields import Origin, row
from log_collector.lines.joining import Entry, Joiner
from log_collector.lines.record import record_at

LONGEST_LINE = 1 << 20  # bytes without a newline that are taken for garbage


class FileReading:
    """Reads a file from where the store has it; what the store has is left out."""

    def __init__(self, origin: Origin, coverage: Coverage, now: float) -> None:
        self.origin = origin
        self.position = coverage.resume  # of the next bytes to read
        self.too_old = 0
        self.touched_at = now  # when something new was last read
        self._coverage, self._joiner = coverage, Joiner()
        self._rest = b""  # the beginning of a line

    def feed(self, content: bytes, now: float) -> list[dict[str, Any]]:
        """Take the bytes at `position`; return the rows of the entries that are complete. `now`: seconds since 1970."""
        begin = self.position - len(self._rest)
        self.position += len(content)
        self.touched_at = now
        lines = (self._rest + content).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > LONGEST_LINE:
            lines.append(self._rest[:-1])  # counts as if its last byte was the newline
            self._rest = b""
        done: list[Entry] = []
        for line in lines:
            record = record_at(begin, line)
            begin = record.end
            done += self._joiner.close(record.stream) if self._coverage.has(record) else self._joiner.add(record)
        return self._rows(done, now)

    def flush(self, now: float) -> list[dict[str, Any]]:
        """Return the rows of what is open."""
        return self._rows(self._joiner.flush(), now)

    @property
    def is_open(self) -> bool:
        """Return whether an entry waits for more of it."""
        return self._joiner.is_open

    def _rows(self, entries: list[Entry], now: float) -> list[dict[str, Any]]:
        at = datetime.fromtimestamp(now, UTC)
        rows = [row(entry, self.origin, at) for entry in entries]
        self.too_old += rows.count(None)
        return [each for each in rows if each is not None]
