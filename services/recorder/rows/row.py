"""The rows that a record becomes."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from recorder.rows.record import Record

LAST_TIME = 253_402_300_799_999  # the end of the year 9999, milliseconds since 1970: no reader has a later one


class Table(StrEnum):
    """The table of a row. Every recorder writes rows in this order, so that none deadlocks."""

    CHANNELS = "channels"
    STREAMS = "streams"
    STREAM_CHANGES = "stream_changes"
    STREAM_VIEWERS = "stream_viewers"
    COVERAGE = "coverage"
    NOTICES = "notices"
    CHAT_COUNTS = "chat_counts"
    EMOTE_MINUTES = "emote_minutes"
    MOMENTS = "moments"
    CLIPS = "clips"
    VIEWER_CLIPS = "viewer_clips"
    DEAD_LETTERS = "dead_letters"
    PIPELINE_PROGRESS = "pipeline_progress"


PATIENT = (Table.EMOTE_MINUTES, Table.VIEWER_CLIPS, Table.PIPELINE_PROGRESS)  # half a second later is soon enough


class Row(NamedTuple):
    """The values of one row, by column or as a contract's document; times are milliseconds since 1970 UTC."""

    table: Table
    values: Any  # what JSON encodes to an object


@dataclass(frozen=True, slots=True)
class Entry:
    """A record and its rows, which are written together or not at all."""

    record: Record | None  # None: the recorder's own heartbeat
    rows: tuple[Row, ...]

    @property
    def can_wait(self) -> bool:
        """Whether nobody waits for the rows: they are about the data's freshness, or what comes every few minutes."""
        return all(row.table in PATIENT for row in self.rows)


def by_table(entries: Iterable[Entry]) -> dict[Table, list[Any]]:
    """Group the rows of all entries in the order of `Table`, each group in the order of the records."""
    grouped: dict[Table, list[Any]] = {table: [] for table in Table}
    for entry in entries:
        for row in entry.rows:
            grouped[row.table].append(row.values)
    return {table: rows for table, rows in grouped.items() if rows}


def first_crossings(entries: Iterable[Entry]) -> list[int]:
    """Return when chat crossed the threshold, of each moment that is written for the first time (its revision 1)."""
    documents = [row.values for entry in entries for row in entry.rows if row.table is Table.MOMENTS]
    return [document.crossed_at for document in documents if document.revision_number == 1]
