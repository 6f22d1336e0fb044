"""The Kafka side: reads records in small batches, keeps the membership alive, commits what was written."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from recorder.rows.record import Record
from service_runtime.kafka import consumer_config
from service_runtime.measuring.group_lag import lag_of
from service_runtime.settings import KafkaSettings

log = structlog.get_logger()
COMMIT_SECONDS = 5.0  # each commit is a sync on Kafka's disk; what is read twice after a crash is written once
OFFSETS_SECONDS = 10.0
GATHER_SECONDS = 0.01  # by default; after a first record, wait this long for its companions
TUNING = {
    "session.timeout.ms": 10_000,
    "fetch.wait.max.ms": 100,
    "queued.max.messages.kbytes": 8_192,  # of a backlog in memory
    "reconnect.backoff.max.ms": 2_000,
    "topic.metadata.refresh.interval.ms": 10_000,  # a topic made after us is found soon
    "log.connection.close": False,
}
BROKER_AWAY = (KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT, KafkaError._RESOLVE)


class RecordReader:
    """A member of a consumer group that reads committed records of `topics`.

    Its instance id is static: a process that takes a dead one's place need not wait for the session to time out.
    """

    def __init__(self, settings: KafkaSettings, group: str, instance: str, topics: Sequence[str], **more: object):
        config = consumer_config(settings, group, **(TUNING | {"group.instance.id": f"{group}-{instance}"} | more))
        config |= lag_of(group)
        self._consumer = Consumer(config | {"error_cb": self._on_error, "on_commit": self._on_commit})
        self._consumer.subscribe(list(topics))
        self._written: dict[tuple[str, int], int] = {}  # topic and partition to the offset that is not committed yet
        self._committed_at = time.monotonic()
        self._away = False
        self._missing: set[str] = set()

    def read(self, limit: int, wait_seconds: float, gather_seconds: float = GATHER_SECONDS) -> list[Record]:
        """Return up to `limit` records; wait at most `wait_seconds` for the first, `gather_seconds` for the others."""
        first = self._consumer.poll(wait_seconds)
        if first is None:
            return []
        more = self._consumer.consume(limit - 1, gather_seconds) if limit > 1 else []
        return self._records([first, *more])

    def keep_alive(self, seconds: float) -> list[Record]:
        """Poll for `seconds` with reading paused, to stay in the group; return any record that arrives all the same."""
        self._consumer.pause(self._consumer.assignment())
        message = self._consumer.poll(seconds)
        return self._records([message] if message is not None else [])

    def go_on(self) -> None:
        """Read again after `keep_alive`."""
        self._consumer.resume(self._consumer.assignment())

    def commit(self, records: Iterable[Record], wait: bool = False) -> None:
        """Note that these records are written. Their offsets are committed every few seconds, or at once with `wait`.

        A commit that fails is not repeated: the next one includes its offsets.
        """
        for record in records:
            place = (record.topic, record.partition)
            self._written[place] = max(self._written.get(place, 0), record.offset + 1)
        is_due = wait or time.monotonic() - self._committed_at >= COMMIT_SECONDS
        if not (is_due and self._written):
            return
        offsets = [TopicPartition(topic, partition, offset) for (topic, partition), offset in self._written.items()]
        self._written, self._committed_at = {}, time.monotonic()
        try:
            self._consumer.commit(offsets=offsets, asynchronous=not wait)
        except KafkaException as error:
            log.warning("offsets not committed; the records will be read again", reason=str(error))

    def group_offsets(self, places: Collection[tuple[str, int]]) -> dict[tuple[str, int], int] | None:
        """Return from where the group goes on with these partitions, without those that it has never read.

        None if Kafka does not say.
        """
        try:
            found = self._consumer.committed([TopicPartition(*place) for place in places], OFFSETS_SECONDS)
        except KafkaException as error:
            log.warning("Kafka does not say where the group is", reason=str(error))
            return None
        return {(each.topic, each.partition): each.offset for each in found if each.offset >= 0}

    def rewind(self, offsets: Mapping[tuple[str, int], int]) -> None:
        """Read partitions again from these offsets, or from the oldest record that is still there.

        A partition that another process has meanwhile is left to it.
        """
        for (topic, partition), offset in offsets.items():
            self._written.pop((topic, partition), None)
            try:
                self._consumer.seek(TopicPartition(topic, partition, offset))
            except KafkaException as error:
                log.warning("a partition is not read again here", topic=topic, partition=partition, reason=str(error))

    def close(self) -> None:
        """Leave the group and close the connection."""
        self._consumer.close()

    def _records(self, messages: Iterable[Message]) -> list[Record]:
        return [self._record(message) for message in messages if self._is_good(message)]

    def _is_good(self, message: Message) -> bool:
        error = message.error()
        if error is None:
            if self._away:
                self._away = False
                log.info("Kafka is back")
            return True
        if error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            topic = message.topic() or ""
            if topic not in self._missing:
                self._missing.add(topic)
                log.warning("a topic is missing; waiting for it", topic=topic)
        elif error.fatal() or error.code() == KafkaError._FATAL:
            raise KafkaException(error)
        else:
            self._on_error(error)
        return False

    @staticmethod
    def _record(message: Message) -> Record:
        kind, timestamp = message.timestamp()
        return Record(
            topic=message.topic(),
            partition=message.partition(),
            offset=message.offset(),
            payload=message.value() or b"",
            is_tombstone=message.value() is None,
            appended_at=timestamp if kind else 0,
        )

    def _on_error(self, error: KafkaError) -> None:
        if error.code() not in BROKER_AWAY:
            log.warning("Kafka reports an error", reason=str(error))
        elif not self._away:
            self._away = True
            log.warning("Kafka is away; librdkafka connects again", reason=str(error))

    def _on_commit(self, error: KafkaError | None, _offsets: list[TopicPartition]) -> None:
        if error is not None:
            log.warning("offsets not committed; the records will be read again", reason=str(error))
