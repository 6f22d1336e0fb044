"""How loud a channel is, second by second, against what is usual there: the score."""

from math import sqrt

from moment_detection.detection.counters import COUNT_LIMIT, PARTLY, WINDOW_SECONDS, WINDOWS_MASK, Baseline, Wall
from moment_detection.detection.coverage import Coverage
from moment_detection.detection.open_moment import Peak
from moment_detection.detection.window_chatters import People

BASELINE_MINIMUM = 60  # seconds; before that "usual" is a guess
SEEN_LIMIT = 7200  # seconds
ANSCOMBE = 3 / 8  # makes the square root of a Poisson count have the same spread at every rate


class Level:
    """The last window, the baseline, and which seconds were read.

    `by_people`: the window counts distinct people; else, where there are no texts, the sum of each second's chatters.
    `seen`: about how many of the last two hours' seconds were read.
    """

    __slots__ = ("baseline", "by_people", "coverage", "now", "people", "seen", "wall")

    def __init__(self, coverage: Coverage, by_people: bool = False) -> None:
        self.coverage = coverage
        self.by_people = by_people
        self.baseline = Baseline()
        self.wall = Wall()
        self.people = People()
        self.now = 0
        self.seen = 0

    def count_by(self, people: bool) -> None:
        """Count by people from now on, or not; the baseline of the other quantity says nothing."""
        if people != self.by_people:
            self.by_people = people
            self.baseline = Baseline()
            self.wall.windows[:] = Wall().windows

    def take(self, second: int, messages: int, chatters: int, people: set[str] | None) -> None:
        """Take in the second after the last one."""
        wall = self.wall
        covered = self.coverage.covers(second)
        wall.push(second, messages, chatters, covered, self.baseline)
        now = self.people.take(second, people) if self.by_people else wall.window_chatters
        self.now = now = now if now < COUNT_LIMIT else COUNT_LIMIT
        wall.windows[second & WINDOWS_MASK] = now if wall.window_covered == WINDOW_SECONDS else PARTLY
        if not covered:
            self.seen = max(0, self.seen - 1)
        elif self.seen < SEEN_LIMIT:
            self.seen += 1

    @property
    def is_whole(self) -> bool:
        """Whether all of the window was read."""
        return self.wall.window_covered == WINDOW_SECONDS

    def expected(self) -> float:
        """People in an ordinary window."""
        return self.baseline.total_windows / self.baseline.filled

    def score(self) -> float | None:
        """The window's people against the usual, in standard deviations; None without a baseline.

        Of a window that was read in part it is the least that the score can have been.
        Twice the difference of Anscombe's square roots: Anscombe, Biometrika 35 (1948), "The transformation of
        Poisson, binomial and negative-binomial data".
        """
        filled = self.baseline.filled
        if filled < BASELINE_MINIMUM or not self.wall.window_covered:
            return None
        return 2.0 * (sqrt(self.now + ANSCOMBE) - sqrt(self.baseline.total_windows / filled + ANSCOMBE))

    def peak(self, second: int, score: float) -> Peak:
        """`second`, the last one taken in, as the highest so far."""
        wall, baseline = self.wall, self.baseline
        return Peak(
            second,
            score,
            wall.window_messages,
            self.now,
            self.expected(),
            baseline.total_messages / baseline.filled,
            baseline.total_chatters / baseline.filled,
        )
