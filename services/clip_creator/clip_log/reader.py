"""Reads clip records from the topic `clips`."""

import time
from collections.abc import Iterator

import structlog
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from contracts import metrics
from contracts.clips import Clip
from contracts.codec import ContractError, decode
from contracts.topics import CLIPS
from service_runtime.kafka import consumer_config
from service_runtime.measures import measure
from service_runtime.settings import KafkaSettings

log = structlog.get_logger()
POLL_SECONDS = 1.0
STALLED_SECONDS = 20.0  # without a record or an end; after a broker was killed, librdkafka may wait forever


class ClipReader:
    """Reads the whole topic on the first call and what is new on each later one. Not thread-safe."""

    def __init__(self, settings: KafkaSettings) -> None:
        more = {"enable.partition.eof": True, "fetch.wait.max.ms": 20, "auto.offset.reset": "earliest"}
        self._consumer = Consumer(consumer_config(settings, "clip-creator-ledger", **more))
        self._next = dict.fromkeys(range(CLIPS.partitions), OFFSET_BEGINNING)

    def read_to_end(self) -> Iterator[tuple[Clip, int]]:
        """Yield each record committed since the last call with its partition, up to the current end of the topic.

        Raises KafkaException if the broker refuses or the end is not reached in time. The process then exits and
        its successor reads the whole topic again.
        """
        self._consumer.assign([TopicPartition(CLIPS.name, each, offset) for each, offset in self._next.items()])
        unfinished, deadline = set(self._next), time.monotonic() + STALLED_SECONDS
        while unfinished:
            if time.monotonic() > deadline:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT, f"{CLIPS.name} is not read to its end"))
            message = self._consumer.poll(POLL_SECONDS)
            if message is None:
                continue
            error = message.error()
            if error is not None:
                if error.code() == KafkaError._PARTITION_EOF:
                    unfinished.discard(message.partition())
                    self._next[message.partition()] = message.offset()
                elif error.code() == KafkaError.OFFSET_OUT_OF_RANGE or not error.retriable():
                    raise KafkaException(error)
                continue
            self._next[message.partition()] = message.offset() + 1
            deadline = time.monotonic() + STALLED_SECONDS
            clip = decode_clip(message.value())
            if clip is not None:
                yield clip, message.partition()

    def close(self) -> None:
        """Close the consumer."""
        self._consumer.close()


def decode_clip(payload: bytes | None) -> Clip | None:
    """Decode a record; return None for a tombstone (the channel opted out) or for one that violates the contract.

    A violation is counted here; the recorder stores it as a dead letter.
    """
    if payload is None:
        return None
    try:
        clip: Clip = decode(CLIPS.name, payload)
    except ContractError as error:
        measure(metrics.DEAD_LETTERS).labels(place=CLIPS.name).inc()
        log.warning("clip record violates its contract", reason=str(error))
        return None
    return clip
