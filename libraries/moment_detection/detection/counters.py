"""A channel's counts: the baseline (600 read seconds) and the last 128 seconds, read or not."""

from array import array

from msgspec import Struct

BASELINE_SECONDS = 600  # read seconds that define "usual"; 300 to 1,200 rank recorded chat alike
WINDOW_SECONDS = 7  # best average precision of 3 to 15 s on recorded chat
RECENT_SECONDS = 128  # covers the curve's 91 s and a minute's 60 s; a power of two, so that an index is a mask
RECENT_MASK = RECENT_SECONDS - 1
WINDOWS = 8  # windows that have not entered the baseline yet, and one more; a power of two
WINDOWS_MASK = WINDOWS - 1
INCOMPLETE = 0xFFFF  # marks a window of which at least one second was not read
COUNT_LIMIT = 32_767  # Postgres stores these counts as smallint


class BaselineState(Struct, array_like=True, gc=False):
    """A baseline in a checkpoint; the counts are 16-bit integers in the machine's byte order."""

    head: int
    messages: bytes
    chatters: bytes
    windows: bytes


class Baseline:
    """The last 600 seconds whose windows were read completely, with running sums.

    `windows` holds the chatters of the window that ends with each second.
    """

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
        """Add one second and drop the oldest of more than 600."""
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

    def snapshot(self) -> BaselineState:
        """Return what `restore` needs; the sums follow from the counts."""
        size = self.filled
        return BaselineState(
            head=self.head,
            messages=self.messages[:size].tobytes(),
            chatters=self.chatters[:size].tobytes(),
            windows=self.windows[:size].tobytes(),
        )

    @classmethod
    def restore(cls, state: BaselineState) -> "Baseline":
        """Return the baseline of a snapshot."""
        baseline = cls()
        baseline.head = state.head
        baseline.filled = size = len(state.messages) // 2
        baseline.messages[:size] = array("H", state.messages)
        baseline.chatters[:size] = array("H", state.chatters)
        baseline.windows[:size] = array("H", state.windows)
        baseline.total_messages = sum(baseline.messages)
        baseline.total_chatters = sum(baseline.chatters)
        baseline.total_windows = sum(baseline.windows)
        return baseline


class RecentState(Struct, array_like=True, gc=False):
    """Recent counts in a checkpoint; the counts are 16-bit integers in the machine's byte order."""

    messages: bytes
    chatters: bytes
    covered: bytes
    windows: bytes
    window_messages: int
    window_chatters: int
    window_covered: int


class RecentCounts:
    """Messages, chatters and coverage of the last 128 seconds, sums over the 7 s window, and the last 8 windows."""

    __slots__ = ("chatters", "covered", "messages", "window_chatters", "window_covered", "window_messages", "windows")

    def __init__(self) -> None:
        self.messages = array("H", bytes(2 * RECENT_SECONDS))
        self.chatters = array("H", bytes(2 * RECENT_SECONDS))
        self.covered = bytearray(RECENT_SECONDS)
        self.windows = array("H", [INCOMPLETE] * WINDOWS)
        self.window_messages = 0
        self.window_chatters = 0  # the sum of each second's chatters
        self.window_covered = 0

    def push(self, second: int, messages: int, chatters: int, covered: bool, baseline: Baseline) -> None:
        """Add the next second; the one that leaves the window enters the baseline if its own window was complete."""
        leaving = (second - WINDOW_SECONDS) & RECENT_MASK
        if self.covered[leaving]:
            old_messages, old_chatters = self.messages[leaving], self.chatters[leaving]
            self.window_messages -= old_messages
            self.window_chatters -= old_chatters
            self.window_covered -= 1
            window = self.windows[(second - WINDOW_SECONDS) & WINDOWS_MASK]
            if window != INCOMPLETE:
                baseline.push(old_messages, old_chatters, window)
        index = second & RECENT_MASK
        self.messages[index] = messages
        self.chatters[index] = chatters
        self.covered[index] = covered
        if covered:
            self.window_messages += messages
            self.window_chatters += chatters
            self.window_covered += 1

    def end_window(self, second: int, chatters: int) -> None:
        """Note how many chatters the window that ends with `second` has."""
        self.windows[second & WINDOWS_MASK] = chatters if self.window_covered == WINDOW_SECONDS else INCOMPLETE

    def forget_windows(self) -> None:
        """Keep the windows so far out of the baseline."""
        self.windows = array("H", [INCOMPLETE] * WINDOWS)

    def counts(self, first: int, last: int) -> tuple[list[int], list[int], list[int]]:
        """Return messages, chatters and coverage (0 or 1) of the seconds `first` to `last`, both inclusive."""
        indexes = [second & RECENT_MASK for second in range(first, last + 1)]
        return (
            [self.messages[index] for index in indexes],
            [self.chatters[index] for index in indexes],
            [self.covered[index] for index in indexes],
        )

    def snapshot(self) -> RecentState:
        """Return what `restore` needs."""
        return RecentState(
            messages=self.messages.tobytes(),
            chatters=self.chatters.tobytes(),
            covered=bytes(self.covered),
            windows=self.windows.tobytes(),
            window_messages=self.window_messages,
            window_chatters=self.window_chatters,
            window_covered=self.window_covered,
        )

    @classmethod
    def restore(cls, state: RecentState) -> "RecentCounts":
        """Return the counts of a snapshot."""
        recent = cls()
        recent.messages = array("H", state.messages)
        recent.chatters = array("H", state.chatters)
        recent.covered = bytearray(state.covered)
        recent.windows = array("H", state.windows)
        recent.window_messages = state.window_messages
        recent.window_chatters = state.window_chatters
        recent.window_covered = state.window_covered
        return recent
