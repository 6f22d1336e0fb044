"""One channel: its detector and its kept texts. Rows of seconds and timers in, Kafka records out."""

from typing import NamedTuple

from moment_detection.causes.meaning import UNKNOWN, Meaning, meaning_of
from moment_detection.detection.channel_events import parse_events
from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.detection.detector import Detector
from moment_detection.detection.outputs import CLOSED, RAISED, ConfirmedPeak, Minute, Output, Revision
from moment_detection.detection.window_chatters import speakers_of
from moment_detection.evidence.emotes import TWITCH_ONLY, EmoteProvider
from moment_detection.evidence.evidence import CrowdEvidence, count_evidence
from moment_detection.evidence.moment_context import MomentContext, context_of
from moment_detection.evidence.room_events import put_room_events, recent_events
from moment_detection.evidence.second_text import message_pieces, second_text
from moment_detection.evidence.text_store import (
    MomentSlots,
    SlotStore,
    close_texts,
    forget_texts,
    moment_texts,
    open_texts,
    put_text,
    recent_text,
)
from moment_detection.messages import ResultRecord, counts_record, end_of, moment_record


class SecondRow(NamedTuple):
    """One channel's second as the SQL window returns it.

    `pieces`: its messages, see chat_message.py. `events`: its other records, see channel_events.py.
    """

    second: int
    messages: int
    chatters: int
    pieces: str | None
    events: str | None


class Channel:
    """A detector with the texts that its moments need.

    Without `texts` a moment has no words, emotes, causes or mood, and the window's chatters are the sum over its
    seconds. Methods return (milliseconds since 1970 at which it became due, record).
    """

    __slots__ = ("_last_context", "_last_evidence", "channel_id", "detector", "emotes", "texts")

    def __init__(
        self, channel_id: str, detector: Detector, texts: SlotStore | None, emotes: EmoteProvider = TWITCH_ONLY
    ) -> None:
        self.channel_id = channel_id
        self.detector = detector
        self.texts = texts
        self.emotes = emotes
        # By detector, of its open moment's last revision: a closing revision mostly repeats it. Not part of the state.
        self._last_evidence: dict[str, CrowdEvidence] = {}
        self._last_context: dict[str, tuple[MomentContext, Meaning]] = {}
        if texts is not None and not detector.asleep:
            self._restore_from(texts)

    def _restore_from(self, texts: SlotStore) -> None:
        """Read the window's chatters from the kept texts after a start; drop texts of moments no longer open."""
        detector = self.detector
        for second in range(detector.at - WINDOW_SECONDS + 1, detector.at + 1):
            text = recent_text(texts, second)
            detector.score.restore_speakers(second, speakers_of(message_pieces(text)) if text else None)
        for name, crossed in detector.take_abandoned():
            dropped = MomentSlots(name, crossed)
            close_texts(texts, dropped, dropped.last_second())

    def row(self, row: SecondRow) -> list[tuple[int, ResultRecord]]:
        """Process one second; one that was processed before returns nothing."""
        detector, texts = self.detector, self.texts
        second, messages, chatters, pieces, raw_events = row
        if second <= detector.at:
            return []
        records = self.advance(second - 1) if second - 1 > detector.at else []
        events = parse_events(raw_events) if raw_events else []
        speakers = None
        if texts is not None:
            speakers = speakers_of(pieces)
            text = pieces
            if events:
                put_room_events(texts, second, events)
                text = second_text(pieces, events, raw_events)
            if text:
                put_text(texts, second, text, self._open_moments())
        outputs = detector.add_second(second, messages, chatters, events, speakers)
        if outputs:
            records += self._records(outputs)
        return records

    def _open_moments(self) -> list[MomentSlots]:
        return [MomentSlots(rule.rules.name, rule.moment.crossed) for rule in self.detector.moment_rules if rule.moment]

    def advance(self, second: int) -> list[tuple[int, ResultRecord]]:
        """Process silence up to and with `second`."""
        awake = not self.detector.asleep
        records = self._records(self.detector.advance(second))
        if awake and self.detector.asleep and self.texts is not None:
            forget_texts(self.texts)
        return records

    def _records(self, outputs: list[Output]) -> list[tuple[int, ResultRecord]]:
        """Turn the detector's outputs into records; peaks serve replays only and have none."""
        return [self._record(each) for each in outputs if not isinstance(each, ConfirmedPeak)]

    def _record(self, output: Revision | Minute) -> tuple[int, ResultRecord]:
        if isinstance(output, Minute):
            return end_of(output.minute + 59), counts_record(self.channel_id, output)
        crowd = self._evidence(output)
        meaning = self._meaning(output, crowd)
        if output.number == CLOSED and not meaning.may_clip:
            self.detector.give_back_clip(output)
        return end_of(output.at), moment_record(self.channel_id, output, crowd, meaning)

    def _meaning(self, revision: Revision, crowd: CrowdEvidence | None) -> Meaning:
        if self.texts is None or crowd is None or revision.number == RAISED:
            return UNKNOWN
        context = context_of(revision, crowd.messages, recent_events(self.texts))
        context = context._replace(known_at=0)  # no cause depends on it, and it alone would make every context new
        last = self._last_context.pop(revision.detector, None)
        meaning = last[1] if last and last[0] == context else meaning_of(context)
        if revision.number != CLOSED:
            self._last_context[revision.detector] = context, meaning
        return meaning

    def _evidence(self, revision: Revision) -> CrowdEvidence | None:
        if self.texts is None:
            return None
        moment = MomentSlots(revision.detector, revision.crossed)
        if revision.number == RAISED:
            open_texts(self.texts, moment)
        crowd = count_evidence(
            moment_texts(self.texts, moment, revision.at),
            channel_id=self.channel_id,
            window=range(revision.peak - WINDOW_SECONDS + 1, revision.peak + 1),
            until=revision.texts_until,
            providers=self.emotes,
            previous=self._last_evidence.pop(revision.detector, None),
        )
        if revision.number == CLOSED:
            close_texts(self.texts, moment, revision.at)
        else:
            self._last_evidence[revision.detector] = crowd
        return crowd


class DictSlots:
    """Texts in memory, for replays and tests."""

    def __init__(self) -> None:
        self.slots: dict[int, str] = {}

    def get(self, slot: int) -> str | None:
        """Return the slot's text, None if it is empty."""
        return self.slots.get(slot)

    def put(self, slot: int, text: str) -> None:
        """Write a slot."""
        self.slots[slot] = text

    def remove(self, slot: int) -> None:
        """Drop a slot."""
        self.slots.pop(slot, None)
