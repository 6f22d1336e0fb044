"""Keeps the self-score by channel and day: anew while clips and moments of the day still come, and once at the end.

A day is two short transactions: what its moments show, then its scores and places. Killed between, it is scored again.
"""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import psycopg

from contracts import metrics
from emote_counts.reading import milliseconds
from recorder.database import Database, load_queries
from recorder.judging.scored_day import ClipOfStream, Day, MomentOf, ScoredDay, scored
from recorder.recaps.read_times import read_spans_of
from recorder.repeating import repeat
from self_score.matching import SeenMoment
from self_score.places import ViewersClip
from service_runtime.measures import measure

INTERVAL_SECONDS = 60.0
EVERY_SECONDS = 300.0  # of a day that goes on changing; a moment shows its viewers this much later at most
SETTLING_SECONDS = 36 * 3600.0  # after a day's end: clips are asked for again after a day
SLACK_SECONDS = 60.0  # the longest transaction that writes clips or moments
PAUSE_SECONDS = 0.1  # between two days
MOST = 200  # days of one look
MOST_CLIPS = 5000  # of a day; beyond, the least viewed are left out
BEFORE, AFTER = timedelta(hours=1), timedelta(minutes=5)  # around a day, of what may belong to the same places


class DueDay(NamedTuple):
    """A day (UTC) to score. `noted_at`: when something of it last changed; `is_settled`: nothing more will come.

    `asked_at`: now, by Postgres; what comes after it nobody has read.
    """

    channel_id: str
    day: date
    noted_at: datetime
    asked_at: datetime
    is_settled: bool

    @property
    def from_at(self) -> datetime:
        """Its start."""
        return datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)

    @property
    def until_at(self) -> datetime:
        """Its end."""
        return self.from_at + timedelta(days=1)


class ScoreKeeper:
    """The worker."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries: Any = load_queries()
        self._stop = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Score until `stop`, at the start and every minute."""
        self._stop = stop
        repeat(self.keep, "the self-score", INTERVAL_SECONDS, stop, self._database)

    def keep(self, every_seconds: float = EVERY_SECONDS, pause_seconds: float = PAUSE_SECONDS) -> int:
        """Score what is due, and say how good it is; return how many days. Raises PostgresAwayError."""
        limits = {"every_seconds": every_seconds, "settling_seconds": SETTLING_SECONDS, "most": MOST}
        with self._database as connection:
            self._queries.note_changed_days(connection, slack_seconds=SLACK_SECONDS)
            due = [DueDay(*row) for row in self._queries.score_days_due(connection, **limits)]
        for done, each in enumerate(due):
            if done and self._stop.wait(pause_seconds):
                return done
            self._keep_day(each)
        self._measure()
        return len(due)

    def _keep_day(self, due: DueDay) -> None:
        with self._database as connection:
            found = scored(self._read(connection, due))
            if found.notes:
                with connection.transaction():
                    self._queries.note_viewers_of(connection, rows=as_json(found.notes))
            with connection.transaction():
                self._write(connection, due, found)
        measure(metrics.SELF_SCORED).inc()

    def _read(self, connection: psycopg.Connection, due: DueDay) -> Day:
        times = {"from_at": due.from_at - BEFORE, "until_at": due.until_at + AFTER}
        where = {"channel_id": due.channel_id} | times
        shadows = self._queries.shadows_between(connection, from_at=due.from_at, until_at=due.until_at)
        spans = milliseconds(times["from_at"]), milliseconds(min(times["until_at"], due.asked_at))
        return Day(
            from_at=milliseconds(due.from_at),
            until_at=milliseconds(due.until_at),
            clips=[clip_in(*row) for row in self._queries.clips_between(connection, **where, most=MOST_CLIPS)],
            moments=[moment_in(*row) for row in self._queries.seen_moments_between(connection, **where)],
            read=read_spans_of(connection, due.channel_id, *spans),
            shadows=[name for (name,) in shadows],
        )

    def _write(self, connection: psycopg.Connection, due: DueDay, found: ScoredDay) -> None:
        day = {"channel_id": due.channel_id, "day": due.day}
        if not list(self._queries.lock_score_day(connection, **day)):  # it has opted out
            return
        self._queries.clear_score_day(connection, **day)
        self._queries.write_self_scores(connection, **day, rows=as_json(found.scores))
        self._queries.write_viewer_places(connection, **day, rows=as_json(found.places))
        self._queries.note_scored(connection, **day, noted_at=due.noted_at, is_settled=due.is_settled)

    def _measure(self) -> None:
        """Say what the last week and month came to."""
        with self._database as connection:
            sums = list(self._queries.self_score_sums(connection))
        for period, places, found, unread, moments, clipped in sums:
            for which, value in (("found", found), ("missed", places - found), ("unread", unread)):
                measure(metrics.VIEWER_PLACES).labels(period=period, state=which).set(value)
            for which, value in (("clipped", clipped), ("not_clipped", moments - clipped)):
                measure(metrics.JUDGED_MOMENTS).labels(period=period, state=which).set(value)


def as_json(rows: list[dict[str, Any]]) -> str:
    """Write rows for a statement."""
    return msgspec.json.encode(rows).decode()


def clip_in(
    clip_id: str, started_at: datetime, ended_at: datetime, views: int, again: bool, stream_id: str
) -> ClipOfStream:
    """Read a row of `clips_between`."""
    return ClipOfStream(ViewersClip(clip_id, milliseconds(started_at), milliseconds(ended_at), views, again), stream_id)


def moment_in(
    moment_id: str, crossed_at: datetime, peak_ms: int | None, score: float, detector: str, viewers: int
) -> MomentOf:
    """Read a row of `seen_moments_between`."""
    crossed = milliseconds(crossed_at)
    return MomentOf(SeenMoment(moment_id, crossed, max(crossed, peak_ms or crossed), score), detector, viewers)
