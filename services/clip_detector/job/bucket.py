"""The channels that share one key of Flink's state, kept in memory, and when each one needs a timer. Pure.

A change of key costs Flink and Beam more per row than the detector itself does, so many channels share a key.
"""

from collections import defaultdict

from moment_detection.channel import Channel
from moment_detection.detection.detector import Detector

BUCKETS = 16  # the most tasks that can share the work; a change needs a cold start, three hours back


class Bucket:
    """Channels by id. Flink's state holds them as well, but is only read after a restart."""

    __slots__ = ("_due", "channels", "opted_out")

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.opted_out: set[str] = set()
        self._due: dict[int, list[str]] = defaultdict(list)

    def add(self, channel: Channel) -> None:
        """Add a new channel, or one from the state with the timer it had."""
        self.channels[channel.channel_id] = channel
        if timer := channel.detector.timer:
            self._due[timer].append(channel.channel_id)

    def plan_timer(self, channel: Channel) -> int | None:
        """Return the second at whose end the channel needs a timer, or None if it has one already."""
        detector = channel.detector
        due = detector.due()
        if not _needs_timer(detector, due):
            return None
        detector.set_timer(due)
        self._due[due].append(channel.channel_id)
        return due

    def pop_due(self, second: int) -> list[Channel]:
        """Return, once, the channels with a timer at the end of this second."""
        wanted = dict.fromkeys(self._due.pop(second, ()))
        return [self.channels[each] for each in wanted if each in self.channels]

    def remove(self, channel: Channel) -> None:
        """Remove a channel."""
        self.channels.pop(channel.channel_id, None)


def _needs_timer(detector: Detector, due: int) -> bool:
    """Return whether the current timer is too late or has fired."""
    return due < detector.timer or detector.timer <= detector.at
