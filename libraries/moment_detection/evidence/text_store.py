"""The texts of a channel's last seconds: enough for the window before a crossing, and all of an open moment.

A second is written once, into the slot of its remainder, and overwritten eight seconds later: nothing is removed
while nothing happens. A moment's seconds lie in slots of their own until it closes; each detector has its own.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol
from zlib import crc32

from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.detection.open_moment import CLOSES_SECONDS, PEAK_LIMIT_SECONDS

SLOTS = 8  # the window's seconds and one more
LABEL = "\x1c"  # between a text and the second it belongs to
ROOM = -1  # slot of what happened in the room, see room.py
SLOTS_A_DETECTOR = 256  # more than the seconds of a moment's longest life


class SlotStore(Protocol):
    """Where the texts lie: a dict, or a keyed state of Flink. `get` answers None for an unknown slot."""

    def get(self, slot: int) -> str | None: ...
    def put(self, slot: int, text: str) -> None: ...
    def remove(self, slot: int) -> None: ...


class Place(NamedTuple):
    """Where a moment's texts lie: the name of its detector, and its crossing."""

    detector: str
    crossed: int

    def slot(self, second: int) -> int:
        """The slot of one of its seconds."""
        number = crc32(self.detector.encode())
        return SLOTS + number * SLOTS_A_DETECTOR + WINDOW_SECONDS - 1 + second - self.crossed

    def last(self) -> int:
        """The last second that the moment can have."""
        return self.crossed + PEAK_LIMIT_SECONDS + CLOSES_SECONDS


def put_text(store: SlotStore, second: int, text: str, open_moments: Iterable[Place]) -> None:
    """Keep the text of `second`, also for the moments that are open."""
    labelled = f"{second}{LABEL}{text}"
    store.put(second % SLOTS, labelled)
    for place in open_moments:
        store.put(place.slot(second), labelled)


def recent_text(store: SlotStore, second: int) -> str | None:
    """The text of one of the last eight seconds, None where nobody wrote."""
    labelled = store.get(second % SLOTS)
    if labelled and labelled.startswith(f"{second}{LABEL}"):
        return labelled.partition(LABEL)[2]
    return None


def open_texts(store: SlotStore, place: Place) -> None:
    """A moment begins: move the window before its crossing to where it lasts."""
    for second in range(place.crossed - WINDOW_SECONDS + 1, place.crossed + 1):
        text = recent_text(store, second)
        if text is not None:
            store.put(place.slot(second), f"{second}{LABEL}{text}")


def moment_texts(store: SlotStore, place: Place, until: int) -> Iterator[tuple[int, str]]:
    """The (second, text) of an open moment up to and with the second `until`."""
    for second in range(place.crossed - WINDOW_SECONDS + 1, until + 1):
        labelled = store.get(place.slot(second))
        if labelled:
            yield second, labelled.partition(LABEL)[2]


def close_texts(store: SlotStore, place: Place, until: int) -> None:
    """A moment has closed at the second `until`: its texts go."""
    for second in range(place.crossed - WINDOW_SECONDS + 1, until + 1):
        store.remove(place.slot(second))


def forget_texts(store: SlotStore) -> None:
    """A channel fell asleep: its last seconds' texts go, and what happened in its room."""
    for slot in (ROOM, *range(SLOTS)):
        store.remove(slot)
