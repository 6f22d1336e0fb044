"""Writes batches, each in one transaction; what Postgres refuses becomes a dead letter, the rest is written."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import msgspec
import psycopg
import structlog

from contracts import metrics
from recorder.database import REFUSABLE, Database, is_refusal, load_queries
from recorder.emotes.emote_ids import EmoteIds
from recorder.partitions import CHAT_COUNTS, EMOTE_TABLES, day_of
from recorder.positions import Positions
from recorder.rows import dead_letters
from recorder.rows.chat_counts import merged
from recorder.rows.emote_minutes import newest
from recorder.rows.row import Entry, Table, by_table
from recorder.rows.streams import viewer_rows
from service_runtime.measures import measure

log = structlog.get_logger()
Clock = Callable[[], int]  # milliseconds since 1970 UTC


class Store:
    """Writes entries. After `PostgresAwayError` the whole batch is stored, or nothing of it: write it again.

    `positions`: kept with the rows; None where what is lost need not be read again.
    """

    def __init__(self, database: Database, now: Clock, positions: Positions | None = None) -> None:
        self._database = database
        self._now = now
        self._positions = positions
        self._queries = load_queries()
        self._connection: psycopg.Connection | None = None
        self._remember_nothing()

    def write(self, entries: Sequence[Entry]) -> None:
        """Write all rows of `entries` in one transaction; what is stored already stays as it is.

        Raises PostgresAwayError; DatabaseBehindError where the database lacks what was written before.
        """
        with self._database as connection:
            if connection is not self._connection:
                self._connection = connection
                self._remember_nothing()
            if self._positions is not None:
                self._positions.check(connection, entries)
            self._prepare(connection, by_table(entries))
            try:
                self._write_together(connection, entries)
            except REFUSABLE as error:
                if not is_refusal(error):
                    raise
                log.warning("Postgres refused a batch; looking for the record", records=len(entries))
                with connection.transaction():
                    self._write_halves(connection, entries)
                    self._write_positions(connection, entries)
        if self._positions is not None:
            self._positions.note(entries)
        for table, rows in by_table(entries).items():
            measure(metrics.RECORDED_ROWS).labels(table=table.value).inc(len(rows))

    def _remember_nothing(self) -> None:
        """Ask for ids and partitions again: behind a new connection there may be a restored backup."""
        self._emote_ids = EmoteIds(self._queries)
        self._days: dict[str, set[date]] = {CHAT_COUNTS: set(), EMOTE_TABLES[0]: set()}

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def _write_together(self, connection: psycopg.Connection, entries: Sequence[Entry]) -> None:
        with connection.pipeline(), connection.transaction():  # one round trip for all statements
            self._write_rows(connection, entries)
            self._write_positions(connection, entries)

    def _write_positions(self, connection: psycopg.Connection, entries: Sequence[Entry]) -> None:
        if self._positions is not None:
            self._positions.write(connection, entries)

    def _write_rows(self, connection: psycopg.Connection, entries: Sequence[Entry]) -> None:
        for table, rows in by_table(entries).items():
            if table is Table.CHAT_COUNTS:
                rows = merged(rows)
            elif table is Table.STREAM_VIEWERS:
                rows = viewer_rows(rows)
            elif table is Table.EMOTE_MINUTES:
                rows = self._emote_ids.packed(newest(rows))
            getattr(self._queries, f"write_{table.value}")(connection, rows=msgspec.json.encode(rows).decode())

    def _write_halves(self, connection: psycopg.Connection, entries: Sequence[Entry]) -> None:
        """Halve until each refused record is alone, each attempt in a savepoint."""
        try:
            with connection.transaction():
                self._write_rows(connection, entries)
            return
        except REFUSABLE as error:
            if not is_refusal(error):
                raise
            if len(entries) == 1:
                self._refuse(connection, entries[0], error)
                return
        middle = len(entries) // 2
        self._write_halves(connection, entries[:middle])
        self._write_halves(connection, entries[middle:])

    def _refuse(self, connection: psycopg.Connection, entry: Entry, error: Exception) -> None:
        if entry.record is None or any(row.table is Table.DEAD_LETTERS for row in entry.rows):
            raise error  # our own rows are always storable
        reason = f"Postgres refused it: {error}"
        measure(metrics.DEAD_LETTERS).labels(place=entry.record.topic).inc()
        self._write_rows(connection, [dead_letters.refused(entry.record, reason, self._now())])

    def _prepare(self, connection: psycopg.Connection, rows: dict[Table, list[Any]]) -> None:
        """Make what the rows need: partitions, and ids of emotes."""
        counts, minutes = rows.get(Table.CHAT_COUNTS, []), rows.get(Table.EMOTE_MINUTES, [])
        days = {day_of(row["minute_at"]) for row in counts}
        for day in sorted(days - self._days[CHAT_COUNTS]):
            make_partition(connection, self._queries.make_partition, day)
        emote_days = {day_of(minute.minute_at) for minute in minutes}
        for day in sorted(emote_days - self._days[EMOTE_TABLES[0]]):
            make_partition(connection, self._queries.make_emote_partitions, day)
        self._days[CHAT_COUNTS] |= days
        self._days[EMOTE_TABLES[0]] |= emote_days
        self._emote_ids.learn(connection, minutes, day_of(self._now()))


def make_partition(connection: psycopg.Connection, make: Callable[..., Any], day: date) -> None:
    """Create the day's partitions if they are missing; another process may do so at the same time."""
    try:
        make(connection, day=day)
    except (psycopg.errors.DuplicateTable, psycopg.errors.UniqueViolation):
        log.info("another process created the partition", day=str(day))
