"""Chooses from where each partition of chat is read: a kept position that still holds, or a place before it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import structlog

from contracts.chat_messages import Tick
from emote_counts.position import UNKNOWN, Position, beginning, midway

log = structlog.get_logger()
BEFORE_FIRST_MS = 120_000  # chat from before the first start that is counted too, as by a system that starts at once
BACK_MS = 300_000  # before the last minute that was finished: the first two after a start midway are left out


class ChatLog(Protocol):
    """The topic chat-messages, by partition."""

    def bounds(self) -> dict[int, tuple[int, int]]:
        """Return each partition's first offset and the one after its last."""
        ...

    def ticks_at(self, offsets: Mapping[int, int]) -> dict[int, Tick]:
        """Return the ticks that are at these offsets; a partition with another record there is left out."""
        ...

    def offsets_at(self, times: Mapping[int, int]) -> dict[int, int]:
        """Return for each partition the first offset that was written at a time (ms) or later, else its end."""
        ...


def start_positions(
    chat: ChatLog, kept: Mapping[int, Sequence[Position]], began_at: int, from_beginning: bool = False
) -> dict[int, Position]:
    """Return where to begin in each partition. `began_at`: when counting began on this disk, ms."""
    bounds = chat.bounds()
    if from_beginning:
        return {number: _from(low, low) for number, (low, _) in bounds.items()}
    found = _holding(chat, kept, bounds)
    times = {number: _time(kept.get(number, ()), began_at) for number in bounds if number not in found}
    offsets = chat.offsets_at(times) if times else {}
    for number, offset in offsets.items():
        known = kept.get(number)
        found[number] = midway(offset) if known else _from(offset, bounds[number][0])
        if known:
            log.warning("the chat that was counted is not there any more", partition=number, begins_at=offset)
    return found


def _from(offset: int, low: int) -> Position:
    """Return the position of a partition that nobody counted before."""
    return beginning() if offset == low == 0 else midway(offset)


def _holding(
    chat: ChatLog, kept: Mapping[int, Sequence[Position]], bounds: Mapping[int, tuple[int, int]]
) -> dict[int, Position]:
    """Return of each partition the newest position that holds."""
    found: dict[int, Position] = {}
    for age in range(max(map(len, kept.values()), default=0)):
        candidates = {
            number: positions[age]
            for number, positions in kept.items()
            if number in bounds and number not in found and age < len(positions)
        }
        inside = {number: each for number, each in candidates.items() if _is_inside(each, *bounds[number])}
        ticks = chat.ticks_at({number: each.tick_offset or 0 for number, each in inside.items()}) if inside else {}
        found |= {number: each for number, each in inside.items() if each.holds(ticks.get(number))}
    return found


def _is_inside(position: Position, low: int, high: int) -> bool:
    return low <= position.offset and (position.tick_offset or 0) < high


def _time(positions: Sequence[Position], began_at: int) -> int:
    finished = [each.closed_until for each in positions if each.closed_until != UNKNOWN]
    return min(finished) - BACK_MS if finished else began_at - BEFORE_FIRST_MS
