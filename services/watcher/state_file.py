"""Keeps the last report and the undelivered notices on disk, so that a restart neither repeats nor loses a notice."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import structlog

from service_runtime.files import replace_durably
from watcher.condition import Condition
from watcher.notice import Notice

log = structlog.get_logger()
MAX_PENDING = 50  # notices; the oldest are dropped, so that a webhook that is down for weeks cannot fill memory


class WatcherState(msgspec.Struct, frozen=True):
    """The condition reported last, and when its trouble began in seconds since 1970 UTC.

    `pending`: notices that the webhook has not accepted yet, the oldest first. The JSON has its own field names.
    """

    last_reported: Condition = msgspec.field(default=Condition.WELL, name="told")
    began_at: float = 0.0
    pending: tuple[Notice, ...] = msgspec.field(default=(), name="waiting")


def newest(notices: Sequence[Notice]) -> tuple[Notice, ...]:
    """Return the newest notices, at most `MAX_PENDING`."""
    return tuple(notices[-MAX_PENDING:])


class StateFile:
    """The state as a JSON file. If the disk refuses it, the watcher continues with the state in memory."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._write_failed = False

    def read(self) -> WatcherState:
        """Return the stored state; the initial state if the file is missing or cannot be read."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=WatcherState)
        except FileNotFoundError:
            return WatcherState()
        except (OSError, msgspec.DecodeError) as error:
            log.error("state file is unreadable; starting without state", file=str(self._file), reason=str(error))
            return WatcherState()

    def write(self, state: WatcherState) -> None:
        """Replace the file atomically and sync it to disk."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            replace_durably(self._file, msgspec.json.encode(state))
            self._write_failed = False
        except OSError as error:
            if not self._write_failed:
                log.error("state file cannot be written; a restart may repeat a notice", reason=str(error))
            self._write_failed = True
