"""Reads the topics that say who is watched, from where this disk knows them, outside of any consumer group."""

from collections.abc import Mapping

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from contracts import topics
from service_runtime.kafka import consumer_config, partitions_of
from service_runtime.measuring.group_lag import lag_of
from service_runtime.settings import KafkaSettings
from viewer_clips.kept.store import Position
from viewer_clips.log.watching import TOPICS, Record

log = structlog.get_logger()
GROUP = "viewer-clips"
BATCH = 500
ANSWER_SECONDS = 10.0
FIRST_MS = 2 * 24 * 3_600_000  # how far back the first start looks, which knows of no channel
ANSWER_BYTES = 131_072  # a backlog must not fill the memory
TUNING = {
    "enable.partition.eof": True,
    "fetch.wait.max.ms": 500,
    "queued.max.messages.kbytes": 512,
    "queued.min.messages": 500,
    "message.max.bytes": ANSWER_BYTES,
    "fetch.max.bytes": ANSWER_BYTES,
    "max.partition.fetch.bytes": ANSWER_BYTES,
    "reconnect.backoff.max.ms": 2_000,
    "log.connection.close": False,
}
BROKER_AWAY = (KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT, KafkaError._RESOLVE)


class LogReader:
    """For one thread. `is_away`: Kafka does not answer. `is_current`: it was read to its end once."""

    def __init__(self, settings: KafkaSettings) -> None:
        config = consumer_config(settings, GROUP, **TUNING) | lag_of(GROUP)
        self._consumer = Consumer(config | {"error_cb": self._on_error})
        self._unread: set[Position] = set()
        self._is_begun = self.is_away = False

    @property
    def is_current(self) -> bool:
        """Return whether all was read that was there at the start."""
        return self._is_begun and not self._unread

    def begin(self, positions: Mapping[Position, int], now: int) -> None:
        """Read on from these positions. Raises KafkaException while Kafka does not answer or lacks a topic."""
        places = [
            (topic, number) for topic in TOPICS for number in partitions_of(self._consumer, topic, ANSWER_SECONDS)
        ]
        first = {place: self._first(place, now) for place in places if place not in positions}
        offsets = {place: positions.get(place, first.get(place, 0)) for place in places}
        self._consumer.assign([TopicPartition(*place, offset) for place, offset in offsets.items()])
        self._unread, self._is_begun = set(places), True

    def _first(self, place: Position, now: int) -> int:
        """Return where a partition is read from that was never read: some days back, or its end for our own topic."""
        end: int
        _, end = self._consumer.get_watermark_offsets(TopicPartition(*place), ANSWER_SECONDS)
        if place[0] == topics.VIEWER_CLIPS.name:
            return end
        (found,) = self._consumer.offsets_for_times([TopicPartition(*place, now - FIRST_MS)], ANSWER_SECONDS)
        offset: int = found.offset
        return offset if offset >= 0 else end

    def read(self, seconds: float) -> tuple[list[Record], dict[Position, int]]:
        """Return what has come, and the positions after it; wait only for the first record. Raises KafkaException."""
        first = self._consumer.poll(seconds)
        if first is None:
            return [], {}
        records, positions = [], {}
        for message in [first, *self._consumer.consume(BATCH - 1, 0)]:
            if self._is_record(message):
                records.append(record_of(message))
                positions[message.topic(), message.partition()] = message.offset() + 1
        return records, positions

    def _is_record(self, message: Message) -> bool:
        error = message.error()
        if error is None:
            if self.is_away:
                self.is_away = False
                log.info("Kafka is back")
            return True
        if error.code() == KafkaError._PARTITION_EOF:
            self._unread.discard((message.topic(), message.partition()))
        elif error.fatal():
            raise KafkaException(error)
        else:
            self._on_error(error)
        return False

    def close(self) -> None:
        """Close the connection."""
        self._consumer.close()

    def _on_error(self, error: KafkaError) -> None:
        if error.code() not in BROKER_AWAY:
            log.warning("Kafka reports an error", reason=str(error))
        elif not self.is_away:
            self.is_away = True
            log.warning("Kafka is away; librdkafka connects again", reason=str(error))


def record_of(message: Message) -> Record:
    """Return what is heard of a record."""
    return Record(message.topic(), message.key() or b"", message.value(), message.timestamp()[1])
