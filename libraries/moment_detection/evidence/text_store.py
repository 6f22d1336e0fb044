"""The kept texts of a channel: its last seconds, and every second of an open moment.

Texts lie in numbered slots. Slots 0 to 7 are a ring: the text of second s is in slot s % 8 and is overwritten eight
seconds later, so that ordinary seconds remove nothing. A moment has a slot for each of its seconds until it closes, in
the 256 slots of its detector. Slot -1 holds the channel's room events.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol
from zlib import crc32

from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.detection.open_moment import CLOSES_SECONDS, PEAK_LIMIT_SECONDS

RING_SLOTS = 8  # the window's seconds and one more
LABEL = "\x1c"  # between the second that a text belongs to and the text
ROOM_EVENTS_SLOT = -1  # see room_events.py
DETECTOR_SLOTS = 256  # more than the seconds of a moment's longest life


class SlotStore(Protocol):
    """Where the texts lie: a dict, or Flink's keyed state. `get` returns None for an empty slot."""

    def get(self, slot: int) -> str | None: ...
    def put(self, slot: int, text: str) -> None: ...
    def remove(self, slot: int) -> None: ...


class MomentSlots(NamedTuple):
    """The slots of one moment, which is named by its detector and the second of its crossing."""

    detector: str
    crossed: int

    def first_second(self) -> int:
        """Return the first second of the moment, at the start of the window before its crossing."""
        return self.crossed - WINDOW_SECONDS + 1

    def last_second(self) -> int:
        """Return the last second that can belong to the moment."""
        return self.crossed + PEAK_LIMIT_SECONDS + CLOSES_SECONDS

    def slot(self, second: int) -> int:
        """Return the slot of one of its seconds."""
        number = crc32(self.detector.encode())
        return RING_SLOTS + number * DETECTOR_SLOTS + second - self.first_second()


def put_text(store: SlotStore, second: int, text: str, open_moments: Iterable[MomentSlots]) -> None:
    """Keep the text of `second`, for the ring and for each open moment."""
    labelled = f"{second}{LABEL}{text}"
    store.put(second % RING_SLOTS, labelled)
    for moment in open_moments:
        store.put(moment.slot(second), labelled)


def recent_text(store: SlotStore, second: int) -> str | None:
    """Return the text of one of the last eight seconds, None if nobody wrote."""
    labelled = store.get(second % RING_SLOTS)
    if labelled and labelled.startswith(f"{second}{LABEL}"):
        return labelled.partition(LABEL)[2]
    return None


def open_texts(store: SlotStore, moment: MomentSlots) -> None:
    """Copy the window before a new moment's crossing from the ring to the moment's slots."""
    for second in range(moment.first_second(), moment.crossed + 1):
        text = recent_text(store, second)
        if text is not None:
            store.put(moment.slot(second), f"{second}{LABEL}{text}")


def moment_texts(store: SlotStore, moment: MomentSlots, until: int) -> Iterator[tuple[int, str]]:
    """Yield the (second, text) of an open moment up to and with the second `until`."""
    for second in range(moment.first_second(), until + 1):
        labelled = store.get(moment.slot(second))
        if labelled:
            yield second, labelled.partition(LABEL)[2]


def close_texts(store: SlotStore, moment: MomentSlots, until: int) -> None:
    """Remove the texts of a moment that closed at the second `until`."""
    for second in range(moment.first_second(), until + 1):
        store.remove(moment.slot(second))


def forget_texts(store: SlotStore) -> None:
    """Remove the ring and the room events of a channel that fell asleep."""
    for slot in (ROOM_EVENTS_SLOT, *range(RING_SLOTS)):
        store.remove(slot)
