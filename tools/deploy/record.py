"""What a deploy has to remember if it is killed: what ran before it began."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Record:
    """The last deploy. `images_before`: by service, what a way back needs, until `is_finished`."""

    version: str
    version_before: str
    images_before: Mapping[str, str] = field(default_factory=dict)
    is_finished: bool = False


class RecordFile:
    """The record as a JSON file that is replaced whole."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> Record | None:
        """Return the last deploy's record; None if there is none, or none that can be read."""
        try:
            return Record(**json.loads(self._file.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, record: Record) -> None:
        """Replace the record, and have it on the disk before anything follows."""
        new = self._file.with_suffix(".new")
        with new.open("w") as opened:
            json.dump(asdict(record), opened, indent=2)
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def begun(last: Record | None, version: str, version_before: str, running: Mapping[str, str]) -> Record:
    """Return the record of a deploy that begins.

    One that was killed has left a mixture: what ran before it, is still what ran before.
    """
    if last is None or last.is_finished:
        return Record(version, version_before, dict(running))
    return Record(version, last.version_before, dict(last.images_before))
