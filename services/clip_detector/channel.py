"""One channel: its detector and its texts together, rows and timers in, Kafka records out. Pure."""

from typing import NamedTuple

from clip_detector.controls import parse_controls
from clip_detector.detector import Detector
from clip_detector.emissions import CLOSED, RAISED, Emission, Minute, Revision
from clip_detector.evidence import Crowd, count_crowd, second_text
from clip_detector.meaning import UNKNOWN, Meaning, meaning_of
from clip_detector.records import Record, counts_record, end_of, moment_record
from clip_detector.rings import WINDOW_SECONDS
from clip_detector.scene import scene_of
from clip_detector.texts import SlotStore, close_texts, happenings, keep_room, moment_texts, open_texts, put_text


class SecondRow(NamedTuple):
    """One channel's second as the SQL window gives it. `pieces`, `controls`: see evidence.py and controls.py."""

    second: int
    messages: int
    chatters: int
    pieces: str | None
    controls: str | None


class Channel:
    """A detector with the texts that its moments need; `texts` None leaves words and emotes out."""

    __slots__ = ("channel_id", "detector", "texts")

    def __init__(self, channel_id: str, detector: Detector, texts: SlotStore | None) -> None:
        self.channel_id = channel_id
        self.detector = detector
        self.texts = texts

    def row(self, row: SecondRow) -> list[tuple[int, Record]]:
        """Take in one second; returns (milliseconds it became due, record)."""
        detector = self.detector
        if row.second <= detector.at:
            return []
        told = self.advance(row.second - 1)
        controls = parse_controls(row.controls) if row.controls else []
        if self.texts is not None:
            keep_room(self.texts, row.second, controls)
            text = second_text(row.pieces, controls, row.controls)
            if text:
                put_text(self.texts, row.second, text, detector.moment.crossed if detector.moment else None)
        told += self._records(detector.second(row.second, row.messages, row.chatters, controls))
        return told

    def advance(self, second: int) -> list[tuple[int, Record]]:
        """Take in that nothing came up to and with `second`."""
        return self._records(self.detector.advance(second))

    def _records(self, emissions: list[Emission]) -> list[tuple[int, Record]]:
        return [self._record(emission) for emission in emissions] if emissions else []

    def _record(self, emission: Emission) -> tuple[int, Record]:
        if isinstance(emission, Minute):
            return end_of(emission.minute + 59), counts_record(self.channel_id, emission)
        crowd = self._crowd(emission)
        return end_of(emission.at), moment_record(self.channel_id, emission, crowd, self._meaning(emission, crowd))

    def _meaning(self, revision: Revision, crowd: Crowd | None) -> Meaning:
        if self.texts is None or crowd is None or revision.number == RAISED:
            return UNKNOWN
        return meaning_of(scene_of(revision, crowd.said, happenings(self.texts)))

    def _crowd(self, revision: Revision) -> Crowd | None:
        if self.texts is None:
            return None
        if revision.number == RAISED:
            open_texts(self.texts, revision.crossed)
        texts = moment_texts(self.texts, revision.crossed, revision.at)
        window = range(revision.peak - WINDOW_SECONDS + 1, revision.peak + 1)
        crowd = count_crowd(texts, window, revision.texts_until)
        if revision.number == CLOSED:
            close_texts(self.texts, revision.crossed, revision.at)
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
