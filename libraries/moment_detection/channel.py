"""One channel: its detector and its texts together, rows and timers in, Kafka records out. Pure."""

from typing import NamedTuple

from moment_detection.causes.meaning import UNKNOWN, Meaning, meaning_of
from moment_detection.detection.channel_events import parse_events
from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.detection.detector import Detector
from moment_detection.detection.outputs import CLOSED, RAISED, ConfirmedPeak, Minute, Output, Revision
from moment_detection.detection.window_chatters import speakers_of
from moment_detection.evidence.evidence import SECTION, Crowd, count_crowd, second_text
from moment_detection.evidence.moment_context import Scene, scene_of
from moment_detection.evidence.room_events import happenings, keep_room
from moment_detection.evidence.text_store import (
    Place,
    SlotStore,
    close_texts,
    forget_texts,
    moment_texts,
    open_texts,
    put_text,
    recent_text,
)
from moment_detection.messages import Record, counts_record, end_of, moment_record


class SecondRow(NamedTuple):
    """One channel's second as the SQL window gives it. `pieces`, `controls`: see evidence.py and channel_events.py."""

    second: int
    messages: int
    chatters: int
    pieces: str | None
    controls: str | None


class Channel:
    """A detector with the texts that its moments need; `texts` None leaves words and emotes out, and counts each
    second's chatters in the place of the window's people.
    """

    __slots__ = ("_counted", "_meant", "channel_id", "detector", "texts")

    def __init__(self, channel_id: str, detector: Detector, texts: SlotStore | None) -> None:
        self.channel_id = channel_id
        self.detector = detector
        self.texts = texts
        # Of each detector's open moment, as it was last told: a closing one mostly says it again. Not in the state.
        self._counted: dict[str, Crowd] = {}
        self._meant: dict[str, tuple[Scene, Meaning]] = {}
        if texts is not None and not detector.asleep:
            self._recall(texts)

    def _recall(self, texts: SlotStore) -> None:
        """After a start: the window's people come from the kept texts."""
        detector = self.detector
        for second in range(detector.at - WINDOW_SECONDS + 1, detector.at + 1):
            text = recent_text(texts, second)
            detector.score.restore_speakers(second, speakers_of(text.partition(SECTION)[0]) if text else None)
        for name, crossed in detector.take_abandoned():
            place = Place(name, crossed)
            close_texts(texts, place, place.last())

    def row(self, row: SecondRow) -> list[tuple[int, Record]]:
        """Take in one second; returns (milliseconds it became due, record)."""
        detector, texts = self.detector, self.texts
        second, messages, chatters, pieces, raw_controls = row
        if second <= detector.at:
            return []
        told = self.advance(second - 1) if second - 1 > detector.at else []
        controls = parse_events(raw_controls) if raw_controls else []
        people = None
        if texts is not None:
            people = speakers_of(pieces)
            text = pieces
            if controls:
                keep_room(texts, second, controls)
                text = second_text(pieces, controls, raw_controls)
            if text:
                put_text(texts, second, text, self._open_places())
        emissions = detector.add_second(second, messages, chatters, controls, people)
        if emissions:
            told += self._records(emissions)
        return told

    def _open_places(self) -> list[Place]:
        return [Place(rule.rules.name, rule.moment.crossed) for rule in self.detector.moment_rules if rule.moment]

    def advance(self, second: int) -> list[tuple[int, Record]]:
        """Take in that nothing came up to and with `second`."""
        awake = not self.detector.asleep
        told = self._records(self.detector.advance(second))
        if awake and self.detector.asleep and self.texts is not None:
            forget_texts(self.texts)
        return told

    def _records(self, emissions: list[Output]) -> list[tuple[int, Record]]:
        """What goes to Kafka of what the detector says; peaks do not."""
        return [self._record(each) for each in emissions if not isinstance(each, ConfirmedPeak)]

    def _record(self, emission: Revision | Minute) -> tuple[int, Record]:
        if isinstance(emission, Minute):
            return end_of(emission.minute + 59), counts_record(self.channel_id, emission)
        crowd = self._crowd(emission)
        return end_of(emission.at), moment_record(self.channel_id, emission, crowd, self._meaning(emission, crowd))

    def _meaning(self, revision: Revision, crowd: Crowd | None) -> Meaning:
        if self.texts is None or crowd is None or revision.number == RAISED:
            return UNKNOWN
        scene = scene_of(revision, crowd.said, happenings(self.texts))._replace(at=0)  # when it is told says nothing
        before = self._meant.pop(revision.detector, None)
        meaning = before[1] if before and before[0] == scene else meaning_of(scene)
        if revision.number != CLOSED:
            self._meant[revision.detector] = scene, meaning
        return meaning

    def _crowd(self, revision: Revision) -> Crowd | None:
        if self.texts is None:
            return None
        place = Place(revision.detector, revision.crossed)
        if revision.number == RAISED:
            open_texts(self.texts, place)
        texts = moment_texts(self.texts, place, revision.at)
        window = range(revision.peak - WINDOW_SECONDS + 1, revision.peak + 1)
        crowd = count_crowd(texts, window, revision.texts_until, self._counted.pop(revision.detector, None))
        if revision.number == CLOSED:
            close_texts(self.texts, place, revision.at)
        else:
            self._counted[revision.detector] = crowd
        return crowd


class DictSlots:
    """Texts in memory, for replays and tests."""

    def __init__(self) -> None:
        self.slots: dict[int, str] = {}

    def get(self, slot: int) -> str | None:
        return self.slots.get(slot)

    def put(self, slot: int, text: str) -> None:
        self.slots[slot] = text

    def remove(self, slot: int) -> None:
        self.slots.pop(slot, None)
