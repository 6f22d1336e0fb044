"""Rolls streams up by the minute, so that a recap is one row: every half hour while they are live, and at their end.

A stream is one short transaction. What came late, or for a stream that began earlier than was known, is made anew.
"""

import threading
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from contracts import metrics
from emote_counts.reading import milliseconds, moment
from recorder.database import Database, load_queries
from recorder.recaps.emotes_of_stream import EmotesOfStream
from recorder.recaps.read_times import read_spans_of
from recorder.repeating import repeat
from service_runtime.measures import measure
from stream_recaps.minutes import CountedMinute, Minutes, first_minute, minutes_of

INTERVAL_SECONDS = 60.0
EVERY_SECONDS = 1800.0  # of a live stream; the site reads the minutes since then by themselves
SETTLING_SECONDS = 1800.0  # after a stream's end, when its last late minutes have come
PAUSE_SECONDS = 0.1  # between two streams
SMALL_POINTS = 120  # of the curve in a list of streams
MOST = 500  # streams of one look


class DueStream(NamedTuple):
    """A stream to roll up to `until_at`. `is_settled`: nothing more will come; `is_wrong`: make it anew."""

    stream_id: str
    channel_id: str
    started_at: datetime
    until_at: datetime
    is_settled: bool
    is_wrong: bool


class RecapKeeper:
    """The worker. `emotes` finds what a stream's chat used."""

    def __init__(self, database: Database, emotes: EmotesOfStream | None = None) -> None:
        self._database = database
        self._emotes = emotes or EmotesOfStream()
        self._queries: Any = load_queries()
        self._stop = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Roll up until `stop`, at the start and every minute."""
        self._stop = stop
        repeat(self.roll_up, "the roll-up of streams", INTERVAL_SECONDS, stop, self._database)

    def roll_up(self, pause_seconds: float = PAUSE_SECONDS) -> int:
        """Roll up what is due; return how many streams. Raises PostgresAwayError."""
        limits = {"every_seconds": EVERY_SECONDS, "settling_seconds": SETTLING_SECONDS, "most": MOST}
        with self._database as connection:
            due = [DueStream(*row) for row in self._queries.recaps_due(connection, **limits)]
        for done, each in enumerate(due):
            if done and self._stop.wait(pause_seconds):
                return done
            self._roll_up_stream(each)
        return len(due)

    def _roll_up_stream(self, due: DueStream) -> None:
        with self._database as connection, connection.transaction():
            locked = list(self._queries.lock_recap(connection, stream_id=due.stream_id))
            if not locked:  # it has opted out
                return
            is_stale, hours, people, unread = locked[0]
            kept = 0 if is_stale or due.is_wrong or due.is_settled else len(people)
            begin = first_minute(milliseconds(due.started_at))
            before = Minutes(begin, (0,) * kept, tuple(people[:kept]), tuple(unread[:kept]))
            minutes = self._minutes(connection, due, moment(before.until_at))
            self._write(connection, due, before, minutes, hours)
        measure(metrics.RECAPS_ROLLED_UP).inc()

    def _minutes(self, connection: psycopg.Connection, due: DueStream, begin: datetime) -> Minutes:
        where = {"channel_id": due.channel_id, "from_at": begin, "until_at": due.until_at}
        counted = [
            CountedMinute(milliseconds(minute_at), messages or 0, people or 0)
            for minute_at, messages, people in self._queries.minutes_of_stream(connection, **where)
        ]
        times = milliseconds(begin), milliseconds(due.until_at)
        return minutes_of(counted, read_spans_of(connection, due.channel_id, *times), *times)

    def _write(
        self, connection: psycopg.Connection, due: DueStream, before: Minutes, minutes: Minutes, hours: str
    ) -> None:
        begin, until = milliseconds(due.started_at), milliseconds(due.until_at)
        felt = self._emotes.hours(connection, due.channel_id, begin, until, known=hours, minutes_known=len(before))
        self._queries.write_recap(
            connection,
            stream_id=due.stream_id,
            started_at=due.started_at,
            counted_until=due.until_at,
            is_open=not due.is_settled,
            kept=len(before),
            messages=list(minutes.messages),
            people=list(minutes.people),
            unread=list(minutes.unread),
            small=list(before.and_then(minutes).at_most(SMALL_POINTS).people),
            hours=felt,
            emotes=self._emotes.whole(connection, due.channel_id, begin, until),
        )
