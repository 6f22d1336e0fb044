"""The people who wrote in a channel's last seven seconds, each counted once; commands to bots are left out.

Not part of the packed state: the kept texts hold the same seconds, and a start reads the people from them.
"""

from moment_detection.detection.channel_events import FIELD, PIECE
from moment_detection.detection.counters import WINDOW_SECONDS

COMMAND = FIELD + "!"  # a text that begins with "!" speaks to a bot, not about the picture


def people_of(pieces: str | None) -> set[str]:
    """The chatters of one second's pieces (see evidence.py) who wrote more than commands."""
    if not pieces:
        return set()
    said = pieces.split(PIECE)
    if COMMAND in pieces:
        said = [piece for piece in said if COMMAND not in piece]
    return {piece[: piece.find(FIELD)] for piece in said}


class People:
    """Distinct chatters of the window that ends with the last second taken in."""

    __slots__ = ("_last_seen", "_seconds")

    def __init__(self) -> None:
        self._last_seen: dict[str, int] = {}  # only those of the window
        self._seconds: dict[int, set[str]] = {}  # the window's seconds in which somebody wrote

    def take(self, second: int, people: set[str] | None) -> int:
        """Take in the second after the last one; returns how many people the window holds."""
        last_seen = self._last_seen
        left = second - WINDOW_SECONDS
        gone = self._seconds.pop(left, None)
        if gone:
            for each in gone:
                if last_seen[each] == left:
                    del last_seen[each]
        if people:
            self._seconds[second] = people
            last_seen.update(dict.fromkeys(people, second))
        return len(last_seen)
