"""A recording's level is `Level` second by second, and the seconds that a replay leaves out change nothing."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_analysis.recorded_level import RecordedLevel
from chat_analysis.recording import seconds
from chat_analysis.replay import START, ReplayLine, replay
from chat_analysis.whole_recording import WholeRecording, whole
from moment_detection.detection.counters import COUNT_LIMIT
from moment_detection.detection.coverage import Coverage
from moment_detection.detection.detector import SILENCE_SECONDS, Detector
from moment_detection.detection.outputs import Height
from moment_detection.detection.peaks import LOWEST
from moment_detection.detection.rules import RuleBook
from moment_detection.detection.score import Level
from moment_detection.detection.window_chatters import people_of

RULES = RuleBook({"threshold": 3.0, "moments_per_hour": 20.0})


def written(path: Path, said: list[tuple[float, int | str, str]]) -> Path:
    lines = (json.dumps({"t": round(t, 2), "user": user, "text": text}) for t, user, text in sorted(said, key=by_time))
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def by_time(said: tuple[float, int | str, str]) -> float:
    return round(said[0], 2)


def chat(seed: int, length: int, a_second: float, pauses: list[tuple[int, int]]) -> list[tuple[float, int | str, str]]:
    """Chat with bursts, commands and stretches (from, until) in which nobody writes."""
    rnd = random.Random(seed)
    times = [rnd.uniform(0, length) for _ in range(int(length * a_second))]
    for _ in range(length // 300):
        begins = rnd.uniform(0, length)
        times += [begins + rnd.expovariate(0.3) for _ in range(rnd.randrange(3, 40))]
    times = [t for t in times if not any(first <= t < until for first, until in pauses)]
    return [(t, rnd.randrange(60), rnd.choice(("lol", "!join", "wow what", " !no", ""))) for t in times]


def levels(recording: WholeRecording) -> Iterator[tuple[RecordedLevel, int, int]]:
    """Each stretch's level, its first second and the one after its last."""
    for stretch in recording.stretches(SILENCE_SECONDS):
        length = stretch.last + stretch.pause + 1 - stretch.first
        yield RecordedLevel(stretch.first, length, *stretch.messages), stretch.first, stretch.first + length


def heights(path: Path) -> list[Height]:
    """The peaks that the detector finds in the rows, one after the other."""
    detector = Detector(*RULES.of("one"))
    told = []
    for row in seconds(path, START):
        told += detector.second(row.second, row.messages, row.chatters, (), people_of(row.pieces))
    return [each for each in told if isinstance(each, Height)]


def told(line: ReplayLine) -> tuple[object, ...]:
    return line.t, line.peak, line.raised, line.score, line.rate, line.expected, line.chatters


def expected(height: Height) -> tuple[object, ...]:
    return (
        height.at + 1 - START,
        height.peak + 1 - START,
        height.crossed + 1 - START if height.crossed else None,
        round(height.score, 4),
        round(height.usual_messages, 4),
        round(height.expected, 3),
        height.window_chatters,
    )


rates = st.floats(0.02, 5.0)
pauses = st.lists(st.tuples(st.integers(0, 6000), st.integers(20, 2500)).map(lambda p: (p[0], p[0] + p[1])), max_size=2)


@settings(max_examples=40, deadline=None)
@given(st.integers(), rates, pauses)
def test_a_replay_finds_the_peaks_that_the_detector_finds_row_by_row(
    tmp_path_factory: pytest.TempPathFactory, seed: int, a_second: float, without: list[tuple[int, int]]
) -> None:
    path = written(tmp_path_factory.mktemp("recorded") / "one.jsonl", chat(seed, 6000, a_second, without))
    assert [told(line) for line in replay(path, RULES)] == [expected(height) for height in heights(path)]


@settings(max_examples=25, deadline=None)
@given(st.integers(), rates, pauses)
def test_every_second_s_numbers_are_those_of_a_level(
    tmp_path_factory: pytest.TempPathFactory, seed: int, a_second: float, without: list[tuple[int, int]]
) -> None:
    path = written(tmp_path_factory.mktemp("recorded") / "one.jsonl", chat(seed, 3000, a_second, without))
    rows = {row.second: row for row in seconds(path, START)}
    for recorded, first, until in levels(whole(path, START)):
        level = Level(Coverage(left_at=0), by_people=True)
        for second in range(first, until):
            row = rows.get(second)
            messages, chatters = (row.messages, row.chatters) if row else (0, 0)
            level.take(second, messages, chatters, people_of(row.pieces if row else None))
            assert recorded.row(second) == (messages, chatters)
            recorded.take(second, messages, chatters, None)
            assert numbers(recorded) == numbers(level)
            score = level.score()
            assert second in recorded.loud or not messages or score is None or score < LOWEST
            if second % 50 == 0:
                assert recorded.wall.counts(second - 60, second) == level.wall.counts(second - 60, second)


def numbers(level: Level) -> tuple[object, ...]:
    """All that is asked of a level at a second."""
    score = level.score()
    return score, level.is_whole, level.seen, level.peak(1, score) if score is not None else level.now


def test_a_second_with_more_messages_than_are_counted(tmp_path: Path) -> None:
    said: list[tuple[float, int | str, str]] = [(100.0, number, "a") for number in range(COUNT_LIMIT + 50)]
    path = written(tmp_path / "one.jsonl", [(0.0, 1, "a"), *said])
    ((recorded, _, _),) = levels(whole(path, START))
    assert recorded.row(START + 100) == (COUNT_LIMIT, COUNT_LIMIT)
    recorded.take(START + 100, COUNT_LIMIT, COUNT_LIMIT, None)
    assert recorded.now == COUNT_LIMIT


def test_a_number_and_the_same_as_a_name_are_one_person(tmp_path: Path) -> None:
    recording = whole(written(tmp_path / "one.jsonl", [(0, 7, "a"), (1, "7", "b"), (2, "x", "c")]), 0)
    assert recording.writers[0] == recording.writers[1] != recording.writers[2]
    assert [each.chatter for each in recording.said(0, 2)] == ["7", "7", "x"]


def test_an_empty_recording_has_no_stretch(tmp_path: Path) -> None:
    assert list(whole(written(tmp_path / "one.jsonl", []), 0).stretches(SILENCE_SECONDS)) == []
