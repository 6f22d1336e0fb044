"""Messages through the recorder's own shaping and writing, with a clock that stands still."""

from pathlib import Path
from typing import Any

from integration.support.database import as_role
from msgspec.structs import replace

import contracts
from contracts import codec
from recorder.batch import Shaper
from recorder.database import Database
from recorder.partitions import Retention
from recorder.rows.record import Record
from recorder.store import Store

EXAMPLES = Path(contracts.__file__).parent / "examples"
NOW = 1_770_000_000_000 // 86_400_000 * 86_400_000 + 43_200_000  # noon of a day
DAYS = 30


def example(topic: str, name: str) -> Any:
    """Return the contract's example of that name."""
    return codec.decode(topic, (EXAMPLES / topic / f"{name}.json").read_bytes())


class Writer:
    """Shapes and writes messages as the recorder does, with a clock that stands still."""

    def __init__(self, dsn: str) -> None:
        self.store = Store(Database(as_role(dsn, "recorder"), "test"), lambda: NOW)
        self.shaper = Shaper(Retention(DAYS), on_dead_letter=lambda _: None, on_skipped=lambda _: None)
        self._offset = 0

    def record(self, topic: str, payload: bytes) -> Record:
        """Make the next record of a topic."""
        self._offset += 1
        return Record(topic, 0, self._offset, payload, appended_at=NOW)

    def write(self, topic: str, *messages: Any) -> None:
        """Write messages, or raw bytes, as one batch."""
        payloads = [each if isinstance(each, bytes) else codec.encode(each) for each in messages]
        self.store.write([self.shaper.entry(self.record(topic, payload), NOW) for payload in payloads])


def counts(minute_at: int, messages: list[int], chatters: list[int] | None = None) -> Any:
    return replace(
        example("chat-counts", "minute"), minute_at=minute_at, messages=messages, chatters=chatters or messages
    )
