"""The detector: one channel's seconds in, the revisions of its moments and its minutes of counts out.

Pure: no clock, no input or output. Rows and timers go through `advance`, seconds already passed are ignored, so
every interleaving of rows and timers and every replay says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from clip_detector.controls import Control
from clip_detector.coverage import Coverage
from clip_detector.emissions import CLOSED, PEAKED, RAISED, Emission, Minute, Revision
from clip_detector.open_moment import PEAK_HOLDS_SECONDS, OpenMoment, Peak
from clip_detector.rings import COUNT_LIMIT, WINDOW_SECONDS, Baseline, Wall

NAME = "crowd"
VERSION = 1
BASELINE_MINIMUM = 60  # covered seconds; before that "usual" is a guess
CURVE_SECONDS = 60  # shown before the peak
SILENCE_SECONDS = 900  # without a row: the baseline says nothing about what comes next, the state shrinks
FORGET_SECONDS = 48 * 3600  # without a row: no stream lasts that long, the state goes
ANSCOMBE = 3 / 8  # makes the square root of a Poisson count have the same spread at every rate


@dataclass(frozen=True)
class Rules:
    """When a moment is raised. `threshold` is in standard deviations of ordinary chat, roughly."""

    threshold: float = 4.0
    rearm_share: float = 0.5  # of the threshold; the score falls below it before the next moment


class Detector:
    """One channel's state. `at` is the last second taken in, 0 before the first."""

    __slots__ = (
        "armed",
        "asleep",
        "at",
        "baseline",
        "coverage",
        "last_row",
        "minute_messages",
        "moment",
        "rules",
        "stream_id",
        "stream_started_at",
        "timer",
        "wall",
    )

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.at = 0
        self.last_row = 0
        self.timer = 0  # second that the adapter's timer stands for, 0: none
        self.minute_messages = 0  # of the minute that `at` is in
        self.armed = True
        self.asleep = True
        self.stream_id = ""
        self.stream_started_at = 0
        self.coverage = Coverage()
        self.baseline = Baseline()
        self.wall = Wall()
        self.moment: OpenMoment | None = None

    def second(self, second: int, messages: int, chatters: int, controls: Sequence[Control] = ()) -> list[Emission]:
        """Take in the row of `second`; returns what became due before it and with it."""
        if second <= self.at:
            return []
        told = self.advance(second - 1)
        self.at = self.last_row = second
        self.asleep = False
        for control in controls:
            self._apply(control)
        if messages:
            self.coverage.message(second)
        self._take(min(messages, COUNT_LIMIT), min(chatters, COUNT_LIMIT), told)
        return told

    def advance(self, second: int) -> list[Emission]:
        """Take in that nothing came up to and with `second`; returns what became due."""
        told: list[Emission] = []
        if second <= self.at:
            return told
        if not self.asleep:
            sleeps_at = self.last_row + SILENCE_SECONDS
            until = min(second, sleeps_at)
            while self.at < until:
                self.at += 1
                self._take(0, 0, told)
            if second >= sleeps_at:
                self._fall_asleep()
        if second >= self.last_row + FORGET_SECONDS:
            self.stream_id, self.stream_started_at = "", 0
        self.at = second
        return told

    def due(self) -> int:
        """The second at whose end `advance` has something to say or to drop, if no row comes."""
        if self.asleep:
            return self.last_row + FORGET_SECONDS
        due = self.last_row + SILENCE_SECONDS
        if self.moment:
            due = min(due, self.moment.due())
        if self.minute_messages:
            due = min(due, self.at - self.at % 60 + 59)
        return due

    def forgettable(self) -> bool:
        """Whether nothing is lost by dropping this state."""
        return self.asleep and not self.stream_id and self.coverage.gap_until <= self.at

    def score(self) -> float:
        """The window's chatters against the usual, in standard deviations; 0 without a baseline."""
        filled, wall = self.baseline.filled, self.wall
        if filled < BASELINE_MINIMUM or not wall.window_covered:
            return 0.0
        expected = self.baseline.total_chatters / filled * wall.window_covered
        return 2.0 * (sqrt(wall.window_chatters + ANSCOMBE) - sqrt(expected + ANSCOMBE))

    def _apply(self, control: Control) -> None:
        if control.kind == "coverage":
            self.coverage.apply(self.at, control)
        elif control.kind == "lifecycle":
            online = control.event != "offline"
            self.stream_id = control.subject if online else ""
            self.stream_started_at = control.from_at if online else 0

    def _fall_asleep(self) -> None:
        self.asleep = True
        self.armed = True
        self.minute_messages = 0
        self.coverage = Coverage(gap_until=self.coverage.gap_until)
        self.baseline = Baseline()
        self.wall = Wall()

    def _take(self, messages: int, chatters: int, told: list[Emission]) -> None:
        """Take in the second `at`, which follows the one before."""
        at = self.at
        self.wall.push(at, messages, chatters, self.coverage.covers(at), self.baseline)
        self.minute_messages += messages
        if messages or self.moment or not self.armed:
            self._judge(messages, told)
        if at % 60 == 59:
            if self.minute_messages:
                counts = self.wall.counts(at - 59, at)
                told.append(Minute(at - 59, counts[0], counts[1]))
            self.minute_messages = 0

    def _judge(self, messages: int, told: list[Emission]) -> None:
        score, at, moment = self.score(), self.at, self.moment
        loud = score >= self.rules.threshold
        if moment:
            if messages and moment.rises(at, score):
                moment.peak = self._peak(score)
            if at >= moment.due():
                told.append(self._revision(moment, CLOSED if moment.peaked else PEAKED))
                self.moment = None if moment.peaked else moment
                moment.peaked = True
        elif loud and messages and self.armed:
            self.moment = OpenMoment(at, self._peak(score))
            told.append(self._revision(self.moment, RAISED))
        if loud and self.moment:
            self.armed = False
        elif score < self.rules.threshold * self.rules.rearm_share:
            self.armed = True

    def _peak(self, score: float) -> Peak:
        wall, baseline = self.wall, self.baseline
        return Peak(
            self.at,
            score,
            wall.window_messages,
            wall.window_chatters,
            wall.window_covered,
            baseline.total_messages / baseline.filled,
            baseline.total_chatters / baseline.filled,
        )

    def _revision(self, moment: OpenMoment, number: int) -> Revision:
        peak = moment.peak
        curve_from = peak.second - CURVE_SECONDS
        return Revision(
            number,
            moment.crossed,
            peak.second,
            self.at,
            peak.score,
            peak.window_messages,
            peak.window_chatters,
            peak.window_covered,
            peak.usual_messages,
            peak.usual_chatters,
            curve_from,
            *self.wall.counts(curve_from, self.at),
            moment.crossed - WINDOW_SECONDS + 1,
            min(self.at, peak.second + PEAK_HOLDS_SECONDS),
            self.stream_id,
            self.stream_started_at,
        )
