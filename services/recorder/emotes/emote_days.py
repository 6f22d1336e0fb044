"""Rolls up the minutes of days that are over: a channel's 1,440 rows become some hundred.

A channel's day is one short transaction, with a pause after it. Minutes that come late are merged in the same way.
"""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from contracts import metrics
from emote_counts.roll_up import Merged, Minute, merge
from emote_counts.sums import DaySums
from recorder.database import Database, load_queries
from recorder.partitions import EMOTE_TABLES, day_of_name, name_of
from recorder.repeating import repeat
from service_runtime.measures import measure

INTERVAL_SECONDS = 600.0
PAUSE_SECONDS = 0.5  # between two channels: some 0.4 s of work each, and 200 of them in the first minutes of a day
CLOSING = timedelta(minutes=30)  # after midnight, until the last minutes were closed and stored
LONG_OVER = timedelta(days=1)  # after a day's end: what is open still was never closed


class EmoteDays:
    """The worker. `now` gives the time in UTC, `pause` waits between two channels and returns True to stop."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], pause: Callable[[float], bool] | None = None
    ) -> None:
        self._database, self._now, self._pause = database, now, pause
        self._queries: Any = load_queries()

    def run(self, stop: threading.Event) -> None:
        """Roll up until `stop`, at the start and every ten minutes."""
        self._pause = stop.wait
        repeat(self.roll_up, "the roll-up of emotes", INTERVAL_SECONDS, stop, self._database)

    def roll_up(self) -> int:
        """Roll up everything that is over; return how many channels' days. Raises PostgresAwayError."""
        done = 0
        for day in self._days_over():
            with self._database as connection:
                channels = [channel_id for (channel_id,) in self._queries.channels_to_roll_up(connection, day=day)]
            for channel_id in channels:
                done += self.roll_up_day(channel_id, day)
                if self._pause and self._pause(PAUSE_SECONDS):
                    return done
            with self._database as connection:
                self._queries.trim_emote_minutes(connection, day=day)
        return done

    def _days_over(self) -> list[date]:
        """Return the days that are over and have a partition of minutes, the oldest first."""
        with self._database as connection:
            names = [name for (name,) in self._queries.emote_partition_names(connection)]
        today = (self._now() - CLOSING).date()
        days = {day for name in names if (day := day_of_name(name)) is not None and day < today}
        return sorted(day for day in days if name_of(day, EMOTE_TABLES[0]) in names)

    def roll_up_day(self, channel_id: str, day: date) -> bool:
        """Merge what is there of a channel's day; return whether there was anything. Raises PostgresAwayError."""
        end = datetime.combine(day, datetime.min.time(), UTC) + timedelta(days=1)
        where = {"channel_id": channel_id, "day": day}
        with self._database as connection, connection.transaction():
            is_long_over = self._now() >= end + LONG_OVER
            taken = list(self._queries.take_minutes(connection, **where, is_long_over=is_long_over))
            if not taken:
                return False
            locked = list(self._queries.lock_rollup(connection, **where))
            if not locked:  # it has opted out
                return False
            minutes = [Minute(minute_at.hour * 60 + minute_at.minute, *rest) for minute_at, *rest in taken]
            slots = dict(self._queries.slots_of_day(connection, **where))
            self._write(connection, where, merge(slots, locked[0][0], minutes))
        measure(metrics.ROLLED_UP).inc()
        return True

    def _write(self, connection: psycopg.Connection, where: dict[str, Any], merged: Merged) -> None:
        rows = {slot: row for slot, row in merged.slots.items() if row is not None}
        emptied = list(merged.slots.keys() - rows)
        if rows:
            self._queries.write_slots(connection, **where, slots=list(rows), packed=list(rows.values()))
        if emptied:
            self._queries.delete_slots(connection, **where, slots=emptied)
        ids = [emote_id for emote_id, _ in DaySums(merged.sums).uses()]
        self._queries.note_used(connection, day=where["day"], ids=ids)
        self._queries.note_rollup(connection, **where, closed=merged.closed, sums=merged.sums)
