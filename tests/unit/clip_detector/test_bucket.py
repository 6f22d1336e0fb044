"""A bucket wakes each channel when it is due, and only then; a restart changes nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from clip_detector.job.bucket import Bucket
from moment_detection.channel import Channel, SecondRow
from moment_detection.detection.detector import FORGET_SECONDS, SILENCE_SECONDS, Detector, Rules
from moment_detection.detection.state import pack, unpack
from moment_detection.messages import ResultRecord

START = 1_000_000 * 60
RULES = Rules(4.0)
CHANNELS = ("7", "8", "9")
END = 700
Rows = list[tuple[int, str, int]]
Emitted = list[tuple[str, int, ResultRecord]]


def channel(name: str, detector: Detector | None = None) -> Channel:
    return Channel(name, detector or Detector(RULES), None)


class Operator:
    """What the adapter does, on a clock of seconds: rows, then the timers of the second, from the earliest on."""

    def __init__(self) -> None:
        self.bucket, self.timers, self.state = Bucket(), set[int](), dict[str, bytes]()
        self.emitted: Emitted = []

    def row(self, second: int, name: str, people: int) -> None:
        known = self.bucket.channels.get(name)
        if known is None:
            known = channel(name)
            self.bucket.add(known)
        self._emit(known, known.row(SecondRow(START + second, people, people, None, None)))

    def pass_second(self, second: int) -> None:
        while due := sorted(each for each in self.timers if each <= START + second):
            self.timers.remove(due[0])
            for known in self.bucket.pop_due(due[0]):
                self._emit(known, known.advance(due[0]))

    def restart(self) -> None:
        self.bucket = Bucket()
        for name, packed in self.state.items():
            self.bucket.add(channel(name, unpack(packed, RULES)))

    def _emit(self, known: Channel, records: list[tuple[int, ResultRecord]]) -> None:
        self.emitted += [(known.channel_id, at, record) for at, record in records]
        if (due := self.bucket.plan_timer(known)) is not None:
            self.timers.add(due)
        self.state[known.channel_id] = pack(known.detector)


def each_alone(rows: Rows) -> Emitted:
    """Run each channel by itself to the end."""
    found: Emitted = []
    for name in CHANNELS:
        each = channel(name)
        records = [
            one
            for second, of, people in rows
            if of == name
            for one in each.row(SecondRow(START + second, people, people, None, None))
        ]
        found += [(name, at, record) for at, record in records + each.advance(START + END)]
    return found


def by_time(records: Emitted) -> Emitted:
    return sorted(records, key=lambda each: (each[0], each[1], each[2].topic, each[2].value))


ROWS = st.lists(st.tuples(st.integers(0, 400), st.sampled_from(CHANNELS), st.sampled_from([1, 2, 40])), max_size=300)


@given(ROWS, st.sets(st.integers(0, 400), max_size=3))
@settings(max_examples=60, deadline=None)
def test_a_bucket_emits_what_each_channel_emits_alone(rows: Rows, restarts: set[int]) -> None:
    rows = [*{(second, name): (second, name, people) for second, name, people in sorted(rows)}.values()]
    operator = Operator()
    for second in range(END + 1):
        for row in (each for each in rows if each[0] == second):
            operator.row(*row)
        operator.pass_second(second)
        if second in restarts:
            operator.restart()
    assert by_time(operator.emitted) == by_time(each_alone(rows))


def test_a_timer_wakes_its_channel_once_and_no_other() -> None:
    bucket = Bucket()
    early, late = channel("7"), channel("8")
    for each, second in ((early, 10), (late, 100)):
        bucket.add(each)
        each.row(SecondRow(START + second, 1, 1, None, None))
    due = bucket.plan_timer(early)
    assert due == START + 59  # the minute with its message ends
    assert bucket.plan_timer(early) is None
    assert bucket.plan_timer(late) == START + 119
    assert bucket.pop_due(due) == [early]
    assert bucket.pop_due(due) == []


def test_a_forgotten_channel_is_not_woken() -> None:
    bucket = Bucket()
    silent = channel("7")
    bucket.add(silent)
    silent.row(SecondRow(START, 1, 1, None, None))
    silent.advance(START + SILENCE_SECONDS)
    due = bucket.plan_timer(silent)
    assert due == START + FORGET_SECONDS
    bucket.remove(silent)
    assert bucket.pop_due(due) == []
    assert not bucket.channels
