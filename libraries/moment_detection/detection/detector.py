"""The detector: one channel's seconds in, the revisions of its moments and its minutes of counts out.

Pure: no clock, no input or output. Rows and timers go through `advance`, seconds already passed are ignored, so
every interleaving of rows and timers and every replay says the same.
"""

from collections.abc import Sequence

from moment_detection.detection.channel_events import Control
from moment_detection.detection.counters import COUNT_LIMIT, WINDOW_SECONDS
from moment_detection.detection.coverage import Coverage
from moment_detection.detection.moment_rule import Judge
from moment_detection.detection.open_moment import PEAK_HOLDS_SECONDS, Peak
from moment_detection.detection.outputs import Emission, Height, Minute, Revision
from moment_detection.detection.peak_history import RARITY_SECONDS
from moment_detection.detection.peaks import Highs
from moment_detection.detection.rules import Rules
from moment_detection.detection.score import Level

VERSION = 2
CURVE_SECONDS = 60  # shown before the peak
SILENCE_SECONDS = 900  # without a row: the baseline says nothing about what comes next, the state shrinks
FORGET_SECONDS = RARITY_SECONDS  # without a row: no stream lasts that long and no peak is compared with, the state goes
LONG_GAP_SECONDS = 60  # not read: it may have had any peak


