"""The detector of one channel: seconds in, revisions of moments, peaks and minutes of counts out.

Pure: no clock and no I/O. Rows and timers both go through `advance`, and a second is never processed twice, so every
interleaving of rows and timers and every replay gives the same outputs.
"""

from collections.abc import Sequence

from msgspec import Struct

from moment_detection.detection.channel_events import ChannelEvent
from moment_detection.detection.counters import COUNT_LIMIT, WINDOW_SECONDS
from moment_detection.detection.coverage import CoverageState
from moment_detection.detection.moment_rule import MomentRule, MomentRuleState
from moment_detection.detection.open_moment import PEAK_HOLDS_SECONDS, OpenMoment
from moment_detection.detection.outputs import Minute, Output, Revision
from moment_detection.detection.peak_history import RARITY_SECONDS
from moment_detection.detection.peaks import Peaks
from moment_detection.detection.rules import Rules
from moment_detection.detection.score import Score, ScoreState

VERSION = 2
CURVE_SECONDS = 60  # shown before the peak
SILENCE_SECONDS = 900  # without a row: the baseline no longer predicts anything, and the state shrinks
FORGET_SECONDS = RARITY_SECONDS  # without a row: no stream lasts this long and no peak is compared; the state goes
LONG_GAP_SECONDS = 60  # not read: a peak of any height may have been missed


class DetectorState(Struct, array_like=True, gc=False):
    """A detector in a checkpoint. `score` and `peaks` are None while the channel is asleep."""

    at: int
    last_row: int
    timer: int
    minute_messages: int
    stream_id: str
    stream_started_at: int
    coverage: CoverageState
    moment_rules: list[MomentRuleState]
    score: ScoreState | None
    peaks: Peaks | None


