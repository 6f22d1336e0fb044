"""Records of one topic to librdkafka, hundreds in one call.

`Producer.produce_batch` wants a dict for each record and looks into each several times. librdkafka's own
`rd_kafka_produce_batch` takes an array of C structs, which a few steps over whole columns make: 0.4 µs a record less.
Where the installed librdkafka is not the one that was tried, `produce_batch` is called after all.
"""

import ctypes
import sys
from array import array
from collections.abc import Callable
from itertools import accumulate, count
from operator import add
from typing import Any

import confluent_kafka
import structlog
from confluent_kafka import KafkaError, KafkaException, Producer, cimpl

log = structlog.get_logger()

KNOWN = ("2.16.1", "2.16.0")  # confluent-kafka's version and librdkafka's: the places below are theirs
PRODUCER_TYPE = 0
ANY_PARTITION = -1  # the partitioner decides, by the key
COPY = 2
WORDS = 9  # of rd_kafka_message_t, 8 bytes each
ERROR, VALUE, VALUE_LENGTH, KEY, KEY_LENGTH = 0, 3, 4, 5, 6  # the words that are used; 0 in all others

HandOver = Callable[[bytes, list[bytes]], None]


def hand_over_to(producer: Producer, topic: str) -> HandOver:
    """What hands key, value, key, value, … to `producer`, for the partition of each key.

    It is called with whole records, as a frame's `pieces` are, and with the lines in them. Raises KafkaException where
    a record was not taken; others may have been.
    """
    if is_known():
        return Columns(producer, topic)
    log.warning("forwarder: librdkafka is not the one that was tried, the slower way is taken", known=KNOWN)
    return lambda _, lines: produce_lines(producer, topic, lines)


def is_known() -> bool:
    """Whether the C structs are as this module takes them to be."""
    found = (confluent_kafka.version(), confluent_kafka.libversion()[0])
    is_usual = sys.implementation.name == "cpython" and sys.maxsize > 2**32 and sys.byteorder == "little"
    return is_usual and found == KNOWN


def produce_lines(producer: Producer, topic: str, lines: list[bytes]) -> None:
    """The same by `produce_batch`."""
    pairs = zip(lines[0::2], lines[1::2], strict=True)
    produce_dicts(producer, topic, [{"key": key, "value": value} for key, value in pairs])


def produce_dicts(producer: Producer, topic: str, records: list[dict[str, Any]]) -> None:
    """Records as `produce_batch` takes them. Raises KafkaException where one was not taken."""
    if producer.produce_batch(topic, records) != len(records):
        raise KafkaException(next(record["_error"] for record in records if "_error" in record))


class Columns:
    """The quick way. Holds the producer, so that its topic is let go before it."""

    def __init__(self, producer: Producer, topic: str) -> None:
        self._library = library()
        self._producer = producer
        handle = ctypes.c_void_p.from_address(id(producer) + object.__basicsize__)  # the first field of its struct
        if self._library.rd_kafka_type(handle) != PRODUCER_TYPE:
            raise RuntimeError("confluent-kafka keeps librdkafka's producer in another place")
        self._topic = ctypes.c_void_p(self._library.rd_kafka_topic_new(handle, topic.encode(), None))

    def __call__(self, piece: bytes, lines: list[bytes]) -> None:
        """See `hand_over_to`."""
        records = len(lines) // 2
        address = ctypes.cast(ctypes.c_char_p(piece), ctypes.c_void_p).value or 0
        lengths = list(map(len, lines))
        # Before each line are the ones that precede it and as many line feeds.
        starts = list(map(add, accumulate(lengths, initial=0), count(address)))
        table = array("Q", bytes(8 * WORDS * records))
        table[KEY::WORDS], table[KEY_LENGTH::WORDS] = array("Q", starts[0:-1:2]), array("Q", lengths[0::2])
        table[VALUE::WORDS], table[VALUE_LENGTH::WORDS] = array("Q", starts[1::2]), array("Q", lengths[1::2])
        messages, _ = table.buffer_info()
        if self._library.rd_kafka_produce_batch(self._topic, ANY_PARTITION, COPY, messages, records) != records:
            error = next(filter(None, table[ERROR::WORDS]))
            raise KafkaException(KafkaError(ctypes.c_int32(error).value))

    def __del__(self) -> None:
        if hasattr(self, "_topic"):
            self._library.rd_kafka_topic_destroy(self._topic)


def library() -> ctypes.CDLL:
    """The librdkafka that confluent_kafka has loaded: the names of a module's libraries are found through it."""
    loaded = ctypes.CDLL(cimpl.__file__)
    pointer, integer = ctypes.c_void_p, ctypes.c_int
    loaded.rd_kafka_type.argtypes = [pointer]
    loaded.rd_kafka_topic_new.argtypes = [pointer, ctypes.c_char_p, pointer]
    loaded.rd_kafka_topic_new.restype = pointer
    loaded.rd_kafka_topic_destroy.argtypes = [pointer]
    loaded.rd_kafka_topic_destroy.restype = None
    loaded.rd_kafka_produce_batch.argtypes = [pointer, ctypes.c_int32, integer, pointer, integer]
    return loaded
