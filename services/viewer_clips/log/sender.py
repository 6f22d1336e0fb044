"""Sends viewers' clips to Kafka and says whether it has them."""

from collections.abc import Iterable

from confluent_kafka import KafkaError, Message, Producer

from contracts.codec import encode
from contracts.topics import VIEWER_CLIPS
from contracts.viewer_clips import ViewerClip
from service_runtime.kafka import KafkaAwayError, producer_config
from service_runtime.settings import KafkaSettings

TUNING = {
    "linger.ms": 20,
    "queue.buffering.max.kbytes": 8_192,
    "reconnect.backoff.max.ms": 2_000,
    "log.connection.close": False,
}
ANSWER_SECONDS = 15.0


class Sender:
    """A producer of viewer-clips. For one thread."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._producer = Producer(producer_config(settings, **TUNING) | {"error_cb": lambda _: None})
        self._failure: KafkaError | None = None

    def send(self, clips: Iterable[ViewerClip]) -> None:
        """Send all, and return once Kafka has them. Raises KafkaAwayError: then send them all again."""
        self._failure = None
        for clip in clips:
            key = f"{clip.channel_id}:{clip.clip_id}"
            try:
                self._producer.produce(VIEWER_CLIPS.name, key=key, value=encode(clip), on_delivery=self._delivered)
            except BufferError as error:
                raise self._given_up("its queue is full") from error
            self._producer.poll(0)
        if self._producer.flush(ANSWER_SECONDS):
            raise self._given_up("no answer in time")
        if self._failure is not None:
            raise KafkaAwayError(f"{VIEWER_CLIPS.name} refuses a clip: {self._failure}")

    def _given_up(self, reason: str) -> KafkaAwayError:
        self._producer.purge()
        self._producer.flush(0)
        return KafkaAwayError(f"{VIEWER_CLIPS.name}: {reason}")

    def _delivered(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self._failure = error

    def close(self) -> None:
        """Let go of what Kafka did not take; it is asked for again."""
        self._producer.purge()
        self._producer.flush(0)
