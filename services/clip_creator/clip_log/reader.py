"""Reads clip records from the topic `clips`."""

from collections.abc import Iterator

import structlog

from contracts import metrics
from contracts.clips import Clip
from contracts.codec import ContractError, decode
from contracts.topics import CLIPS
from service_runtime.kafka import consumer_config
from service_runtime.measures import measure
from service_runtime.settings import KafkaSettings
from service_runtime.topic_reader import SILENT_SECONDS, TopicReader

log = structlog.get_logger()


class ClipReader:
    """Reads the whole topic on the first call and what is new on each later one. Not thread-safe."""

    def __init__(self, settings: KafkaSettings, silent_seconds: float = SILENT_SECONDS) -> None:
        config = consumer_config(settings, "clip-creator-ledger")
        self._topic = TopicReader(config, CLIPS.name, silent_seconds=silent_seconds)

    def read_to_end(self) -> Iterator[tuple[Clip, int]]:
        """Yield each record committed since the last call with its partition, up to the current end of the topic.

        Raises KafkaException if the broker refuses or the end is not reached in time. The process then exits and
        its successor reads the whole topic again.
        """
        for message in self._topic.read_to_end():
            clip = decode_clip(message.value())
            if clip is not None:
                yield clip, message.partition()

    def close(self) -> None:
        """Close the consumer."""
        self._topic.close()


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
