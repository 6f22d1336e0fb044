"""What was told and what is still to be delivered, on disk, so that a restart neither repeats nor forgets."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import structlog

from service_runtime.files import replace_durably
from watcher.condition import Condition
from watcher.notice import Notice

log = structlog.get_logger()
MOST_WAITING = 50  # notices; a webhook that is away for weeks must not fill memory, the oldest are dropped


class Told(msgspec.Struct, frozen=True):
    """`told`: the last condition decided on. `began_at`: its trouble's beginning, seconds since 1970 UTC.

    `waiting`: notices that the webhook has not taken yet, the oldest first.
    """

    told: Condition = Condition.WELL
    began_at: float = 0.0
    waiting: tuple[Notice, ...] = ()


def kept(waiting: Sequence[Notice]) -> tuple[Notice, ...]:
    """The newest notices, as many as may wait."""
    return tuple(waiting[-MOST_WAITING:])


class Ledger:
    """The file. Where the disk refuses, the watcher goes on with what it has in memory."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._refused = False

    def read(self) -> Told:
        """What the file says; nothing told where there is none, or none that can be read."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Told)
        except FileNotFoundError:
            return Told()
        except (OSError, msgspec.DecodeError) as error:
            log.error(
                "state file cannot be read; starting as if nothing was told", file=str(self._file), why=str(error)
            )
            return Told()

    def write(self, told: Told) -> None:
        """Replace the file as a whole, synced."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            replace_durably(self._file, msgspec.json.encode(told))
            self._refused = False
        except OSError as error:
            if not self._refused:
                log.error("state file cannot be written; a restart may repeat a notice", why=str(error))
            self._refused = True
