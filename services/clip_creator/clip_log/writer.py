"""Writes clip records in transactions that fail if the consumer group has moved the moment to another process."""

import threading
from collections.abc import Sequence
from typing import get_args

import structlog
from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition

from clip_creator.clip_log.latest_clips import LatestClips
from contracts import metrics
from contracts.clips import Clip, ClipStatus
from contracts.codec import encode
from contracts.topics import CLIPS
from service_runtime.kafka import producer_config
from service_runtime.measures import measure
from service_runtime.settings import KafkaSettings

log = structlog.get_logger()
TRANSACTION_MS = 10_000  # the broker aborts a dead process's transaction after this, which unblocks readers
COMMIT_SECONDS = 10.0
OUTCOMES = [status for status in get_args(ClipStatus) if status != "intent"]
ANSWER_SECONDS = 12.0  # by now librdkafka has missed its own deadline, COMMIT_SECONDS
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
    """Another process now owns the moment's partition; nothing was written."""


class ClipWriter:
    """Writes each record in its own transaction. Thread-safe."""

    def __init__(self, settings: KafkaSettings, instance: str, latest_clips: LatestClips) -> None:
        more = {"transactional.id": f"clip-creator-{instance}", "transaction.timeout.ms": TRANSACTION_MS}
        for status in OUTCOMES:  # a counter that begins with its first outcome shows Prometheus no increase
            measure(metrics.CLIP_OUTCOMES).labels(status=status)
        self._config = producer_config(settings, error_cb=self._on_error, **more)
        self._producer = Producer(self._config)
        self._latest_clips = latest_clips
        self._lock = threading.Lock()
        self._broker_lost = False

    def open(self) -> None:
        """Register the transactional id, which fences an older process and aborts its open transaction."""
        self._producer.init_transactions()

    def _on_error(self, error: KafkaError) -> None:
        """Handle an error that librdkafka reports from within the producer's own calls."""
        self._broker_lost |= error.code() in BROKER_LOST

    def _renew(self) -> None:
        """Replace the producer if the broker was lost since the last record.

        The old producer would wait forever for the group coordinator it remembers
        (confluentinc/librdkafka#5456, #5511; happens with 2.16.0 after each kill -9 of an idle broker).
        """
        self._producer.poll(0)  # serves `_on_error`
        if self._broker_lost:
            self._producer = Producer(self._config)
            self.open()
            self._broker_lost = False

    def write(self, clip: Clip, offsets: Sequence[TopicPartition] = (), group: object | None = None) -> None:
        """Write `clip` durably; for a moment's first record, commit its input `offsets` in the same transaction.

        Raises PartitionLostError if another process owns the partition, KafkaException if this process must exit.
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
                self._abort(error.args[0])
                raise
            self._latest_clips.apply(clip)
        log.info("clip recorded", moment=clip.moment_id, status=clip.status, reason=clip.reason, clip=clip.clip_id)
        if clip.status != "intent":
            measure(metrics.CLIP_OUTCOMES).labels(status=clip.status).inc()
        if clip.status == "made":
            measure(metrics.MOMENT_CLIP_SECONDS).observe(max(0, clip.decided_at - clip.crossed_at) / 1000)

    def _send_offsets(self, offsets: Sequence[TopicPartition], group: object) -> None:
        """Send in a thread that can be abandoned: librdkafka exceeds its own deadline (see `_renew`)."""
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
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT, "the moment's offset was not accepted in time"))
        if errors:
            raise errors[0]

    def _commit(self) -> None:
        """Commit, repeating on retriable errors: committing twice is safe."""
        while True:
            try:
                self._producer.commit_transaction(COMMIT_SECONDS)
                return
            except KafkaException as error:
                if not error.args[0].retriable():
                    raise

    def _abort(self, error: KafkaError) -> None:
        if not error.txn_requires_abort():
            return
        self._producer.abort_transaction(COMMIT_SECONDS)
        if error.code() in PARTITION_LOST:
            raise PartitionLostError(str(error)) from None
