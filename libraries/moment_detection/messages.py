"""Build the records of `moments` and `chat-counts` from what the detector emits."""

from hashlib import blake2b
from typing import NamedTuple

from contracts import chat_counts, moments, topics
from contracts.codec import encode
from moment_detection.causes.meaning import UNKNOWN, Meaning
from moment_detection.clip_range import clip_range
from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.detection.detector import VERSION
from moment_detection.detection.outputs import CLOSED, Minute, Revision
from moment_detection.evidence.evidence import CrowdEvidence


class ResultRecord(NamedTuple):
    """One record for Kafka."""

    topic: str
    key: bytes
    value: bytes


def end_of(second: int) -> int:
    """Return the end of a second in milliseconds since 1970 UTC."""
    return (second + 1) * 1000


def moment_id(channel_id: str, detector: str, crossed_at: int) -> str:
    """Return a hash of the channel, the detector's name and the crossing: the same id in every replay."""
    return blake2b(f"{channel_id}:{detector}:{crossed_at}".encode(), digest_size=12).hexdigest()


def moment(
    channel_id: str, revision: Revision, crowd: CrowdEvidence | None, meaning: Meaning = UNKNOWN
) -> moments.Moment:
    """Build one revision with its evidence. Without texts, `window_chatters` is the sum over the window's seconds."""
    crossed_at, peak_at = end_of(revision.crossed), end_of(revision.peak)
    usual_messages = revision.usual_messages * WINDOW_SECONDS
    clip_from_at, clip_until_at = clip_range(crossed_at, peak_at)
    return moments.Moment(
        schema_version=moments.SCHEMA_VERSION,
        moment_id=moment_id(channel_id, revision.detector, crossed_at),
        revision=moments.REVISIONS[revision.number - 1],
        revision_number=revision.number,
        detector_name=revision.detector,
        detector_version=VERSION,
        channel_id=channel_id,
        crossed_at=crossed_at,
        peak_at=peak_at,
        score=round(revision.score, 3),
        times_usual=round(revision.window_messages / max(usual_messages, 1.0), 2),  # a silent channel counts as 1
        evidence=evidence(revision, crowd),
        causes=meaning.causes,
        mood=meaning.mood,
        mood_share=meaning.mood_share,
        biggest_in_seconds=revision.biggest_in_seconds,
        clip_from_at=clip_from_at,
        clip_until_at=clip_until_at,
        no_clip_reason=no_clip_reason(revision, meaning),
        shadow=revision.shadow,
        stream_id=revision.stream_id or None,
        stream_started_at=revision.stream_started_at or None,
        closed_at=end_of(revision.at) if revision.number == CLOSED else None,
    )


def no_clip_reason(revision: Revision, meaning: Meaning) -> moments.NoClipReason | None:
    """Return why the moment gets no clip, None if it may get one."""
    if revision.shadow:
        return "shadow"
    if not meaning.may_clip:
        return "cause"
    return None if revision.clip else "rate"


def evidence(revision: Revision, crowd: CrowdEvidence | None) -> moments.Evidence:
    """Build the evidence: the curve, the rates, emotes and words."""
    return moments.Evidence(
        curve_from_at=revision.curve_from * 1000,
        messages=revision.messages,
        chatters=revision.chatters,
        covered=revision.covered,
        window_seconds=WINDOW_SECONDS,
        window_messages=revision.window_messages,
        window_chatters=revision.window_chatters,
        usual_messages_per_second=round(revision.usual_messages, 4),
        usual_chatters_per_second=round(revision.usual_chatters, 4),
        expected_chatters=round(revision.expected, 4),
        emotes=crowd.emotes if crowd else [],
        words=crowd.words if crowd else [],
    )


def moment_record(
    channel_id: str, revision: Revision, crowd: CrowdEvidence | None, meaning: Meaning = UNKNOWN
) -> ResultRecord:
    """Build the record of a revision for the topic `moments`."""
    message = moment(channel_id, revision, crowd, meaning)
    return ResultRecord(topics.MOMENTS.name, message.moment_id.encode(), encode(message))


def counts_record(channel_id: str, minute: Minute) -> ResultRecord:
    """Build the record of a minute for the topic `chat-counts`."""
    message = chat_counts.ChatCounts(
        schema_version=chat_counts.SCHEMA_VERSION,
        channel_id=channel_id,
        minute_at=minute.minute * 1000,
        messages=minute.messages,
        chatters=minute.chatters,
    )
    return ResultRecord(topics.CHAT_COUNTS.name, f"{channel_id}:{message.minute_at}".encode(), encode(message))
