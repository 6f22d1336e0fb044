"""What the topics say: who is watched, which streams there are, which clips are ours, who has opted out."""

from typing import Any, NamedTuple

import structlog

from contracts import metrics, topics
from contracts.chat_messages import Coverage, Lifecycle
from contracts.clips import Clip
from contracts.codec import ContractError, decode
from service_runtime.measures import measure
from viewer_clips.kept.store import Store
from viewer_clips.rules.place import Stream

log = structlog.get_logger()
TOPICS = (topics.STREAM_LIFECYCLE.name, topics.CLIPS.name, topics.VIEWER_CLIPS.name)


class Record(NamedTuple):
    """A record of Kafka. `value`: None for a tombstone, by which the recorder erases who has opted out."""

    topic: str
    key: bytes
    value: bytes | None
    appended_at: int


def hear(store: Store, record: Record) -> None:
    """Note what a record says; one that violates the contract is counted, and the recorder keeps it."""
    if record.topic == topics.VIEWER_CLIPS.name:
        if record.value is None:  # the rest of this topic is our own
            store.forget_channel(record.key.partition(b":")[0].decode(errors="replace"), record.appended_at)
        return
    if record.value is None:
        return
    try:
        hear_message(store, decode(record.topic, record.value))
    except ContractError as error:
        measure(metrics.DEAD_LETTERS).labels(place=record.topic).inc()
        log.warning("a record violates its contract", topic=record.topic, reason=str(error))


def hear_message(store: Store, message: Any) -> None:
    """Note what a message says."""
    match message:
        case Lifecycle(stream_id=""):
            pass  # the name of a channel that may be watched by nobody
        case Lifecycle():
            store.see_channel(message.channel_id, message.sent_at)
            ended_at = message.sent_at if message.event == "offline" else None
            store.see_stream(message.channel_id, Stream(message.stream_id, message.stream_started_at, ended_at))
        case Coverage(event="joined"):
            store.join_channel(message.channel_id, message.sent_at)
        case Coverage(event="left"):
            store.leave_channel(message.channel_id, message.sent_at)
        case Clip() if message.clip_id:
            store.note_own_clip(message.clip_id, message.decided_at)
