"""Counts of a channel's last seconds: the baseline (covered seconds only) and the wall clock's last two minutes."""

from array import array

BASELINE_SECONDS = 600  # covered seconds that make "usual"; 300 to 1,200 rank recorded chat alike
WINDOW_SECONDS = 7  # best average precision of 3 to 15 s on recorded chat
WALL_SECONDS = 128  # the curve's 91 s and a minute's 60 s; a power of two, so that an index is a mask
MASK = WALL_SECONDS - 1
WINDOWS = 8  # the windows that are not in the baseline yet, and one more; a power of two
WINDOWS_MASK = WINDOWS - 1
PARTLY = 0xFFFF  # in the place of a window of which a second was not read
COUNT_LIMIT = 32_767  # Postgres keeps these counts as smallint


class Baseline:
    """The last 600 seconds whose windows were read whole: messages, chatters, and chatters of the window that ends
    with the second; with running sums."""

    __slots__ = (
        "chatters",
        "filled",
        "head",
        "messages",
        "total_chatters",
        "total_messages",
        "total_windows",
        "windows",
    )

    def __init__(self) -> None:
        self.messages = array("H", bytes(2 * BASELINE_SECONDS))
        self.chatters = array("H", bytes(2 * BASELINE_SECONDS))
        self.windows = array("H", bytes(2 * BASELINE_SECONDS))
        self.head = 0
        self.filled = 0
        self.total_messages = 0
        self.total_chatters = 0
        self.total_windows = 0

    def push(self, messages: int, chatters: int, window: int) -> None:
        """Add one second; the oldest of more than 600 falls out."""
        head = self.head
        if self.filled < BASELINE_SECONDS:
            self.filled += 1
        else:
            self.total_messages -= self.messages[head]
            self.total_chatters -= self.chatters[head]
            self.total_windows -= self.windows[head]
        self.messages[head] = messages
        self.chatters[head] = chatters
        self.windows[head] = window
        self.total_messages += messages
        self.total_chatters += chatters
        self.total_windows += window
        self.head = head + 1 if head + 1 < BASELINE_SECONDS else 0


class Wall:
    """Messages, chatters and coverage of the last 128 seconds, sums over the 7 s window, and the last 8 windows."""

    __slots__ = ("chatters", "covered", "messages", "window_chatters", "window_covered", "window_messages", "windows")

    def __init__(self) -> None:
        self.messages = array("H", bytes(2 * WALL_SECONDS))
        self.chatters = array("H", bytes(2 * WALL_SECONDS))
        self.covered = bytearray(WALL_SECONDS)
        self.windows = array("H", [PARTLY] * WINDOWS)
        self.window_messages = 0
        self.window_chatters = 0  # the sum of each second's chatters
        self.window_covered = 0

    def push(self, second: int, messages: int, chatters: int, covered: bool, baseline: Baseline) -> None:
        """Add the second after the last one; what leaves the window enters the baseline if its own was read whole."""
        leaving = (second - WINDOW_SECONDS) & MASK
        if self.covered[leaving]:
            old_messages, old_chatters = self.messages[leaving], self.chatters[leaving]
            self.window_messages -= old_messages
            self.window_chatters -= old_chatters
            self.window_covered -= 1
            window = self.windows[(second - WINDOW_SECONDS) & WINDOWS_MASK]
            if window != PARTLY:
                baseline.push(old_messages, old_chatters, window)
        index = second & MASK
        self.messages[index] = messages
        self.chatters[index] = chatters
        self.covered[index] = covered
        if covered:
            self.window_messages += messages
            self.window_chatters += chatters
            self.window_covered += 1

    def counts(self, first: int, last: int) -> tuple[list[int], list[int], list[int]]:
        """Messages, chatters and coverage (0 or 1) of the seconds `first` to `last`, both inclusive."""
        indexes = [second & MASK for second in range(first, last + 1)]
        return (
            [self.messages[index] for index in indexes],
            [self.chatters[index] for index in indexes],
            [self.covered[index] for index in indexes],
        )
