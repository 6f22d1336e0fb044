"""The moments of a recording, with the evidence and meaning that the live job would give them."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from chat_analysis.recording import START, Recording
from contracts.moments import Moment
from moment_detection.causes.meaning import UNKNOWN, Meaning, meaning_of
from moment_detection.detection.channel_events import FIELD, PIECE, ChannelEvent
from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.detection.outputs import RAISED, Revision
from moment_detection.evidence.chat_message import ChatMessage
from moment_detection.evidence.evidence import count_evidence
from moment_detection.evidence.moment_context import context_of
from moment_detection.evidence.room_events import (
    GIFT_SECONDS,
    KEPT_SECONDS,
    RecentRoomEvents,
    RoomEvent,
    add_events,
    concerns_room,
)
from moment_detection.evidence.second_text import second_text, undeleted_messages
from moment_detection.messages import moment


class MomentMeanings:
    """Derives the meaning of a recording's revisions; a closing revision mostly repeats the one before."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._last: tuple[tuple[int, int, int], Meaning] | None = None

    def of(self, revision: Revision) -> Meaning:
        """Return the meaning that the job gives to a revision."""
        if revision.number == RAISED:
            return UNKNOWN
        key = revision.crossed, revision.peak, revision.texts_until
        if self._last and self._last[0] == key and not self._recording.facts.events:  # later deletions change it
            return self._last[1]
        messages = kept_messages(self._recording, revision.texts_from, revision.at)
        meaning = meaning_of(context_of(revision, messages, recorded_room_events(self._recording, revision.at)))
        self._last = key, meaning
        return meaning


def recorded_moment(revision: Revision, recording: Recording, meaning: Meaning) -> Moment:
    """Build a moment from its revision, with the evidence that the job counts."""
    crowd = count_evidence(
        _texts(recording, revision.texts_from, revision.at),
        channel_id=recording.name,
        window=range(revision.peak - WINDOW_SECONDS + 1, revision.peak + 1),
        until=revision.texts_until,
    )
    return moment(recording.name, revision, crowd, meaning)


def recorded_room_events(recording: Recording, until: int) -> Sequence[RoomEvent]:
    """Return the raids and gifts of the last minutes before the end of the second `until`."""
    recent = RecentRoomEvents()
    events = recording.events(until - KEPT_SECONDS - GIFT_SECONDS, until)
    for second, group in groupby(events, key=lambda each: each[0]):
        recent = add_events(recent, second, [event for _, event in group if concerns_room(event)])
    return recent.events


def kept_messages(recording: Recording, first: int, last: int) -> list[ChatMessage]:
    """Return the messages of the seconds `first` to `last` that no moderator deleted by then."""
    if not recording.facts.events:
        return recording.messages(first, last)
    return list(undeleted_messages(list(_texts(recording, first, last))))


def _texts(recording: Recording, first: int, last: int) -> Iterator[tuple[int, str]]:
    """Yield each second's messages and deletions as the job keeps them."""
    pieces, events = dict[int, str](), dict[int, list[ChannelEvent]]()
    for second, messages in groupby(recording.messages(first, last), key=lambda each: each.second):
        pieces[second] = PIECE.join(FIELD.join(message[1:]) for message in messages)
    for second, event in recording.events(first, last):
        events.setdefault(second, []).append(event)
    for second in sorted({*pieces, *events}):
        found = events.get(second, [])
        raw = PIECE.join(FIELD.join(map(str, event)) for event in found)
        if text := second_text(pieces.get(second), found, raw):
            yield second, text


def seconds_from_start(at: int) -> float:
    """Return the second of the recording at a time in milliseconds since 1970."""
    return at / 1000 - START
