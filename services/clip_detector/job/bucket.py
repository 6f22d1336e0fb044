"""The channels that share one key of Flink's state, held in memory, and when each is due. Pure.

A row costs Flink and Beam more for the change of key than for the detector itself, so many channels share a key.
"""

from collections import defaultdict

from moment_detection.channel import Channel
from moment_detection.detection.detector import Detector

BUCKETS = 16  # at most so many tasks can share the work; a change needs a cold start, which begins three hours back


class Bucket:
    """Channels by id. What is in memory is in the state as well, which is read once, after a start."""

    __slots__ = ("_due", "channels", "opted_out")

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.opted_out: set[str] = set()
        self._due: dict[int, list[str]] = defaultdict(list)

    def take(self, channel: Channel) -> None:
        """A channel from the state, with the timer that it had."""
        self.channels[channel.channel_id] = channel
        if timer := channel.detector.timer:
            self._due[timer].append(channel.channel_id)

    def plan(self, channel: Channel) -> int | None:
        """The second at whose end a timer has to wake the channel, None where one stands already."""
        detector = channel.detector
        due = detector.due()
        if not needs_timer(detector, due):
            return None
        detector.timer = due
        self._due[due].append(channel.channel_id)
        return due

    def due_at(self, second: int) -> list[Channel]:
        """The channels that asked for a timer at the end of this second; asked once."""
        wanted = dict.fromkeys(self._due.pop(second, ()))
        return [self.channels[each] for each in wanted if each in self.channels]

    def forget(self, channel: Channel) -> None:
        """Drop a channel."""
        self.channels.pop(channel.channel_id, None)


def needs_timer(detector: Detector, due: int) -> bool:
    """Whether the timer that stands comes too late, or is over."""
    return due < detector.timer or detector.timer <= detector.at
