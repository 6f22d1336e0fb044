"""Frames into Kafka, whole frames and their tick in one transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from confluent_kafka import KafkaError, KafkaException, Producer

from contracts import topics
from stream_monitoring.spool.batch import Destination, destinations
from stream_monitoring.spool.frame import Frame

log = structlog.get_logger()
TRANSACTIONAL_ID = "chat-forwarder"  # this name is the lease: who begins last with it is the holder
TRANSACTION_TIMEOUT_MS = 10_000  # readers wait so long for a holder that was killed, if no successor comes
ANSWER_SECONDS = 8.0
METADATA_SECONDS = 5.0
TICK_STEP_MS = 1_000  # in a drain a tick for each second of event time is enough
TOPICS = (topics.CHAT_MESSAGES, topics.STREAM_LIFECYCLE, topics.DEAD_LETTERS)  # all that a transaction may touch

# librdkafka's settings that make a batch of thousands cheap; measured by tests/benchmarks/reading.py
PRODUCER_SETTINGS: dict[str, Any] = {
    "transactional.id": TRANSACTIONAL_ID,
    "transaction.timeout.ms": TRANSACTION_TIMEOUT_MS,
    "delivery.report.only.error": True,
    "linger.ms": 1_000,  # a commit does not wait for it; until then batches fill up: 1 µs a message less in a drain
    "compression.level": 1,  # of zstd: 5.1 µs of CPU a message in place of 6.7 at the default level
    "batch.num.messages": 50_000,
    "batch.size": 900_000,  # bytes; below the broker's largest batch of 1 MB
    "queue.buffering.max.messages": 500_000,
    "queue.buffering.max.kbytes": 512 * 1024,
}


class FencedError(Exception):
    """Another instance forwards now."""


class TransactionFailedError(Exception):
    """Nothing of the transaction is seen; begin again with a new producer."""


def as_failure(error: KafkaError) -> Exception:
    """The exception that says what to do about Kafka's error."""
    fenced = (KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH)
    if error.code() in fenced:
        return FencedError(error.str())
    return TransactionFailedError(f"{error.name()}: {error.str()}")


class Transactions:
    """The holder's producer. After any exception it is of no use any more: close it, make another."""

    def __init__(self, config: dict[str, Any], half_committed: Callable[[], bytes | None] = lambda: None) -> None:
        """Becomes the holder, fences who was it. Raises FencedError, or TransactionFailedError where Kafka is away.

        `half_committed`: asked once nobody else writes any more, see `KafkaLog.half_committed`.
        """
        self._producer = Producer(config)
        try:
            self._producer.init_transactions(ANSWER_SECONDS)
            for topic in TOPICS:
                self._learn_partitions(topic)
            if tick := half_committed():
                self._finish(tick)
            else:
                self._fence_partitions()
        except KafkaException as error:
            raise as_failure(error.args[0]) from error
        self._sent_tick = 0

    def _learn_partitions(self, topic: topics.Topic) -> None:
        """Before the first record: records wait in another order while librdkafka knows no partitions."""
        known = self._producer.list_topics(topic.name, METADATA_SECONDS).topics[topic.name]
        if known.error is not None:
            raise KafkaException(known.error)
        if len(known.partitions) != topic.partitions:
            raise TransactionFailedError(f"{topic.name} has {len(known.partitions)} partitions, not {topic.partitions}")

    def _finish(self, tick: bytes) -> None:
        """Commit what one partition has committed already in all others: the same tick once more in each.

        Dead letters that are open stay so until the next one is committed, and them with it.
        """
        log.warning("forwarder: the last transaction was committed in some partitions only, finishing it")
        self._producer.begin_transaction()
        self._produce_tick(tick)
        self._producer.commit_transaction(ANSWER_SECONDS)

    def _fence_partitions(self) -> None:
        """Abort a transaction of our own in every partition, so that each knows the new holder.

        `init_transactions` aborts what the coordinator remembers. Where its memory is older than a partition (a broker
        that ended badly), the last holder's records lie there undecided, and our first commit would commit them too.
        """
        failed: list[KafkaError] = []
        self._producer.begin_transaction()
        for topic in TOPICS:
            for partition in range(topic.partitions):
                self._producer.produce(
                    topic.name,
                    partition=partition,
                    on_delivery=lambda error, _: failed.append(error) if error else None,
                )
        unsent = self._producer.flush(ANSWER_SECONDS)
        self._producer.abort_transaction(ANSWER_SECONDS)
        if failed:
            raise as_failure(failed[0])
        if unsent:
            raise TransactionFailedError(f"{unsent} partitions did not answer")

    def send(self, frames: list[Frame], tick: bytes) -> None:
        """Commit the frames and the tick that ends the last of them. Raises FencedError or TransactionFailedError."""
        with self._transaction():
            for number, frame in enumerate(frames):
                self._produce_frame(frame)
                is_last = number == len(frames) - 1
                if is_last or (frame.count and frame.tick_at >= self._sent_tick + TICK_STEP_MS):
                    self._produce_tick(tick if is_last else frame.tick)
                    self._sent_tick = frame.tick_at

    def send_again(self, records: Iterable[tuple[Destination, bytes]], tick: bytes) -> None:
        """Commit records that were lost and the tick that they ended with. Raises as `send` does."""
        with self._transaction():
            self._produce_records(records)
            self._produce_tick(tick)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._producer.begin_transaction()
            yield
            self._producer.commit_transaction(ANSWER_SECONDS)
        except KafkaException as error:
            raise as_failure(error.args[0]) from error
        except BufferError as error:
            raise TransactionFailedError("the producer's queue is full") from error

    def _produce_frame(self, frame: Frame) -> None:
        lines = frame.lines[:-2]  # without the tick
        pairs = zip(lines[0::2], lines[1::2], strict=True)
        self._produce_records((to, value) for key, value in pairs for to in destinations(key))

    def _produce_records(self, records: Iterable[tuple[Destination, bytes]]) -> None:
        by_topic: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for to, value in records:
            by_topic[to.topic].append({"value": value} if to.key is None else {"key": to.key, "value": value})
        for topic, batch in by_topic.items():
            if self._producer.produce_batch(topic, batch) != len(batch):
                raise KafkaException(next(record["_error"] for record in batch if "_error" in record))

    def _produce_tick(self, tick: bytes) -> None:
        for topic in (topics.CHAT_MESSAGES, topics.STREAM_LIFECYCLE):
            for partition in range(topic.partitions):
                self._producer.produce(topic.name, tick, partition=partition)

    def close(self) -> None:
        """Let go without waiting; what is not committed is never seen."""
        self._producer.purge(in_queue=True, in_flight=True, blocking=False)
