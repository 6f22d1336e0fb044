"""What has become of every moment, read from the topic `clips`."""

import threading
from collections.abc import Collection, Iterator

import structlog

from clip_creator.outcomes import is_open
from contracts import metrics
from contracts.clips import Clip
from contracts.codec import ContractError, decode
from contracts.topics import CLIPS
from service_runtime.kafka import consumer_config
from service_runtime.measures import measure
from service_runtime.settings import KafkaSettings
from service_runtime.topic_reader import SILENT_SECONDS, TopicReader

log = structlog.get_logger()


class Ledger:
    """Each moment's newest record. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._decided: dict[str, int] = {}  # moment id to its highest revision
        self._open: dict[str, Clip] = {}  # what still waits for an outcome or a link
        self._partitions: dict[str, int] = {}  # where the open ones are written
        self._claimed: dict[str, str] = {}  # clip id to moment id, of what is open or was noted since the start

    def note(self, clip: Clip, partition: int | None = None) -> bool:
        """Take over a record; False where it was known already."""
        with self._lock:
            if partition is not None and is_open(clip):
                self._partitions[clip.moment_id] = partition
            if clip.revision_number <= self._decided.get(clip.moment_id, 0):
                return False
            self._decided[clip.moment_id] = clip.revision_number
            if is_open(clip):
                self._open[clip.moment_id] = clip
            else:
                self._open.pop(clip.moment_id, None)
                self._partitions.pop(clip.moment_id, None)
            if clip.clip_id:
                self._claimed[clip.clip_id] = clip.moment_id
            return True

    def knows(self, moment_id: str) -> bool:
        """True where there is an intent or an outcome."""
        with self._lock:
            return moment_id in self._decided

    def is_current(self, clip: Clip) -> bool:
        """True where no newer record has replaced `clip`."""
        with self._lock:
            return self._decided.get(clip.moment_id) == clip.revision_number

    def open_clips(self, partitions: Collection[int]) -> list[Clip]:
        """What still waits for an outcome or a link in these partitions of `clips`."""
        with self._lock:
            return [clip for clip in self._open.values() if self._partitions.get(clip.moment_id) in partitions]

    def claimed_by_another(self, clip_id: str, moment_id: str) -> bool:
        """True where the clip belongs to another moment."""
        with self._lock:
            return self._claimed.get(clip_id, moment_id) != moment_id


class LedgerReader:
    """Reads the whole topic, and then whatever is new each time it is asked. For one thread."""

    def __init__(self, settings: KafkaSettings, silent_seconds: float = SILENT_SECONDS) -> None:
        config = consumer_config(settings, "clip-creator-ledger")
        self._topic = TopicReader(config, CLIPS.name, range(CLIPS.partitions), silent_seconds)

    def read_to_end(self) -> Iterator[tuple[Clip, int]]:
        """What was committed since the last call, with its partition, until the end that the broker has now.

        Raises KafkaException where the broker refuses, or where the end is not reached in time: the process ends,
        and its successor reads everything anew.
        """
        for message in self._topic.read_to_end():
            clip = understood(message.value())
            if clip is not None:
                yield clip, message.partition()

    def close(self) -> None:
        """Leave Kafka."""
        self._topic.close()


def understood(payload: bytes | None) -> Clip | None:
    """The record; None, counted, where it fits no contract (the recorder keeps it with its reason).

    None also for a tombstone: the moment's channel has opted out.
    """
    if payload is None:
        return None
    try:
        clip: Clip = decode(CLIPS.name, payload)
    except ContractError as error:
        measure(metrics.DEAD_LETTERS).labels(place=CLIPS.name).inc()
        log.warning("clip record not understood", reason=str(error))
        return None
    return clip
