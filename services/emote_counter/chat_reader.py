"""The Kafka side of reading: what is in chat-messages, and its records from a position on, outside of any group."""

from collections.abc import Iterable, Mapping

import msgspec
import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from contracts.chat_messages import Tick
from contracts.topics import CHAT_MESSAGES
from service_runtime.kafka import consumer_config
from service_runtime.measuring.group_lag import lag_of
from service_runtime.settings import KafkaSettings
from service_runtime.topic_reader import TopicReader

log = structlog.get_logger()
GROUP = "emote-counter"
TOPIC = CHAT_MESSAGES.name
BATCH = 1_000  # records handed over at once
# A backlog must not fill the memory: each answer is one batch of the forwarder's, and little waits to be counted. With
# librdkafka's own sizes the process takes 15 MB more.
ANSWER_BYTES = 131_072
TUNING = {
    "queued.max.messages.kbytes": 512,
    "queued.min.messages": 1_000,
    "message.max.bytes": ANSWER_BYTES,
    "fetch.max.bytes": ANSWER_BYTES,
    "max.partition.fetch.bytes": ANSWER_BYTES,
    "fetch.queue.backoff.ms": 20,  # a second by default, in which nothing is read
    "fetch.wait.max.ms": 100,
    "reconnect.backoff.max.ms": 2_000,
    "log.connection.close": False,
}
LOST = (KafkaError._AUTO_OFFSET_RESET, KafkaError._LOG_TRUNCATION, KafkaError.OFFSET_OUT_OF_RANGE)
BROKER_AWAY = (KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT, KafkaError._RESOLVE)
_tick = msgspec.json.Decoder(Tick)


class KafkaChatLog:
    """Looks into the topic before it is read. All methods raise KafkaException."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._config = consumer_config(settings, GROUP, **TUNING)

    def bounds(self) -> dict[int, tuple[int, int]]:
        """Return each partition's first offset and the one after its last."""
        with TopicReader(self._config, TOPIC) as reader:
            return reader.bounds()

    def ticks_at(self, offsets: Mapping[int, int]) -> dict[int, Tick]:
        """Return the ticks that are at these offsets; a partition with another record there is left out."""
        found = {}
        with TopicReader(self._config, TOPIC, partitions=offsets) as reader:
            reader.begin_at(offsets)
            for message in reader.read_to({number: offset + 1 for number, offset in offsets.items()}):
                tick = tick_in(message.value() or b"")
                if tick is not None and message.offset() == offsets[message.partition()]:
                    found[message.partition()] = tick
        return found

    def offsets_at(self, times: Mapping[int, int]) -> dict[int, int]:
        """Return for each partition the first offset that was written at a time (ms) or later, else its end."""
        with TopicReader(self._config, TOPIC) as reader:
            return reader.offsets_at(times)


def tick_in(value: bytes) -> Tick | None:
    """Return a record if it is a tick."""
    try:
        return _tick.decode(value)
    except msgspec.DecodeError:
        return None


class ChatReader:
    """Reads all partitions from given offsets on. `is_away`: Kafka does not answer. For one thread."""

    def __init__(self, settings: KafkaSettings) -> None:
        # An offset that is not there any more ends the process: the next start looks for a position that holds.
        config = consumer_config(settings, GROUP, **TUNING | {"auto.offset.reset": "error"}) | lag_of(GROUP)
        self._consumer = Consumer(config | {"error_cb": self._on_error})
        self.is_away = self._has_returned = False

    def begin(self, offsets: Mapping[int, int]) -> None:
        """Read from these offsets on."""
        self._consumer.assign([TopicPartition(TOPIC, number, offset) for number, offset in offsets.items()])

    def read(self, seconds: float) -> list[Message]:
        """Return what has come; wait only for the first record. Raises KafkaException for what does not pass."""
        first = self._consumer.poll(seconds)
        if first is None:
            return []
        found = [first, *self._consumer.consume(BATCH - 1, 0)]
        good = [each for each in found if each.error() is None]
        if len(good) < len(found):
            self._note_errors(found)
        if good and self.is_away:
            self.is_away, self._has_returned = False, True
            log.info("Kafka is back")
        return good

    def take_return(self) -> bool:
        """Return once that Kafka came back: it may have lost what it had acknowledged."""
        has_returned, self._has_returned = self._has_returned, False
        return has_returned

    def close(self) -> None:
        """Close the connection."""
        self._consumer.close()

    def _note_errors(self, messages: Iterable[Message]) -> None:
        for error in filter(None, (message.error() for message in messages)):
            if error.fatal() or error.code() in LOST:
                raise KafkaException(error)
            self._on_error(error)

    def _on_error(self, error: KafkaError) -> None:
        if error.code() not in BROKER_AWAY:
            log.warning("Kafka reports an error", reason=str(error))
        elif not self.is_away:
            self.is_away = True
            log.warning("Kafka is away; librdkafka connects again", reason=str(error))