class Detector:
    """The state of one channel. `at` is the last second processed, 0 before the first.

    The first rules are the detector's, the others are trials beside it; all decide on the same scores.
    """

    __slots__ = (
        "_abandoned",
        "_last_row",
        "_minute_messages",
        "_stream_id",
        "_stream_started_at",
        "asleep",
        "at",
        "coverage",
        "moment_rules",
        "peaks",
        "score",
        "timer",
    )

    def __init__(self, rules: Rules, *trials: Rules) -> None:
        self.at = 0
        self.timer = 0  # second of the adapter's timer, 0: none
        self.asleep = True
        self.coverage = CoverageState()
        self.score = Score()
        self.peaks = Peaks()
        self.moment_rules = [MomentRule(each) for each in (rules, *trials)]
        self._last_row = 0
        self._minute_messages = 0  # of the minute of `at`
        self._stream_id = ""
        self._stream_started_at = 0
        self._abandoned: list[tuple[str, int]] = []

    def add_second(
        self,
        second: int,
        messages: int,
        chatters: int,
        events: Sequence[ChannelEvent] = (),
        speakers: set[str] | None = None,
    ) -> list[Output]:
        """Process the row of `second` and return what became due before it and with it.

        `speakers`: see window_chatters.py; None in every row if texts are not read.
        """
        if second <= self.at:
            return []
        outputs = self.advance(second - 1) if second - 1 > self.at else []
        self.at = self._last_row = second
        self.asleep = False
        for event in events:
            self._apply(event)
        if messages:
            self._note_messages(second)
        self.score.count_distinct(speakers is not None)
        if messages > COUNT_LIMIT:
            messages, chatters = COUNT_LIMIT, min(chatters, COUNT_LIMIT)
        self._process(messages, chatters, speakers, outputs)
        return outputs

    def advance(self, second: int) -> list[Output]:
        """Process the silent seconds up to and including `second` and return what became due."""
        outputs: list[Output] = []
        if second <= self.at:
            return outputs
        if not self.asleep:
            sleeps_at = self._last_row + SILENCE_SECONDS
            until = min(second, sleeps_at)
            while self.at < until:
                self.at += 1
                self._process(0, 0, None, outputs)
            if second >= sleeps_at:
                self._fall_asleep()
        if second >= self._last_row + FORGET_SECONDS:
            self._stream_id, self._stream_started_at = "", 0
            self._lose_track()
        self.at = second
        return outputs

    def set_timer(self, second: int) -> None:
        """Note that the adapter has set a timer to the end of `second`."""
        self.timer = second

    def due(self) -> int:
        """Return the second at whose end `advance` has something to report or to drop if no row comes."""
        if self.asleep:
            return self._last_row + FORGET_SECONDS
        due = self._last_row + SILENCE_SECONDS
        for rule in self.moment_rules:
            if rule.moment:
                due = min(due, rule.moment.due())
        if self._minute_messages:
            due = min(due, self.at - self.at % 60 + 59)
        return due

    def forgettable(self) -> bool:
        """Return whether this state can be dropped without losing anything."""
        known = self._stream_id or self.moment_rules[0].history.known_from
        return self.asleep and not known and self.coverage.gap_until <= self.at

    def take_abandoned(self) -> list[tuple[str, int]]:
        """Return, once, the open moments of detectors that a restart dropped: (detector's name, crossing)."""
        abandoned, self._abandoned = self._abandoned, []
        return abandoned

    def give_back_clip(self, closed: Revision) -> None:
        """Take a closed moment out of its detector's clip rate: what it means has ruled out a clip."""
        for rule in self.moment_rules:
            if rule.rules.name == closed.detector:
                rule.history.forget_clip(closed.crossed, closed.at)

    def use_score(self, score: Score) -> None:
        """Replay only: read the next seconds' scores from `score`."""
        self.score = score

    def jump_to(self, second: int) -> None:
        """Replay only: jump ahead. The caller guarantees that no skipped second affects a decision."""
        if not self.asleep and second > self.at:
            self.at = self._last_row = second
            self._minute_messages = 0

    def undecided_at(self) -> int | None:
        """Replay only: return the next second to look at even if nobody writes in it; None if there is none."""
        if self._is_undecided():
            return self.at + 1
        return self.peaks.pending.second + PEAK_HOLDS_SECONDS if self.peaks.pending else None

    def _apply(self, event: ChannelEvent) -> None:
        if event.kind == "coverage":
            self.coverage.apply(self.at, event)
            left_live = event.name == "left" and self._stream_id
            if left_live or event.until_at - event.from_at > LONG_GAP_SECONDS * 1000:
                self._lose_track()
        elif event.kind == "lifecycle":
            online = event.name != "offline"
            self._stream_id = event.subject if online else ""
            self._stream_started_at = event.from_at if online else 0

    def _note_messages(self, second: int) -> None:
        if self.coverage.left_at:
            self.coverage.note_message(second)
        for rule in self.moment_rules:
            if not rule.history.known_from:
                rule.history.begin(second)

    def _lose_track(self) -> None:
        for rule in self.moment_rules:
            rule.history.lose_track()

    def _fall_asleep(self) -> None:
        self.asleep = True
        self._minute_messages = 0
        self.coverage = CoverageState(gap_until=self.coverage.gap_until)
        self.score.reset()
        self.peaks = Peaks()
        for rule in self.moment_rules:
            rule.rearm()

    def _process(self, messages: int, chatters: int, speakers: set[str] | None, outputs: list[Output]) -> None:
        """Process the second `at`, which follows the last one."""
        at = self.at
        self.score.add_second(at, messages, chatters, speakers, self.coverage.covers(at))
        self._minute_messages += messages
        if messages or self.peaks.pending or self._is_undecided():
            self._decide(messages, outputs)
        if at % 60 == 59:
            if self._minute_messages:
                counts = self.score.counts(at - 59, at)
                outputs.append(Minute(at - 59, counts[0], counts[1]))
            self._minute_messages = 0

    def _is_undecided(self) -> bool:
        """Return whether even a second without messages matters: a moment is open, or the score has yet to fall."""
        for rule in self.moment_rules:  # noqa: SIM110 - a generator costs twice as much in each silent second
            if rule.moment or not rule.armed:
                return True
        return False

    def _decide(self, messages: int, outputs: list[Output]) -> None:
        at, peaks, inputs = self.at, self.peaks, self.score.inputs()
        score = inputs.score()
        candidate = None
        if messages and score is not None and peaks.is_peak(at, score):
            candidate = inputs.peak(at, score)
            peaks.await_confirmation(candidate)
        confirmed = peaks.confirmed(at) if peaks.pending else None
        for rule in self.moment_rules:
            number = rule.update(at, score, inputs.is_whole, candidate, self.score.seconds_read)
            if number and rule.moment:
                outputs.append(self._revision(rule, rule.moment, number))
            if confirmed:
                if rule is self.moment_rules[0]:
                    outputs.append(rule.confirm(confirmed, at))
                rule.remember(confirmed)
            if number:
                rule.mark_reported(number)

    def _revision(self, rule: MomentRule, moment: OpenMoment, number: int) -> Revision:
        peak = moment.peak
        curve_from = peak.second - CURVE_SECONDS
        messages, chatters, covered = self.score.counts(curve_from, self.at)
        return Revision(
            number=number,
            crossed=moment.crossed,
            peak=peak.second,
            at=self.at,
            score=peak.score,
            window_messages=peak.window_messages,
            window_chatters=peak.window_chatters,
            expected=peak.expected,
            usual_messages=peak.usual_messages,
            usual_chatters=peak.usual_chatters,
            curve_from=curve_from,
            messages=messages,
            chatters=chatters,
            covered=covered,
            texts_from=moment.crossed - WINDOW_SECONDS + 1,
            texts_until=min(self.at, peak.second + PEAK_HOLDS_SECONDS),
            stream_id=self._stream_id,
            stream_started_at=self._stream_started_at,
            biggest_in_seconds=rule.history.biggest_in(moment.crossed, peak.second, peak.score),
            clip=moment.clip,
            detector=rule.rules.name,
            shadow=rule.rules.shadow,
        )

    def snapshot(self) -> DetectorState:
        """Return what `restore` needs, beside the speakers of the window."""
        return DetectorState(
            at=self.at,
            last_row=self._last_row,
            timer=self.timer,
            minute_messages=self._minute_messages,
            stream_id=self._stream_id,
            stream_started_at=self._stream_started_at,
            coverage=self.coverage,
            moment_rules=[rule.snapshot() for rule in self.moment_rules],
            score=None if self.asleep else self.score.snapshot(),
            peaks=None if self.asleep else self.peaks,
        )

    @classmethod
    def restore(cls, state: DetectorState, rules: Rules, *trials: Rules) -> "Detector":
        """Return the detector of a snapshot. Rules that the snapshot lacks start anew, others are dropped."""
        detector = cls(rules, *trials)
        detector.at, detector.timer, detector._last_row = state.at, state.timer, state.last_row
        detector._minute_messages = state.minute_messages
        detector._stream_id, detector._stream_started_at = state.stream_id, state.stream_started_at
        detector.coverage = state.coverage
        by_name = {each.name: each for each in state.moment_rules}
        detector.moment_rules = [MomentRule.restore(each, by_name.pop(each.name, None)) for each in (rules, *trials)]
        detector._abandoned = [(name, each.moment.crossed) for name, each in by_name.items() if each.moment]
        if state.score and state.peaks:
            detector.asleep, detector.score, detector.peaks = False, Score.restore(state.score), state.peaks
        return detector
