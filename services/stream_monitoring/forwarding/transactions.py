"""Frames into Kafka, whole frames and their tick in one transaction."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from confluent_kafka import KafkaError, KafkaException, Producer

from contracts import topics
from service_runtime.kafka import partitions_of
from stream_monitoring.capture.ticks import crosses_second
from stream_monitoring.forwarding.partition_repair import Resend
from stream_monitoring.spool.batch import NO_CHANNEL, Destination, destinations
from stream_monitoring.spool.frame import Frame
from stream_monitoring.timing import ANSWER_SECONDS, TRANSACTION_SECONDS

log = structlog.get_logger()
TRANSACTIONAL_ID = "chat-forwarder"  # this name is the lease: the last instance to begin with it is the holder
METADATA_SECONDS = 5.0
TOPICS = (topics.CHAT_MESSAGES, topics.STREAM_LIFECYCLE, topics.DEAD_LETTERS)  # every topic a transaction may write to

# librdkafka settings for batches of thousands; measured by tests/benchmarks/reading.py
PRODUCER_SETTINGS: dict[str, Any] = {
    "transactional.id": TRANSACTIONAL_ID,
    "transaction.timeout.ms": int(TRANSACTION_SECONDS * 1000),
    "delivery.report.only.error": True,
    "linger.ms": 1_000,  # lets batches fill up, a commit does not wait for it: saves 1 µs per message in a drain
    "compression.level": 1,  # of zstd: 5.1 µs of CPU per message instead of 6.7 at the default level
    "batch.num.messages": 50_000,
    "batch.size": 900_000,  # bytes; below the broker's largest batch of 1 MB
    "queue.buffering.max.messages": 500_000,
    "queue.buffering.max.kbytes": 512 * 1024,
}


class FencedError(Exception):
    """Another instance forwards now."""


class TransactionFailedError(Exception):
    """No reader sees the transaction; begin again with a new producer."""


def as_failure(error: KafkaError) -> Exception:
    """Return the exception that says what to do about Kafka's error.

    _FATAL is what `produce` says once another instance has fenced this one: it does not repeat the reason.
    """
    fenced = (KafkaError._FENCED, KafkaError._FATAL, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH)
    if error.code() in fenced:
        return FencedError(error.str())
    return TransactionFailedError(f"{error.name()}: {error.str()}")


class Transactions:
    """The holder's producer. After any exception, close it and make another."""

    def __init__(self, config: dict[str, Any], half_committed: Callable[[], bytes | None] = lambda: None) -> None:
        """Become the holder and fence the previous one. Raises FencedError, TransactionFailedError if Kafka is away.

        `half_committed`: called once no other instance can write, see `KafkaLog.half_committed`.
        """
        self._producer = Producer(config)
        try:
            self._producer.init_transactions(ANSWER_SECONDS)
            # Before the first record: until librdkafka has fetched them, it may reorder records.
            self._partitions = {
                topic.name: partitions_of(self._producer, topic.name, METADATA_SECONDS) for topic in TOPICS
            }
            if tick := half_committed():
                self._finish(tick)
            else:
                self._fence_partitions()
        except KafkaException as error:
            raise as_failure(error.args[0]) from error
        self._sent_tick = 0

    def _finish(self, tick: bytes) -> None:
        """Write the tick again to every partition: one has committed its transaction, so all others must.

        Open dead letters are committed with the next transaction that writes one.
        """
        log.warning("forwarder: the last transaction was committed in some partitions only, finishing it")
        self._producer.begin_transaction()
        self._produce_tick(tick)
        self._producer.commit_transaction(ANSWER_SECONDS)

    def _fence_partitions(self) -> None:
        """Abort a transaction of our own in every partition, so that each knows the new holder.

        `init_transactions` aborts what the coordinator remembers. After an unclean broker shutdown a partition may hold
        undecided records of the last holder that the coordinator forgot: our first commit would commit them too.
        """
        failed: list[KafkaError] = []
        self._producer.begin_transaction()
        for topic in TOPICS:
            for partition in self._partitions[topic.name]:
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
        """Commit the frames and the tick that ends the last of them, with a tick for each second of event time.

        Raises FencedError or TransactionFailedError.
        """
        with self._transaction():
            for number, frame in enumerate(frames):
                self._produce_frame(frame)
                is_last = number == len(frames) - 1
                if is_last or (frame.count and crosses_second(self._sent_tick, frame.tick_at)):
                    self._produce_tick(tick if is_last else frame.tick)
                    self._sent_tick = frame.tick_at

    def send_again(self, resend: Resend) -> None:
        """Commit lost records again, and the tick that ended them. Raises as `send` does."""
        with self._transaction():
            self._produce_records(resend.records)
            for topic, number in resend.partitions:
                self._producer.produce(topic, resend.tick, partition=number)

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
        produce, chat = self._producer.produce, topics.CHAT_MESSAGES.name
        for key, value in zip(lines[0::2], lines[1::2], strict=True):
            if key < NO_CHANNEL:  # nearly always
                produce(chat, value, key)
            else:
                self._produce_records((to, value) for to in destinations(key))

    def _produce_records(self, records: Iterable[tuple[Destination, bytes]]) -> None:
        for to, value in records:
            self._producer.produce(to.topic, value, to.key)

    def _produce_tick(self, tick: bytes) -> None:
        for topic in (topics.CHAT_MESSAGES, topics.STREAM_LIFECYCLE):
            for partition in self._partitions[topic.name]:
                self._producer.produce(topic.name, tick, partition=partition)

    def close(self) -> None:
        """Close without waiting; no reader sees what is not committed."""
        self._producer.purge(in_queue=True, in_flight=True, blocking=False)
