"""Reads a topic up to its end, outside of any consumer group's membership."""

import time
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from service_runtime.kafka import partitions_of

POLL_SECONDS = 0.5
BATCH = 1000  # records handed over at once of what librdkafka has fetched already
FETCH_WAIT_MS = 20  # the broker answers so soon where nothing is left, so the end is noticed at once
SILENT_SECONDS = 20.0  # after a broker was killed, a reader may wait forever


class TopicReader:
    """Reads partitions of a topic to their end, again and again; each read goes on where the last one stopped.

    `config` is a consumer's (see `kafka.consumer_config`); its isolation level decides what is read. Without
    `partitions` it reads all that the topic has, which it asks the broker for when it is first used. A read that
    gets nothing for `silent_seconds` raises KafkaException with `_TIMED_OUT`. For one thread.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        topic: str,
        partitions: Iterable[int] = (),
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        self._consumer = Consumer(
            {"auto.offset.reset": "earliest", "fetch.wait.max.ms": FETCH_WAIT_MS}
            | dict(config)
            | {"enable.partition.eof": True}
        )
        self._topic = topic
        self._next = dict.fromkeys(partitions, OFFSET_BEGINNING)
        self._silent_seconds = silent_seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave Kafka."""
        self._consumer.close()

    def bounds(self) -> dict[int, tuple[int, int]]:
        """Return each partition's first offset and the one after its last. Raises KafkaException.

        Ask before reading: an answer that waits behind a fetch takes as long as the fetch.
        """
        return {number: self._watermarks(number) for number in self._numbers()}

    def skip_to_last(self, records: int) -> None:
        """Begin the next read at the last `records` offsets of each partition. Raises KafkaException."""
        self._next = {number: max(low, high - records) for number, (low, high) in self.bounds().items()}

    def begin_at(self, offsets: Mapping[int, int]) -> None:
        """Begin the next read of these partitions at these offsets, which are within their bounds."""
        self._numbers()
        self._next |= offsets

    def offsets_at(self, times: Mapping[int, int]) -> dict[int, int]:
        """Return of these partitions the first offset that was written at a time (ms) or later, else the end.

        Raises KafkaException.
        """
        asked = [TopicPartition(self._topic, number, at) for number, at in times.items()]
        found = {each.partition: each.offset for each in self._consumer.offsets_for_times(asked, self._silent_seconds)}
        return {number: self._watermarks(number)[1] if offset < 0 else offset for number, offset in found.items()}

    def read_to_end(self) -> Iterator[Message]:
        """Yield what was added since the last read, up to each partition's end. Raises KafkaException."""
        return self._read(self._numbers(), {})

    def read_to(self, ends: Mapping[int, int]) -> Iterator[Message]:
        """Yield what lies before the offsets `ends`, of their partitions only. Raises KafkaException.

        It stops there even where the topic keeps growing, and at a partition's end: the last offset may be a
        transaction's marker, which is no record.
        """
        self._numbers()
        return self._read({number for number, end in ends.items() if self._next[number] < end}, ends)

    def _numbers(self) -> set[int]:
        if not self._next:
            numbers = partitions_of(self._consumer, self._topic, self._silent_seconds)
            self._next = dict.fromkeys(numbers, OFFSET_BEGINNING)
        return set(self._next)

    def _read(self, unread: set[int], ends: Mapping[int, int]) -> Iterator[Message]:
        self._consumer.assign([TopicPartition(self._topic, number, self._next[number]) for number in unread])
        deadline = time.monotonic() + self._silent_seconds
        while unread:
            left = deadline - time.monotonic()
            if left <= 0:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT, f"{self._topic} was not read to its end"))
            for message in self._batch(min(left, POLL_SECONDS)):
                still_unread = len(unread)
                is_wanted = self._advance(message, unread, ends)
                if is_wanted:
                    yield message
                if is_wanted or len(unread) < still_unread:
                    deadline = time.monotonic() + self._silent_seconds
        self._consumer.unassign()

    def _batch(self, seconds: float) -> list[Message]:
        """Return what has come, waiting only for the first; `consume` alone would wait for a full batch."""
        first = self._consumer.poll(seconds)
        return [first, *self._consumer.consume(BATCH - 1, 0)] if first is not None else []

    def _advance(self, message: Message, unread: set[int], ends: Mapping[int, int]) -> bool:
        """Note how far the partition has been read; return whether the message is a record before its end."""
        error, number, offset = message.error(), message.partition(), message.offset()
        if error is not None:
            if error.code() == KafkaError._PARTITION_EOF:
                if number in unread:  # else it was read as far as was wanted, and the next read goes on from there
                    unread.discard(number)
                    self._next[number] = offset
            elif not error.retriable():
                raise KafkaException(error)
            return False
        end = ends.get(number, float("inf"))
        if offset + 1 >= end:
            unread.discard(number)
        if offset >= end:
            return False
        self._next[number] = offset + 1
        return True

    def _watermarks(self, number: int) -> tuple[int, int]:
        low, high = self._consumer.get_watermark_offsets(TopicPartition(self._topic, number), self._silent_seconds)
        return low, high
