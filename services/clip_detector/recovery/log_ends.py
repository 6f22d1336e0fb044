"""Remember the last record of each chat partition when a checkpoint is made, to see later if a power cut removed it.

Kafka writes chat to the disk some seconds after it acknowledged it. Records that a power cut removes are sent again
from the spool and get other offsets: a checkpoint that had read them would skip some records and count others twice.
"""

import zlib
from collections.abc import Mapping
from typing import NamedTuple

from confluent_kafka import Message

from contracts import topics
from service_runtime.kafka import consumer_config
from service_runtime.settings import KafkaSettings
from service_runtime.topic_reader import TopicReader

GROUP = "clip-detector-ends"
ANSWER_SECONDS = 10.0
TAIL = 20  # records read from the end; a transaction ends with a tick in each partition, and its marker


class LastRecord(NamedTuple):
    """A partition's last committed record, usually a tick: its offset, and the CRC-32 of what it says."""

    offset: int
    checksum: int


Ends = Mapping[int, LastRecord]  # by partition; one that was empty is left out


class LogEnds:
    """Reads the ends of chat-messages. Its methods raise KafkaException if Kafka does not answer. For one thread."""

    def __init__(self, kafka: KafkaSettings) -> None:
        config = consumer_config(kafka, GROUP)
        self._reader = TopicReader(config, topics.CHAT_MESSAGES.name, silent_seconds=ANSWER_SECONDS)

    def now(self) -> Ends | None:
        """Return the present ends; None if a partition's last offsets hold no record that can be seen."""
        bounds = self._reader.bounds()
        self._reader.skip_to_last(TAIL)
        found = {each.partition(): last_record(each) for each in self._reader.read_to_end()}
        has_records = {number for number, (low, end) in bounds.items() if end > low}
        return found if has_records <= found.keys() else None

    def are_kept(self, ends: Ends) -> bool:
        """Return whether each of these records is still where it was, or was deleted by age.

        They are committed records: where one is, its transaction's marker and all that precedes it are too.
        """
        bounds = self._reader.bounds()
        if any(number not in bounds or end.offset >= bounds[number][1] for number, end in ends.items()):
            return False
        there = {number: end for number, end in ends.items() if end.offset >= bounds[number][0]}
        self._reader.begin_at({number: end.offset for number, end in there.items()})
        read = self._reader.read_to({number: end.offset + 1 for number, end in there.items()})
        return {each.partition(): last_record(each) for each in read} == there


def last_record(message: Message) -> LastRecord:
    """Return what is kept of a record."""
    return LastRecord(message.offset() or 0, zlib.crc32(message.value() or b""))