class Detector:
    """One channel's state. `at` is the last second taken in, 0 before the first.

    The first of the rules is the detector, the others are on trial beside it; all judge the same scores.
    """

    __slots__ = (
        "asleep",
        "at",
        "dropped",
        "highs",
        "judges",
        "last_row",
        "level",
        "minute_messages",
        "stream_id",
        "stream_started_at",
        "timer",
    )

    def __init__(self, rules: Rules, *trials: Rules) -> None:
        self.at = 0
        self.last_row = 0
        self.timer = 0  # second that the adapter's timer stands for, 0: none
        self.minute_messages = 0  # of the minute that `at` is in
        self.asleep = True
        self.stream_id = ""
        self.stream_started_at = 0
        self.level = Level(Coverage())
        self.highs = Highs()
        self.dropped: list[tuple[str, int]] = []  # moments left open by detectors that are no more: name, crossing
        self.judges = [Judge(each) for each in (rules, *trials)]

    def second(
        self,
        second: int,
        messages: int,
        chatters: int,
        controls: Sequence[Control] = (),
        people: set[str] | None = None,
    ) -> list[Emission]:
        """Take in the row of `second`; returns what became due before it and with it.

        `people`: see window_chatters.py; None where the texts are not read, which holds for all rows then.
        """
        if second <= self.at:
            return []
        told = self.advance(second - 1) if second - 1 > self.at else []
        self.at = self.last_row = second
        self.asleep = False
        for control in controls:
            self._apply(control)
        level = self.level
        if messages:
            if level.coverage.left_at:
                level.coverage.message(second)
            for judge in self.judges:
                if not judge.history.known_from:
                    judge.history.known_from = second
        if level.by_people != (people is not None):
            level.count_by(people is not None)
        if messages > COUNT_LIMIT:
            messages, chatters = COUNT_LIMIT, min(chatters, COUNT_LIMIT)
        self._take(messages, chatters, people, told)
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
                self._take(0, 0, None, told)
            if second >= sleeps_at:
                self._fall_asleep()
        if second >= self.last_row + FORGET_SECONDS:
            self.stream_id, self.stream_started_at = "", 0
            self._forget_past()
        self.at = second
        return told

    def skip(self, second: int) -> None:
        """Go on after `second`; for whoever knows that nothing up to it changes a mind, and wants no minutes."""
        self.at = self.last_row = second
        self.minute_messages = 0

    def undecided_at(self) -> int | None:
        """The next second that may change a mind though the score does not rise in it, None where none will."""
        if self._busy():
            return self.at + 1
        return self.highs.pending.second + PEAK_HOLDS_SECONDS if self.highs.pending else None

    def due(self) -> int:
        """The second at whose end `advance` has something to say or to drop, if no row comes."""
        if self.asleep:
            return self.last_row + FORGET_SECONDS
        due = self.last_row + SILENCE_SECONDS
        for judge in self.judges:
            if judge.moment:
                due = min(due, judge.moment.due())
        if self.minute_messages:
            due = min(due, self.at - self.at % 60 + 59)
        return due

    def forgettable(self) -> bool:
        """Whether nothing is lost by dropping this state."""
        known = self.stream_id or self.judges[0].history.known_from
        return self.asleep and not known and self.level.coverage.gap_until <= self.at

    def _apply(self, control: Control) -> None:
        if control.kind == "coverage":
            self.level.coverage.apply(self.at, control)
            left_live = control.event == "left" and self.stream_id
            if left_live or control.until_at - control.from_at > LONG_GAP_SECONDS * 1000:
                self._forget_past()
        elif control.kind == "lifecycle":
            online = control.event != "offline"
            self.stream_id = control.subject if online else ""
            self.stream_started_at = control.from_at if online else 0

    def _forget_past(self) -> None:
        for judge in self.judges:
            judge.history.known_from = 0

    def _fall_asleep(self) -> None:
        self.asleep = True
        self.minute_messages = 0
        self.level = Level(Coverage(gap_until=self.level.coverage.gap_until), self.level.by_people)
        self.highs = Highs()
        for judge in self.judges:
            judge.armed = True

    def _take(self, messages: int, chatters: int, people: set[str] | None, told: list[Emission]) -> None:
        """Take in the second `at`, which follows the one before."""
        at = self.at
        self.level.take(at, messages, chatters, people)
        self.minute_messages += messages
        if messages or self.highs.pending or self._busy():
            self._judge(messages, told)
        if at % 60 == 59:
            if self.minute_messages:
                counts = self.level.wall.counts(at - 59, at)
                told.append(Minute(at - 59, counts[0], counts[1]))
            self.minute_messages = 0

    def _busy(self) -> bool:
        """Whether a second without a message may change a judge's mind."""
        for judge in self.judges:  # noqa: SIM110 - a generator costs twice as much, each silent second
            if judge.moment or not judge.armed:
                return True
        return False

    def _judge(self, messages: int, told: list[Emission]) -> None:
        level, highs, at = self.level, self.highs, self.at
        score, is_whole = level.score(), level.is_whole
        high = None
        if messages and score is not None and highs.is_high(at, score):
            high = highs.pending = level.peak(at, score)
        held = highs.held(at) if highs.pending else None
        for judge in self.judges:
            number = judge.take(at, score, is_whole, high, level.seen)
            if number:
                told.append(self._revision(judge, number))
            if held:
                if judge is self.judges[0]:
                    told.append(self._height(judge, held))
                judge.learn(held)
            if number:
                judge.told(number)

    def _height(self, judge: Judge, peak: Peak) -> Height:
        moment = judge.moment if judge.moment and judge.moment.peak.second == peak.second else None
        return Height(
            self.at,
            peak.second,
            peak.score,
            peak.window_chatters,
            peak.expected,
            peak.usual_messages,
            moment.crossed if moment else 0,
            moment is not None and not moment.peaked,
            moment is not None and moment.clip,
        )

    def _revision(self, judge: Judge, number: int) -> Revision:
        moment = judge.moment
        assert moment is not None
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
            peak.expected,
            peak.usual_messages,
            peak.usual_chatters,
            curve_from,
            *self.level.wall.counts(curve_from, self.at),
            moment.crossed - WINDOW_SECONDS + 1,
            min(self.at, peak.second + PEAK_HOLDS_SECONDS),
            self.stream_id,
            self.stream_started_at,
            judge.history.biggest_in(moment.crossed, peak.second, peak.score),
            moment.clip,
            judge.rules.name,
            judge.rules.shadow,
        )
