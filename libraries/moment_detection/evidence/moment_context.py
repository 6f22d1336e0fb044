"""What is known of a moment at a revision: who said what, and what happened in the room just before. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.detection.outputs import Revision
from moment_detection.evidence.evidence import Said
from moment_detection.evidence.room_events import Happening

MESSAGES_LIMIT = 3000  # looked at: shares of so many people are known to 2 %, and it takes some 50 ms
LINES_LIMIT = 8  # of one person: who says it nine times says no more


class Scene(NamedTuple):
    """A moment's surroundings. Times are whole seconds since 1970.

    `messages` are the undeleted ones from the window before the crossing to 5 s after the peak, in order. `looked_at`:
    the share of all people whose messages these are; below 1 only where there were too many. `happenings` come in
    order of time and are none later than the last message's second. `expected`: people in a window of ordinary chat.
    """

    crossed: int
    peak: int
    at: int
    messages: Sequence[Said]
    looked_at: float = 1.0
    happenings: Sequence[Happening] = ()
    stream_started: int = 0
    expected: float = 0.0

    @property
    def window(self) -> range:
        """The seconds of the window at the peak."""
        return range(self.peak - WINDOW_SECONDS + 1, self.peak + 1)


def scene_of(revision: Revision, said: Sequence[Said], happenings: Sequence[Happening]) -> Scene:
    """The scene at a revision. `said`: the undeleted messages of the moment; later ones are left out."""
    messages, looked_at = few([each for each in said if each.second <= revision.texts_until])
    return Scene(
        revision.crossed,
        revision.peak,
        revision.at,
        messages,
        looked_at,
        [each for each in happenings if each.second <= revision.texts_until],
        revision.stream_started_at // 1000,
        revision.expected,
    )


def few(said: Sequence[Said]) -> tuple[list[Said], float]:
    """At most MESSAGES_LIMIT messages and the share of people they stand for: whole people, chosen by their hash.

    People and not messages are left out, so that what a person said stays together; equal messages, equal choice.
    """
    if len(said) <= MESSAGES_LIMIT:
        return list(said), 1.0
    lines: Counter[str] = Counter()
    kept: list[Said] = []
    for message in said:
        lines[message.chatter] += 1
        if lines[message.chatter] <= LINES_LIMIT:
            kept.append(message)
    if len(kept) <= MESSAGES_LIMIT:
        return kept, 1.0
    by_hash = sorted(lines, key=lambda chatter: (crc32(chatter.encode()), chatter))
    chosen: set[str] = set()
    room = MESSAGES_LIMIT
    for chatter in by_hash:
        room -= min(lines[chatter], LINES_LIMIT)
        if room < 0:
            break
        chosen.add(chatter)
    return [message for message in kept if message.chatter in chosen], len(chosen) / len(lines)
