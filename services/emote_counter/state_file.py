"""Keeps on disk up to where chat was counted, and which channels were met, so that a restart repeats little."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import structlog

from emote_counts.position import Position
from service_runtime.files import replace_durably

log = structlog.get_logger()
ANCHORS = 3  # older positions of a partition, for when a power cut took more than it should
ANCHOR_MS = 300_000  # between two of them


class KeptState(msgspec.Struct, frozen=True):
    """`began_at`: when counting began on this disk, ms. `channels`: when chat last named each, ms.

    `positions`: of each partition, the newest first.
    """

    began_at: int
    channels: dict[str, int] = {}
    positions: dict[int, tuple[Position, ...]] = {}


def with_newer(known: Sequence[Position], new: Position) -> tuple[Position, ...]:
    """Return the positions to keep of a partition once `new` may be used."""
    if not known:
        return (new,)
    last, anchors = known[0], tuple(known[1:])
    if not anchors or time_of(last) - time_of(anchors[0]) >= ANCHOR_MS:
        anchors = (last, *anchors)[:ANCHORS]
    return (new, *anchors)


def time_of(position: Position) -> int:
    """Return the event time that a position had reached."""
    return position.tick_at or 0


class StateFile:
    """The state as a JSON file, replaced atomically."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> KeptState | None:
        """Return the state; None if there is none, or none that can be read."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=KeptState)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            log.error("the position in the chat is unreadable", file=str(self._file), reason=str(error))
            return None

    def write(self, state: KeptState) -> None:
        """Replace the file and sync it. Raises OSError."""
        replace_durably(self._file, msgspec.json.encode(state))
