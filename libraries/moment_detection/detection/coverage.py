"""Which of a channel's seconds somebody read: "no rows" and "nobody talked" are different things."""

from moment_detection.detection.channel_events import Control

STRAGGLER_SECONDS = 10  # a message this long after "left" means that somebody reads again
LONG_AGO = 1  # left before anything is known: the first message or "joined" begins the coverage


class Coverage:
    """Coverage at one second, moved by coverage records. Seconds are whole seconds since 1970."""

    __slots__ = ("gap_until", "left_at")

    def __init__(self, left_at: int = LONG_AGO, gap_until: int = 0) -> None:
        self.left_at = left_at  # 0: not left
        self.gap_until = gap_until  # seconds before it were not read

    def apply(self, second: int, control: Control) -> None:
        """Take in a coverage record of `second`."""
        if control.event == "joined":
            self.left_at = self.gap_until = 0
        elif control.event == "left" or not control.until_at:
            self.left_at = second
        else:
            self.gap_until = max(self.gap_until, -(-control.until_at // 1000))

    def message(self, second: int) -> None:
        """Somebody's message was read in `second`."""
        if self.left_at and second >= self.left_at + STRAGGLER_SECONDS:
            self.left_at = 0

    def covers(self, second: int) -> bool:
        """Whether `second` was read."""
        return not self.left_at and second >= self.gap_until
