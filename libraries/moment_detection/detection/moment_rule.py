"""One detector's opinion of a channel's peaks: which of them is a moment. Several can judge the same scores."""

from moment_detection.detection.open_moment import OpenMoment, Peak
from moment_detection.detection.outputs import CLOSED, PEAKED, RAISED
from moment_detection.detection.peak_history import CLIPPED, History, Past
from moment_detection.detection.peak_history import RAISED as WAS_RAISED
from moment_detection.detection.rules import Rules


class Judge:
    """The rules, the open moment and the past peaks of one detector on one channel."""

    __slots__ = ("armed", "history", "moment", "rules")

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.armed = True
        self.moment: OpenMoment | None = None
        self.history = History()

    def take(self, second: int, score: float | None, is_whole: bool, high: Peak | None, seen: int) -> int:
        """Take in a second's score, and the peak that it may be; returns the number of the revision due, or 0.

        `is_whole`: the window was; else the score is at least so much, which says nothing of a fall.
        """
        number, moment = 0, self.moment
        if moment:
            if high and moment.rises(second, high.score):
                moment.peak = high
            if second >= moment.due():
                number = CLOSED if moment.peaked else PEAKED
        elif high and self.armed and self._raises(high, seen):
            moment = self.moment = OpenMoment(second, high)
            number = RAISED
        if moment and number:
            moment.clip = moment.clip or self._clips(moment, seen)
        if score is not None:
            self._arm(score, is_whole)
        return number

    def told(self, number: int) -> None:
        """The revision has been told."""
        if self.moment and number == CLOSED:
            self.moment = None
        elif self.moment and number == PEAKED:
            self.moment.peaked = True

    def learn(self, peak: Peak) -> None:
        """Remember a peak that has held."""
        if peak.score < self.rules.threshold:
            return
        moment = self.moment
        if moment and moment.peak.second == peak.second:
            flags = WAS_RAISED | CLIPPED * moment.clip
            self.history.add(Past(peak.second, peak.score, flags), moment.crossed)
        else:
            self.history.add(Past(peak.second, peak.score, 0))

    def _arm(self, score: float, is_whole: bool) -> None:
        if self.moment and score >= self.rules.threshold:
            self.armed = False
        elif is_whole and score < self.rules.threshold * self.rules.rearm_share:
            self.armed = True

    def _raises(self, high: Peak, seen: int) -> bool:
        rules = self.rules
        return high.score >= rules.threshold and self.history.admits(
            high.second, high.score, rules.moments_per_hour, WAS_RAISED, seen
        )

    def _clips(self, moment: OpenMoment, seen: int) -> bool:
        rules = self.rules
        if rules.clips_per_hour >= rules.moments_per_hour:
            return True
        return self.history.admits(moment.crossed, moment.peak.score, rules.clips_per_hour, CLIPPED, seen)
