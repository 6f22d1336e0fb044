"""What is known of a moment at one of its revisions: its messages, and the room events around it."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.detection.outputs import Revision
from moment_detection.evidence.chat_message import ChatMessage
from moment_detection.evidence.room_events import RoomEvent

MESSAGES_LIMIT = 3000  # examined: gives every share to within 2 %, and takes some 50 ms
CHATTER_MESSAGES_LIMIT = 8  # examined of one chatter: a ninth message adds nothing


class MomentContext(NamedTuple):
    """What causes and moods are derived from. Times are whole seconds since 1970.

    `messages`: undeleted, in order, from the window before the crossing to 5 s after the peak. `sampled_share`: the
    share of all chatters whose messages these are, below 1 only if there were more than MESSAGES_LIMIT.
    `room_events`: in order, none after the last message's second. `stream_started`: 0 if unknown.
    `expected_chatters`: people in a window of ordinary chat.
    """

    crossed: int
    peak: int
    known_at: int
    messages: Sequence[ChatMessage]
    sampled_share: float = 1.0
    room_events: Sequence[RoomEvent] = ()
    stream_started: int = 0
    expected_chatters: float = 0.0

    @property
    def window(self) -> range:
        """The seconds of the window at the peak."""
        return range(self.peak - WINDOW_SECONDS + 1, self.peak + 1)


def context_of(revision: Revision, messages: Sequence[ChatMessage], room_events: Sequence[RoomEvent]) -> MomentContext:
    """Build a revision's context from the moment's undeleted messages; later messages and events are left out."""
    until = revision.texts_until
    sample, share = sample_messages([each for each in messages if each.second <= until])
    return MomentContext(
        crossed=revision.crossed,
        peak=revision.peak,
        known_at=revision.at,
        messages=sample,
        sampled_share=share,
        room_events=[each for each in room_events if each.second <= until],
        stream_started=revision.stream_started_at // 1000,
        expected_chatters=revision.expected,
    )


def sample_messages(messages: Sequence[ChatMessage]) -> tuple[list[ChatMessage], float]:
    """Choose at most MESSAGES_LIMIT messages; returns them and the share of chatters that they stand for.

    Chatters are left out as a whole, so that one person's messages stay together. They are chosen by hash: the same
    messages always give the same sample.
    """
    if len(messages) <= MESSAGES_LIMIT:
        return list(messages), 1.0
    counts: Counter[str] = Counter()
    first_ones: list[ChatMessage] = []  # of each chatter
    for message in messages:
        counts[message.chatter] += 1
        if counts[message.chatter] <= CHATTER_MESSAGES_LIMIT:
            first_ones.append(message)
    if len(first_ones) <= MESSAGES_LIMIT:
        return first_ones, 1.0
    chosen = _sample_chatters(counts)
    return [message for message in first_ones if message.chatter in chosen], len(chosen) / len(counts)


def _sample_chatters(message_counts: Counter[str]) -> set[str]:
    """Take chatters in the order of their hashes while their messages fit into MESSAGES_LIMIT."""
    chosen: set[str] = set()
    left = MESSAGES_LIMIT
    for chatter in sorted(message_counts, key=lambda each: (crc32(each.encode()), each)):
        left -= min(message_counts[chatter], CHATTER_MESSAGES_LIMIT)
        if left < 0:
            break
        chosen.add(chatter)
    return chosen
