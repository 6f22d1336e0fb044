"""One detector's decisions on a channel: which peaks become moments. Several detectors can share the same scores."""

from msgspec import Struct

from moment_detection.detection.open_moment import OpenMoment, Peak
from moment_detection.detection.outputs import CLOSED, PEAKED, RAISED, ConfirmedPeak
from moment_detection.detection.peak_history import WAS_CLIP, WAS_MOMENT, PastPeak, PeakHistory
from moment_detection.detection.rules import Rules


class MomentRuleState(Struct, array_like=True, gc=False):
    """A detector in a checkpoint, found again by its name."""

    name: str
    armed: bool
    history: PeakHistory
    moment: OpenMoment | None


class MomentRule:
    """The rules of one detector, with the open moment and the past peaks of the channel.

    `armed`: the score has fallen since the last moment, so that a new one may start.
    """

    __slots__ = ("armed", "history", "moment", "rules")

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.armed = True
        self.moment: OpenMoment | None = None
        self.history = PeakHistory()

    def update(
        self, second: int, score: float | None, is_whole: bool, candidate: Peak | None, seconds_read: int
    ) -> int:
        """Decide on one second and return the number of the revision that is due, or 0.

        `candidate`: the second as a peak, if it is one. `is_whole`: the whole window was read; otherwise the score is
        a lower bound, which does not show that it has fallen.
        """
        number, moment = 0, self.moment
        if moment:
            if candidate:
                moment.offer_peak(candidate)
            if second >= moment.due():
                number = CLOSED if moment.peaked else PEAKED
        elif candidate and self.armed and self._raises(candidate, seconds_read):
            moment = self.moment = OpenMoment(second, candidate)
            number = RAISED
        if moment and number and self._clips(moment, seconds_read):
            moment.allow_clip()
        if score is not None:
            self._arm(score, is_whole)
        return number

    def mark_reported(self, number: int) -> None:
        """Move the moment on after its revision was reported."""
        if self.moment and number == CLOSED:
            self.moment = None
        elif self.moment and number == PEAKED:
            self.moment.confirm_peak()

    def confirm(self, peak: Peak, at: int) -> ConfirmedPeak:
        """Return a peak that was confirmed at the end of `at`, with the moment that it belongs to."""
        moment = self.moment if self.moment and self.moment.peak.second == peak.second else None
        return ConfirmedPeak(
            at=at,
            peak=peak.second,
            score=peak.score,
            window_chatters=peak.window_chatters,
            expected=peak.expected,
            usual_messages=peak.usual_messages,
            crossed=moment.crossed if moment else 0,
            first=moment is not None and not moment.peaked,
            clip=moment is not None and moment.clip,
        )

    def remember(self, peak: Peak) -> None:
        """Add a confirmed peak to the history if it reaches the threshold."""
        if peak.score < self.rules.threshold:
            return
        moment = self.moment
        if moment and moment.peak.second == peak.second:
            flags = WAS_MOMENT | WAS_CLIP * moment.clip
            self.history.add(PastPeak(peak.second, peak.score, flags), moment.crossed)
        else:
            self.history.add(PastPeak(peak.second, peak.score, 0))

    def rearm(self) -> None:
        """Allow a new moment at once: the channel was silent for long."""
        self.armed = True

    def _arm(self, score: float, is_whole: bool) -> None:
        if self.moment and score >= self.rules.threshold:
            self.armed = False
        elif is_whole and score < self.rules.threshold * self.rules.rearm_share:
            self.armed = True

    def _raises(self, peak: Peak, seconds_read: int) -> bool:
        rules = self.rules
        return peak.score >= rules.threshold and self.history.admits(
            peak.second, peak.score, rules.moments_per_hour, WAS_MOMENT, seconds_read
        )

    def _clips(self, moment: OpenMoment, seconds_read: int) -> bool:
        rules = self.rules
        if moment.clip or rules.clips_per_hour >= rules.moments_per_hour:
            return True
        return self.history.admits(moment.crossed, moment.peak.score, rules.clips_per_hour, WAS_CLIP, seconds_read)

    def snapshot(self) -> MomentRuleState:
        """Return what `restore` needs."""
        return MomentRuleState(self.rules.name, self.armed, self.history, self.moment)

    @classmethod
    def restore(cls, rules: Rules, state: MomentRuleState | None) -> "MomentRule":
        """Return the detector of a snapshot, or a new one if the snapshot does not have it."""
        rule = cls(rules)
        if state:
            rule.armed, rule.history, rule.moment = state.armed, state.history, state.moment
        return rule
