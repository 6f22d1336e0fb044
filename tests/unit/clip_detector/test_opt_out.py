"""Opt-out in the operator: the channel is dropped at that second, in every interleaving and after a restart."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clip_detector.job import opt_out
from clip_detector.job.detector_operator import DetectorOperator, OperatorOptions
from moment_detection.detection.channel_events import FIELD, PIECE
from moment_detection.detection.rules import RuleBook

START = 1_000_000 * 60
CALM, LOUD = 2, 30


class MapState(dict[str, Any]):
    """Flink's map state."""

    def put(self, key: str, value: Any) -> None:
        self[key] = value

    def remove(self, key: str) -> None:
        self.pop(key, None)


class ValueState:
    """Flink's value state."""

    def value(self) -> None:
        return None


class Flink:
    """The operator with its state and timers, in one key; `passes` fires the timers up to a second."""

    def __init__(self) -> None:
        self.states: dict[str, MapState] = {}
        self.timers: set[int] = set()
        self.emitted: list[tuple[str, str, str, int]] = []
        self.restart()

    def restart(self) -> None:
        """A restart from the state."""
        self.process = DetectorOperator(OperatorOptions(RuleBook({"threshold": 4.0})))
        self.process.open(self)  # type: ignore[arg-type]

    def get_map_state(self, descriptor: Any) -> MapState:
        return self.states.setdefault(descriptor.name, MapState())

    def get_state(self, descriptor: Any) -> ValueState:
        return ValueState()

    def get_current_key(self) -> str:
        return "0"

    def timer_service(self) -> "Flink":
        return self

    def register_event_time_timer(self, timestamp: int) -> None:
        self.timers.add(timestamp)

    def row(self, second: int, people: int, controls: str | None = None, channel: str = "7") -> None:
        piece = PIECE.join(FIELD.join((f"chatter{number}", "id", "[]", "wow")) for number in range(people))
        row = [channel, START + second, people, people, piece, controls, 0]
        self._emit(self.process.process_element(row, self))  # type: ignore[arg-type]

    def passes(self, second: int) -> None:
        end = (START + second + 1) * 1000
        while due := sorted(each for each in self.timers if each < end):
            self.timers.discard(due[0])
            self._emit(self.process.on_timer(due[0], self))  # type: ignore[arg-type]

    def _emit(self, rows: Any) -> None:
        self.emitted += [(row[0], row[1], row[2], row[3]) for row in rows]

    def kept(self) -> set[str]:
        """Whose words or counts the state holds, the mark left out."""
        packed = {key for key, value in self.states["detectors"].items() if not opt_out.is_mark(value)}
        return packed | {key.split()[0] for key in self.states["texts"]}


def opt(second: int, event: str = "out", more: str = "") -> str:
    return more + FIELD.join((str((START + second) * 1000), "opt_out", event, "", "", ""))


def play(flink: Flink, out_at: int, until: int, in_at: int | None = None, timers: set[int] | None = None) -> None:
    """Calm chat with bursts at 200 and 400; the timers fire each second, or only after the given ones."""
    for second in range(until):
        controls = opt(second) if second == out_at else opt(second, "in") if second == in_at else None
        flink.row(second, LOUD if second % 200 in range(4) and second > 100 else CALM, controls)
        flink.row(second, LOUD if second % 200 in range(4) and second > 100 else CALM, channel="8")
        if timers is None or second in timers:
            flink.passes(second)
    flink.passes(until + 300)


def topics_of(flink: Flink, channel: str) -> list[tuple[str, int]]:
    return [(topic, at) for topic, _, value, at in flink.emitted if f'"channel_id":"{channel}"' in value]


def test_a_channel_is_dropped_amid_a_moment_and_others_go_on() -> None:
    flink, whole = Flink(), Flink()
    play(flink, out_at=203, until=450)
    play(whole, out_at=10_000, until=450)
    end = (START + 203) * 1000
    assert topics_of(flink, "7") == [each for each in topics_of(whole, "7") if each[1] <= end]
    assert ("moments", (START + 201) * 1000) in topics_of(flink, "7")  # raised
    assert topics_of(flink, "8") == topics_of(whole, "8")


def test_nothing_is_kept_and_a_restart_remembers_the_opt_out() -> None:
    flink = Flink()
    play(flink, out_at=203, until=210)
    assert "7" not in flink.kept()
    flink.restart()
    emitted = topics_of(flink, "7")
    for second in range(210, 700):
        flink.row(second, LOUD if second == 500 else CALM)
        flink.passes(second)
    assert topics_of(flink, "7") == emitted
    assert "7" not in flink.kept()


def test_a_channel_that_opts_in_starts_anew() -> None:
    flink = Flink()
    play(flink, out_at=150, in_at=250, until=450)
    emitted = topics_of(flink, "7")
    assert ("moments", (START + 201) * 1000) not in emitted
    assert ("moments", (START + 401) * 1000) in emitted
    assert not [at for topic, at in emitted if topic == "chat-counts" and START + 180 < at // 1000 < START + 250]


@settings(max_examples=15)
@given(st.sets(st.integers(0, 449)), st.sampled_from([60, 150, 200, 201, 204, 239]))
def test_every_interleaving_of_rows_and_timers_agrees(timers: set[int], out_at: int) -> None:
    live, replay = Flink(), Flink()
    play(live, out_at, until=260)
    play(replay, out_at, until=260, timers=timers)
    assert sorted(live.emitted) == sorted(replay.emitted)
    assert live.kept() == replay.kept()


def test_the_last_opt_out_is_found_among_other_events() -> None:
    joined = FIELD.join((str(START * 1000), "coverage", "joined", "", "", "")) + PIECE
    assert opt_out.last_event(opt(5, more=joined)) == "out"
    assert opt_out.last_event(opt(5) + PIECE + opt(5, "in")) == "out"  # of one instant: rather out
    assert opt_out.last_event(opt(5) + PIECE + opt(6, "in")) == "in"
    assert opt_out.last_event(joined) is None
    assert opt_out.last_event(None) is None
    assert opt_out.last_event(f"x{FIELD}opt_out{FIELD}out{FIELD}") is None  # no time
