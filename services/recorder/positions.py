"""Up to where each partition is in the database, so that a database that was restored from a backup is noticed.

The position is written with the rows themselves. Where the database is behind what this process has written, or behind
the consumer group, it lacks the records between: they are read again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import psycopg

from recorder.rows.record import Record
from recorder.rows.row import Entry

Place = tuple[str, int]  # topic and partition
Offsets = dict[Place, int]  # the offset of the next record
ANY_TOPIC = "*"  # see 0021.backups.sql: partitions without a row go on where the consumer group is
BEGINNING = 0


class DatabaseBehindError(RuntimeError):
    """The database lacks records that were written before: read again from `offsets`. Nothing was written."""

    def __init__(self, offsets: Offsets) -> None:
        super().__init__(f"the database lacks records of {len(offsets)} partitions")
        self.offsets = offsets


def place_of(record: Record) -> Place:
    """Return the partition of a record."""
    return record.topic, record.partition


def ends_of(entries: Iterable[Entry]) -> Offsets:
    """Return the offset after the last record of each partition; within a partition entries are in Kafka's order."""
    return {place_of(entry.record): entry.record.offset + 1 for entry in entries if entry.record is not None}


def starts_of(entries: Iterable[Entry]) -> Offsets:
    """Return the offset of the first record of each partition."""
    starts: Offsets = {}
    for entry in entries:
        if entry.record is not None:
            starts.setdefault(place_of(entry.record), entry.record.offset)
    return starts


def lacking(known: Mapping[Place, int], stored: Mapping[Place, int], goes_on: bool) -> Offsets:
    """Return from where partitions are to be read again: those that are `stored` up to less than is `known`.

    `goes_on`: a partition that nothing is stored of goes on where it is; otherwise it is read from its beginning.
    """
    found = {place: stored.get(place, offset if goes_on else BEGINNING) for place, offset in known.items()}
    return {place: offset for place, offset in found.items() if offset < known[place]}


class Positions:
    """`group_offsets`: from where the consumer group went on with partitions, without those that it has never read.

    Where Kafka does not say it is None, and where this process went on stands in for it.
    """

    def __init__(self, queries: Any, group_offsets: Callable[[Collection[Place]], Offsets | None]) -> None:
        self._queries, self._group_offsets = queries, group_offsets
        self._known: Offsets = {}
        self._connection: psycopg.Connection | None = None

    def check(self, connection: psycopg.Connection, entries: Sequence[Entry]) -> None:
        """Look where it may have changed: a restored database comes with a new connection. Raises DatabaseBehindError.

        After the error the partitions that it names are expected to be read again.
        """
        starts = starts_of(entries)
        unseen = starts.keys() - self._known.keys()
        if connection is self._connection and not unseen:
            return
        stored = {(topic, partition): offset for topic, partition, offset in self._queries.read_positions(connection)}
        goes_on = any(topic == ANY_TOPIC for topic, _ in stored)
        if unseen:
            of_group = self._group_offsets(unseen)
            went_on = starts if of_group is None else of_group
            self._known |= {place: went_on.get(place, BEGINNING) for place in unseen}
        behind = lacking(self._known, stored, goes_on)
        self._connection = connection
        self._known |= behind
        if behind:
            raise DatabaseBehindError(behind)

    def write(self, connection: psycopg.Connection, entries: Iterable[Entry]) -> None:
        """Write the positions after `entries`, in the transaction that writes their rows."""
        rows = [
            {"topic": topic, "partition_id": partition, "next_offset": offset}
            for (topic, partition), offset in ends_of(entries).items()
        ]
        if rows:
            self._queries.write_positions(connection, rows=msgspec.json.encode(rows).decode())

    def note(self, entries: Iterable[Entry]) -> None:
        """Remember that the rows of `entries` are in the database."""
        self._known |= ends_of(entries)
