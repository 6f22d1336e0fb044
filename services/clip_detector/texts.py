"""The texts of a channel's last seconds: enough for the window before a crossing, and all of an open moment.

A second is written once, into the slot of its remainder, and overwritten eight seconds later: nothing is removed
while nothing happens. A moment's seconds lie in slots of their own until it closes.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from clip_detector.controls import Control
from clip_detector.notices import Happening, concerns, pack, remember, unpack
from clip_detector.rings import WINDOW_SECONDS

SLOTS = 8  # the window's seconds and one more
LABEL = "\x1c"  # between a text and the second it belongs to
ROOM = -1  # slot of what happened in the room, see notices.py


class SlotStore(Protocol):
    """Where the texts lie: a dict, or a keyed state of Flink. `get` answers None for an unknown slot."""

    def get(self, slot: int) -> str | None: ...
    def put(self, slot: int, text: str) -> None: ...
    def remove(self, slot: int) -> None: ...


def put_text(store: SlotStore, second: int, text: str, crossed: int | None) -> None:
    """Keep the text of `second`; `crossed` is the open moment's crossing."""
    labelled = f"{second}{LABEL}{text}"
    store.put(second % SLOTS, labelled)
    if crossed is not None:
        store.put(_moment_slot(second, crossed), labelled)


def open_texts(store: SlotStore, crossed: int) -> None:
    """A moment begins: move the window before its crossing to where it lasts."""
    for second in range(crossed - WINDOW_SECONDS + 1, crossed + 1):
        labelled = store.get(second % SLOTS)
        if labelled and labelled.startswith(f"{second}{LABEL}"):
            store.put(_moment_slot(second, crossed), labelled)


def moment_texts(store: SlotStore, crossed: int, until: int) -> Iterator[tuple[int, str]]:
    """The (second, text) of an open moment up to and with the second `until`."""
    for second in range(crossed - WINDOW_SECONDS + 1, until + 1):
        labelled = store.get(_moment_slot(second, crossed))
        if labelled:
            yield second, labelled.partition(LABEL)[2]


def close_texts(store: SlotStore, crossed: int, until: int) -> None:
    """A moment has closed at the second `until`: its texts go."""
    for second in range(crossed - WINDOW_SECONDS + 1, until + 1):
        store.remove(_moment_slot(second, crossed))


def keep_room(store: SlotStore, second: int, controls: Sequence[Control]) -> None:
    """Remember what happened in the room in `second`; most seconds have nothing of the kind and cost nothing."""
    told = [control for control in controls if concerns(control)]
    if told:
        store.put(ROOM, pack(remember(unpack(store.get(ROOM)), second, told)))


def happenings(store: SlotStore) -> Sequence[Happening]:
    """What is remembered of the room's last minutes."""
    return unpack(store.get(ROOM)).happenings


def forget_texts(store: SlotStore) -> None:
    """A channel is forgotten: nothing of it stays."""
    for slot in (ROOM, *range(SLOTS)):
        store.remove(slot)


def _moment_slot(second: int, crossed: int) -> int:
    return SLOTS + WINDOW_SECONDS - 1 + second - crossed
