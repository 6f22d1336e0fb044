"""Writes clip records: durable, once, and fenced by the consumer group, so that no two processes ask for one clip."""

import threading
from collections.abc import Sequence

import structlog
from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition

from clip_creator.clip_log.reader import Ledger
from contracts import metrics
from contracts.clips import Clip
from contracts.codec import encode
from contracts.topics import CLIPS
from service_runtime.kafka import producer_config
from service_runtime.measures import measure
from service_runtime.settings import KafkaSettings

log = structlog.get_logger()
TRANSACTION_MS = 10_000  # after this a dead process's records no longer hold up the readers
COMMIT_SECONDS = 10.0
ANSWER_SECONDS = 12.0  # after which librdkafka has missed its own deadline
BROKER_LOST = frozenset({KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT})
PARTITION_LOST = frozenset(
    {
        KafkaError.ILLEGAL_GENERATION,
        KafkaError.UNKNOWN_MEMBER_ID,
        KafkaError.REBALANCE_IN_PROGRESS,
        KafkaError.FENCED_INSTANCE_ID,
    }
)


class PartitionLostError(Exception):
    """The moment's partition belongs to another process now; nothing was recorded."""


class Journal:
    """One transaction a record. Safe to share between threads."""

    def __init__(self, settings: KafkaSettings, instance: str, ledger: Ledger) -> None:
        more = {"transactional.id": f"clip-creator-{instance}", "transaction.timeout.ms": TRANSACTION_MS}
        self._config = producer_config(settings, error_cb=self._on_error, **more)
        self._producer = Producer(self._config)
        self._ledger = ledger
        self._lock = threading.Lock()
        self._lost = False

    def open(self) -> None:
        """Take over the name in Kafka: an older process of this name is fenced, its open transaction ended."""
        self._producer.init_transactions()

    def _on_error(self, error: KafkaError) -> None:
        """Runs inside the producer's calls."""
        self._lost |= error.code() in BROKER_LOST

    def _renew(self) -> None:
        """A new producer where the broker was lost since the last record.

        The old one remembers where the group's coordinator was, and waits for it for ever
        (confluentinc/librdkafka#5456, #5511; seen with 2.16.0 after each kill -9 of an idle broker).
        """
        self._producer.poll(0)  # serves `_on_error`
        if self._lost:
            self._producer = Producer(self._config)
            self.open()
            self._lost = False

    def record(self, clip: Clip, offsets: Sequence[TopicPartition] = (), group: object | None = None) -> None:
        """Write `clip`, and commit the moment's `offsets` with it where it is the first record of its moment.

        Returns when Kafka has acknowledged it. Raises `PartitionLostError`, or KafkaException: the process ends.
        """
        with self._lock:
            self._renew()
            self._producer.begin_transaction()
            try:
                self._producer.produce(CLIPS.name, key=clip.moment_id.encode(), value=encode(clip))
                if offsets:
                    self._send_offsets(offsets, group)
                self._commit()
            except KafkaException as error:
                self._give_up(error.args[0])
                raise
            self._ledger.note(clip)
        log.info("clip recorded", moment=clip.moment_id, status=clip.status, reason=clip.reason, clip=clip.clip_id)
        if clip.status != "intent":
            measure(metrics.CLIP_OUTCOMES).labels(status=clip.status).inc()

    def _send_offsets(self, offsets: Sequence[TopicPartition], group: object) -> None:
        """In a thread that can be left alone: librdkafka's own deadline does not hold (see `_renew`)."""
        errors: list[KafkaException] = []

        def send() -> None:
            try:
                self._producer.send_offsets_to_transaction(list(offsets), group, COMMIT_SECONDS)
            except KafkaException as error:
                errors.append(error)

        sending = threading.Thread(target=send, name="offsets", daemon=True)
        sending.start()
        sending.join(ANSWER_SECONDS)
        if sending.is_alive():
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT, "the moment's offset was not taken in time"))
        if errors:
            raise errors[0]

    def _commit(self) -> None:
        """Commit; an answer that is late is asked for again, since a commit may be repeated."""
        while True:
            try:
                self._producer.commit_transaction(COMMIT_SECONDS)
                return
            except KafkaException as error:
                if not error.args[0].retriable():
                    raise

    def _give_up(self, error: KafkaError) -> None:
        if not error.txn_requires_abort():
            return
        self._producer.abort_transaction(COMMIT_SECONDS)
        if error.code() in PARTITION_LOST:
            raise PartitionLostError(str(error)) from None
