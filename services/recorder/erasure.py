"""Erases channels that have opted out: their rows in Postgres, their results in Kafka's compacted topics.

The command erases rows at once. This worker does it again, for what was on its way or came back with a backup.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import psycopg
import structlog
from confluent_kafka import KafkaException, Producer

from contracts import topics
from recorder.database import Database, load_queries
from recorder.rows.row import Table
from service_runtime.kafka import KafkaAwayError, consumer_config, producer_config
from service_runtime.postgres import PostgresAwayError
from service_runtime.settings import KafkaSettings
from service_runtime.topic_reader import TopicReader

log = structlog.get_logger()
OTHER_TABLES = (
    "watched_channels",
    "former_logins",
    "channel_requests",
    "voices",
    "stream_recaps",
    "self_score_days",
    "self_scores",
    "viewer_places",
    "emote_rollups",
    "emote_days",
    "discord_streamers",
    "discord_streams",
    "own_clips",
    "twitch_consents",
)  # that no record becomes a row of
ERASED_TABLES = (*(table.value for table in Table if table is not Table.PIPELINE_PROGRESS), *OTHER_TABLES)
COMPACTED = (
    topics.MOMENTS,
    topics.CLIPS,
    topics.CHAT_COUNTS,
    topics.EMOTE_COUNTS,
    topics.VIEWER_CLIPS,
)  # a record without a value removes the ones before
INTERVAL_SECONDS = 600.0
RETRY_SECONDS = 30.0  # while Postgres or Kafka is away
SETTLING_SECONDS = 26 * 3600.0  # a VOD's link is looked for during a day; after that nothing more comes
ANSWER_SECONDS = 30.0


class OfChannel(msgspec.Struct):
    """The part of a result that is read."""

    channel_id: str


channel_of = msgspec.json.Decoder(OfChannel).decode


def erase(connection: psycopg.Connection, queries: Any) -> dict[str, int]:
    """Delete all rows of opted-out channels, in the order in which rows are written; return table to number of rows."""
    with connection.transaction():
        return {table: getattr(queries, f"erase_{table}")(connection) for table in ERASED_TABLES}


class Results:
    """The results of channels in Kafka's compacted topics."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings

    def clear(self, channel_ids: set[str]) -> int:
        """Replace each result of these channels by a record without a value; return how many. Raises KafkaAwayError."""
        try:
            return sum(self._clear(topic, channel_ids) for topic in COMPACTED)
        except KafkaException as error:
            raise KafkaAwayError(str(error)) from error

    def _clear(self, topic: topics.Topic, channel_ids: set[str]) -> int:
        doomed: set[tuple[int, bytes]] = set()  # partition, key
        for partition, key, value in self._read(topic):
            if is_of(value, channel_ids):
                doomed.add((partition, key))
            elif value is None:
                doomed.discard((partition, key))
        producer = Producer(producer_config(self._settings))
        for partition, key in doomed:
            producer.produce(topic.name, key=key, value=None, partition=partition)
            producer.poll(0)
        if producer.flush(ANSWER_SECONDS):
            raise KafkaAwayError(f"{topic.name} did not accept everything")
        return len(doomed)

    def _read(self, topic: topics.Topic) -> Iterator[tuple[int, bytes, bytes | None]]:
        """Yield partition, key and value of every committed record that is there now; skip records without a key."""
        config = consumer_config(self._settings, "recorder-erasure")
        with TopicReader(config, topic.name, silent_seconds=ANSWER_SECONDS) as reader:
            for message in reader.read_to_end():
                if message.key() is not None:
                    yield message.partition(), message.key(), message.value()


def is_of(value: bytes | None, channel_ids: Iterable[str]) -> bool:
    """Return whether a result belongs to one of these channels; a malformed one belongs to none."""
    if value is None:
        return False
    try:
        return channel_of(value).channel_id in channel_ids
    except msgspec.DecodeError:
        return False


class Erasure:
    """The worker: erases at the start and every ten minutes."""

    def __init__(self, database: Database, results: Results) -> None:
        self._database, self._results = database, results
        self._queries: Any = load_queries()

    def run(self, stop: threading.Event) -> None:
        """Erase until `stop`."""
        while not stop.is_set():
            try:
                self.erase()
                wait = INTERVAL_SECONDS
            except (PostgresAwayError, KafkaAwayError) as error:
                log.warning("erasure of opt-outs waits", reason=str(error))
                wait = RETRY_SECONDS
            stop.wait(wait)
        self._database.close()

    def erase(self) -> None:
        """Erase rows, then results. Raises PostgresAwayError or KafkaAwayError; repeating it is harmless."""
        with self._database as connection:
            removed = {table: rows for table, rows in erase(connection, self._queries).items() if rows}
            due = dict(self._queries.opt_outs_to_clear(connection, settling_seconds=SETTLING_SECONDS))
        if removed:
            log.info("erased rows of channels that have opted out", **removed)
        if not due:
            return
        started_at = time.monotonic()
        cleared = self._results.clear(set(due))
        log.info(
            "erased results in kafka", channels=len(due), records=cleared, seconds=round(time.monotonic() - started_at)
        )
        with self._database as connection:
            for channel_id, cleared_for in due.items():
                self._queries.note_cleared(connection, channel_id=channel_id, cleared_for=cleared_for)
