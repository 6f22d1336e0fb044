"""Sends minutes to Kafka and knows up to which one all have arrived."""

import threading
from collections.abc import Iterable
from typing import Any

import structlog
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from contracts import metrics
from contracts.codec import encode
from contracts.emote_counts import RECORD_BYTES, EmoteCounts
from contracts.topics import EMOTE_COUNTS
from emote_counts.packing import unpack_seconds
from service_runtime.kafka import producer_config
from service_runtime.measures import measure
from service_runtime.settings import KafkaSettings

log = structlog.get_logger()
TUNING = {
    "linger.ms": 20,
    "message.timeout.ms": 0,  # however long Kafka is away, a closed minute waits
    "message.max.bytes": RECORD_BYTES,
    "queue.buffering.max.kbytes": 16_384,  # a record of the largest kind and some
    "reconnect.backoff.max.ms": 2_000,
    "log.connection.close": False,
}
ROOM_SECONDS = 0.2  # to wait for room in the queue before it is looked whether to stop
FLUSH_SECONDS = 5.0
MOST_WAITING = 500  # minutes that Kafka has not acknowledged; all of 200 channels close at once


class MinuteSender:
    """A producer of emote-counts. Minutes of one key keep their order. For one thread."""

    def __init__(self, settings: KafkaSettings, stop: threading.Event) -> None:
        self._producer = Producer(producer_config(settings, **TUNING) | {"error_cb": lambda _: None})
        self._stop = stop
        self.last = 0  # number of the last minute that was sent
        self._open: set[int] = set()  # numbers of those that Kafka has not acknowledged
        self._failure: KafkaError | None = None

    def acknowledged(self) -> int:
        """Return the number of the last minute up to which Kafka has all of them."""
        return min(self._open, default=self.last + 1) - 1

    @property
    def has_room(self) -> bool:
        """Return whether revisions may be sent too: they must not pile up while Kafka is away."""
        return len(self._open) < MOST_WAITING

    def send(self, minutes: Iterable[EmoteCounts]) -> None:
        """Send minutes; wait while the queue is full. Raises KafkaException where Kafka can never take one."""
        for minute in minutes:
            if self._stop.is_set():
                return  # the rest is counted again from the kept position
            self._send(minute)
            state = "closed" if minute.is_closed else "open"
            measure(metrics.EMOTE_MINUTES).labels(state=state).inc()
            if minute.is_closed:
                count_uses(minute)

    def _send(self, minute: EmoteCounts) -> None:
        key, value = f"{minute.channel_id}:{minute.minute_at}", encode(minute)
        while not self._stop.is_set():
            try:
                self._producer.produce(
                    EMOTE_COUNTS.name, key=key, value=value, on_delivery=self._delivered(self.last + 1)
                )
            except BufferError:
                self.serve(ROOM_SECONDS)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.MSG_SIZE_TOO_LARGE:
                    raise
                measure(metrics.EMOTE_LEFT_OUT).labels(limit="size").inc(len(minute.emotes))
                log.error("a minute is too large for Kafka", channel_id=minute.channel_id, bytes=len(value))
                return
            else:
                self.last += 1
                self._open.add(self.last)
                return

    def _delivered(self, number: int) -> Any:
        def note(error: KafkaError | None, _message: Message) -> None:
            if error is None:
                self._open.discard(number)
            else:
                self._failure = error

        return note

    def serve(self, seconds: float = 0.0) -> None:
        """Handle what Kafka has answered. Raises KafkaException if it refused a minute."""
        self._producer.poll(seconds)
        if self._failure is not None:
            raise KafkaException(self._failure)

    def close(self) -> None:
        """Send what waits, if Kafka takes it soon."""
        self._producer.flush(FLUSH_SECONDS)


def count_uses(minute: EmoteCounts) -> None:
    """Count the uses of a closed minute by provider."""
    found: dict[str, int] = {}
    for emote in minute.emotes:
        uses = sum(number for _, number in unpack_seconds(emote.seconds))
        found[emote.provider] = found.get(emote.provider, 0) + uses
    for provider, uses in found.items():
        measure(metrics.EMOTE_USES).labels(provider=provider).inc(uses)
