"""The distinct chatters of a channel's last seven seconds; commands to bots do not count.

Not part of the packed state: the stored texts hold the same seconds, and a restart counts the chatters from them.
"""

from moment_detection.detection.channel_events import FIELD, PIECE
from moment_detection.detection.counters import WINDOW_SECONDS

COMMAND_PREFIX = "!"  # starts a text that is addressed to a bot, not a reaction to the stream
_COMMAND = FIELD + COMMAND_PREFIX


def speakers_of(pieces: str | None) -> set[str]:
    """Return the chatters in one second's pieces (see evidence.py) who wrote something other than commands."""
    if not pieces:
        return set()
    messages = pieces.split(PIECE)
    if _COMMAND in pieces:
        messages = [piece for piece in messages if _COMMAND not in piece]
    return {piece[: piece.find(FIELD)] for piece in messages}


class WindowChatters:
    """Distinct chatters of the window that ends with the last second added."""

    __slots__ = ("_last_spoke", "_seconds")

    def __init__(self) -> None:
        self._last_spoke: dict[str, int] = {}  # only chatters of the window
        self._seconds: dict[int, set[str]] = {}  # only seconds of the window in which somebody wrote

    def add_second(self, second: int, speakers: set[str] | None) -> int:
        """Add the next second and return how many chatters the window has."""
        last_spoke = self._last_spoke
        expired = second - WINDOW_SECONDS
        for chatter in self._seconds.pop(expired, ()):
            if last_spoke[chatter] == expired:
                del last_spoke[chatter]
        if speakers:
            self._seconds[second] = speakers
            last_spoke.update(dict.fromkeys(speakers, second))
        return len(last_spoke)
