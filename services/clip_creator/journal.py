"""Writes clip records: durable, once, and fenced by the consumer group, so that no two processes ask for one clip."""

import threading
from collections.abc import Sequence

import structlog
from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition

from clip_creator.ledger import Ledger
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
        self._producer = Producer(producer_config(settings, **more))
        self._ledger = ledger
        self._lock = threading.Lock()

    def open(self) -> None:
        """Take over the name in Kafka: an older process of this name is fenced, its open transaction ended."""
        self._producer.init_transactions()

    def record(self, clip: Clip, offsets: Sequence[TopicPartition] = (), group: object | None = None) -> None:
        """Write `clip`, and commit the moment's `offsets` with it where it is the first record of its moment.

        Returns when Kafka has acknowledged it. Raises `PartitionLostError`, or KafkaException: the process ends.
        """
        with self._lock:
            self._producer.begin_transaction()
            try:
                self._producer.produce(CLIPS.name, key=clip.moment_id.encode(), value=encode(clip))
                if offsets:
                    self._producer.send_offsets_to_transaction(list(offsets), group, COMMIT_SECONDS)
                self._commit()
            except KafkaException as error:
                self._give_up(error.args[0])
                raise
            self._ledger.note(clip)
        log.info("clip recorded", moment=clip.moment_id, status=clip.status, reason=clip.reason, clip=clip.clip_id)
        if clip.status != "intent":
            measure(metrics.CLIP_OUTCOMES).labels(status=clip.status).inc()

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
