"""Keeps what happened in a channel's room beside its texts, so that it outlasts a restart."""

from collections.abc import Sequence

from clip_detector.controls import Control
from clip_detector.notices import Happening, concerns, pack, remember, unpack
from clip_detector.texts import ROOM, SlotStore


def keep_room(store: SlotStore, second: int, controls: Sequence[Control]) -> None:
    """Remember what happened in `second`; most seconds have nothing of the kind and cost nothing."""
    told = [control for control in controls if concerns(control)]
    if told:
        store.put(ROOM, pack(remember(unpack(store.get(ROOM)), second, told)))


def happenings(store: SlotStore) -> Sequence[Happening]:
    """What is remembered of the room's last minutes."""
    return unpack(store.get(ROOM)).happenings
