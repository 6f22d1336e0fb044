"""Which of a channel's seconds were read: a second without messages is only silent if it was read."""

from msgspec import Struct

from moment_detection.detection.channel_events import ChannelEvent

STRAGGLER_SECONDS = 10  # a message this long after "left" shows that the channel is read again
LONG_AGO = 1  # before the first record: the first message or "joined" starts the coverage


class CoverageState(Struct, array_like=True, gc=False):
    """Whether a second was read, according to the coverage records so far. Times are whole seconds since 1970."""

    left_at: int = LONG_AGO  # 0 while the channel is joined
    gap_until: int = 0  # earlier seconds were not read

    def apply(self, second: int, event: ChannelEvent) -> None:
        """Apply a coverage record of `second`."""
        if event.name == "joined":
            self.left_at = self.gap_until = 0
        elif event.name == "left" or not event.until_at:
            self.left_at = second
        else:
            self.gap_until = max(self.gap_until, -(-event.until_at // 1000))

    def note_message(self, second: int) -> None:
        """Count the channel as joined again if a message arrives well after it was left."""
        if self.left_at and second >= self.left_at + STRAGGLER_SECONDS:
            self.left_at = 0

    def covers(self, second: int) -> bool:
        """Return whether `second` was read."""
        return not self.left_at and second >= self.gap_until
