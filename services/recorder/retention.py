"""Creates partitions ahead and deletes what has been kept long enough."""

import threading
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import psycopg
import structlog

from contracts import kept
from recorder.database import Database, load_queries
from recorder.partitions import SLACK_DAYS, Retention
from recorder.repeating import repeat
from recorder.settings import RecorderSettings
from recorder.store import make_partition

log = structlog.get_logger()
INTERVAL_SECONDS = 600.0  # chat texts in dead letters outlive their 48 h by at most this
REQUESTS_RETENTION_DAYS = 90  # of channels that people want to be watched, from when the last one asked


class RetentionKeeper:
    """Runs the retention at the start and every ten minutes. `today` gives the UTC day."""

    def __init__(self, database: Database, settings: RecorderSettings, today: Callable[[], date]) -> None:
        self._database, self._settings, self._today = database, settings, today
        self._queries: Any = load_queries()

    def run(self, stop: threading.Event) -> None:
        """Run until `stop`."""
        repeat(self.keep, "retention", INTERVAL_SECONDS, stop, self._database)

    def keep(self) -> None:
        """Create partitions ahead, drop old ones, delete old rows; raises `PostgresAwayError`."""
        with self._database as connection:
            self._keep_partitions(connection)
            queries, settings = self._queries, self._settings
            queries.delete_old_dead_letters(connection, hours=settings.dead_letters_retention_hours)
            recaps = settings.recaps_retention_days
            queries.delete_old_notices(connection, days=settings.notices_retention_days, raid_days=recaps)
            queries.delete_old_recaps(connection, days=recaps)
            queries.delete_old_viewer_clips(connection, days=settings.viewer_clips_retention_days)
            queries.delete_old_self_scores(connection, days=settings.viewer_clips_retention_days)
            queries.delete_old_channel_requests(connection, days=REQUESTS_RETENTION_DAYS)
            queries.forget_old_voices(connection, days=kept.VOICES_DAYS)
            if queries.has_uptime(connection):
                queries.delete_old_uptime(connection, days=kept.UPTIME_DAYS)
            queries.delete_old_coverage(connection, days=settings.chat_counts_retention_days)

    def _keep_partitions(self, connection: psycopg.Connection) -> None:
        queries, settings, today = self._queries, self._settings, self._today()
        counts, emotes = Retention(settings.chat_counts_retention_days), Retention(settings.emotes_retention_days)
        for day in counts.made_ahead(today):
            make_partition(connection, queries.make_partition, day)
        for day in emotes.made_ahead(today):
            make_partition(connection, queries.make_emote_partitions, day)
        for day in counts.dropped(names_in(queries.partition_names(connection)), today):
            queries.drop_partition(connection, day=day)
            log.info("dropped a partition of counts", day=str(day))
        for day in emotes.dropped(names_in(queries.emote_partition_names(connection)), today):
            queries.drop_emote_partitions(connection, day=day)
            log.info("dropped partitions of emotes", day=str(day))
        oldest = emotes.oldest(today) - timedelta(days=SLACK_DAYS)
        queries.delete_old_rollups(connection, oldest=oldest)
        queries.delete_old_emotes(connection, oldest=oldest)


def names_in(rows: Iterable[tuple[str]]) -> list[str]:
    """Return the names of partitions."""
    return [name for (name,) in rows]
