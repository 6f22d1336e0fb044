"""Raw lines that were not understood, kept beside the spool for the operator, for 48 h at most."""

import json
import os
import re
import time
from pathlib import Path

import structlog

from service_runtime.files import replace_durably

log = structlog.get_logger()

MAX_BYTES = 4 * 1024 * 1024  # per file; there are two, the present one and the one before
MAX_AGE_SECONDS = 24 * 3600.0  # per file; so a line is gone after 48 h
MAX_LINE_BYTES = 2048  # kept of a line


class Quarantine:
    """Two files, readable by the service's user only; the older one is replaced when the newer one is full or old."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "quarantine.jsonl"
        self.older = directory / "quarantine.1.jsonl"
        self._broken = False

    def keep(self, raw: bytes, reason: str, met_at: int) -> None:
        """Append a line with its reason. A file that cannot be written is logged once and does not stop reading."""
        entry = {"met_at": met_at, "reason": reason, "line": raw[:MAX_LINE_BYTES].decode("utf-8", "backslashreplace")}
        try:
            self.rotate(time.time())
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            with open(os.open(self.path, flags, 0o600), "a") as file:
                file.write(json.dumps(entry) + "\n")
            self._broken = False
        except OSError as error:
            if not self._broken:
                log.error("quarantine: cannot write", path=str(self.path), why=str(error))
            self._broken = True

    def erase(self, channel_id: str, login: str) -> None:
        """Remove the lines of a channel. Raises OSError."""
        named = re.compile(rf"\broom-id={re.escape(channel_id)}\b" + (rf"|#{re.escape(login)}\b" if login else ""))
        for path in (self.path, self.older):
            if not path.exists():
                continue
            lines = path.read_text().splitlines(keepends=True)
            kept = [line for line in lines if not named.search(line)]
            if len(kept) < len(lines):
                replace_durably(path, "".join(kept).encode())

    def rotate(self, now: float) -> None:
        """Start a new file if the present one is full or a day old; delete the older one after a day. `now`: s."""
        if self.older.exists() and now - self.older.stat().st_mtime > MAX_AGE_SECONDS:
            self.older.unlink(missing_ok=True)
        if not self.path.exists():
            return
        status = self.path.stat()
        born_at = first_met_at(self.path) or status.st_mtime
        if status.st_size >= MAX_BYTES or now - born_at > MAX_AGE_SECONDS:
            self.path.replace(self.older)


def first_met_at(path: Path) -> float | None:
    """Return seconds since 1970 of the file's first line, None if it has none."""
    with open(path, "rb") as file:
        try:
            return float(json.loads(file.readline())["met_at"]) / 1000
        except (ValueError, KeyError, TypeError):
            return None
