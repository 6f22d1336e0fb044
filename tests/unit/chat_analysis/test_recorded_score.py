"""A recording's scores equal those of `Score`, second by second, and skipped seconds affect no decision."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_analysis.recorded_score import RecordedScore
from chat_analysis.recording import START, Part, Recording, read_recording
from chat_analysis.replay import play
from moment_detection.detection.counters import COUNT_LIMIT
from moment_detection.detection.detector import SILENCE_SECONDS, Detector
from moment_detection.detection.outputs import Minute, Output
from moment_detection.detection.peaks import LOWEST
from moment_detection.detection.rules import RuleBook
from moment_detection.detection.score import Score
from moment_detection.detection.window_chatters import speakers_of

from .recordings import Message, rows_of, write_recording

RULES = RuleBook(
    {"threshold": 3.0, "moments_per_hour": 20.0, "clips_per_hour": 8.0}, shadows={"lower": {"threshold": 2.0}}
).of("one")
Chat = list[Message]


def chat_of(seed: int, length: int, rate: float, pauses: list[tuple[int, int]]) -> Chat:
    """Chat with bursts, commands and pauses (first second, length)."""
    rnd = random.Random(seed)
    times = [rnd.uniform(0, length) for _ in range(int(length * rate))]
    for _ in range(length // 300):
        begins = rnd.uniform(0, length)
        times += [begins + rnd.expovariate(0.3) for _ in range(rnd.randrange(3, 40))]
    times = [t for t in times if not any(first <= t < first + pause for first, pause in pauses)]
    texts = ("lol", "!join", "wow what", " !no", "")
    return [{"t": round(t, 2), "user": rnd.randrange(60), "text": rnd.choice(texts)} for t in sorted(times)]


def read(folder: Path, chat: Chat) -> Recording:
    return read_recording(write_recording(folder / "one.jsonl", chat))


def scores(recording: Recording) -> Iterator[tuple[RecordedScore, Part]]:
    return ((RecordedScore(part), part) for part in recording.parts(SILENCE_SECONDS))


def outputs_row_by_row(chat: Chat) -> list[Output]:
    detector, outputs = Detector(*RULES), []
    for row in rows_of(chat):
        outputs += detector.add_second(row.second, row.messages, row.chatters, (), speakers_of(row.pieces))
    return [each for each in outputs if not isinstance(each, Minute)]


RATES = st.floats(0.02, 5.0)  # messages per second
PAUSES = st.lists(st.tuples(st.integers(0, 6000), st.integers(20, 2500)), max_size=2)


@settings(max_examples=40, deadline=None)
@given(st.integers(), RATES, PAUSES)
def test_a_replay_reports_what_the_detector_reports(
    tmp_path_factory: pytest.TempPathFactory, seed: int, rate: float, pauses: list[tuple[int, int]]
) -> None:
    chat = chat_of(seed, 6000, rate, pauses)
    recording = read(tmp_path_factory.mktemp("recorded"), chat)
    assert list(play(recording, RULES)) == outputs_row_by_row(chat)


@settings(max_examples=25, deadline=None)
@given(st.integers(), RATES, PAUSES)
def test_each_second_has_the_inputs_of_a_score(
    tmp_path_factory: pytest.TempPathFactory, seed: int, rate: float, pauses: list[tuple[int, int]]
) -> None:
    chat = chat_of(seed, 3000, rate, pauses)
    rows = {row.second: row for row in rows_of(chat)}
    for recorded, part in scores(read(tmp_path_factory.mktemp("recorded"), chat)):
        score, candidates = Score(distinct=True), set(recorded.candidates)
        for second in range(part.first, part.last + part.pause + 1):
            row = rows.get(second)
            messages, chatters = (row.messages, row.chatters) if row else (0, 0)
            score.add_second(second, messages, chatters, speakers_of(row.pieces if row else None), True)
            assert recorded.row(second) == (messages, chatters)
            recorded.add_second(second, messages, chatters, None, True)
            inputs = score.inputs()
            assert (recorded.inputs(), recorded.seconds_read) == (inputs, score.seconds_read)
            value = inputs.score()
            assert (second in candidates) == (messages > 0 and value is not None and value >= LOWEST)
            if second % 50 == 0:
                assert recorded.counts(second - 60, second) == score.counts(second - 60, second)


def test_counts_are_limited(tmp_path: Path) -> None:
    messages = [{"t": 100, "user": number, "text": "a"} for number in range(COUNT_LIMIT + 50)]
    ((recorded, _),) = scores(read(tmp_path, [{"t": 0, "user": 1, "text": "a"}, *messages]))
    assert recorded.row(START + 100) == (COUNT_LIMIT, COUNT_LIMIT)
    recorded.add_second(START + 100, COUNT_LIMIT, COUNT_LIMIT, None, True)
    assert recorded.inputs().window_chatters == COUNT_LIMIT


def test_a_number_and_the_same_name_are_one_chatter(tmp_path: Path) -> None:
    users: list[int | str] = [7, "7", "x"]
    recording = read(tmp_path, [{"t": t, "user": user, "text": "a"} for t, user in enumerate(users)])
    assert recording.chatters[0] == recording.chatters[1] != recording.chatters[2]
    assert [each.chatter for each in recording.messages(START, START + 2)] == ["7", "7", "x"]


def test_a_part_shorter_than_the_window_has_no_baseline(tmp_path: Path) -> None:
    chat: Chat = [{"t": t, "user": t, "text": "a"} for t in (0, 1, 2, SILENCE_SECONDS + 9, SILENCE_SECONDS + 11)]
    recording = read(tmp_path, chat)
    assert [part.last - part.first for part in recording.parts(SILENCE_SECONDS)] == [2, 2]
    assert list(play(recording, RULES)) == outputs_row_by_row(chat) == []


def test_an_empty_recording_has_no_parts(tmp_path: Path) -> None:
    recording = read(tmp_path, [])
    assert recording.length == 0
    assert list(recording.parts(SILENCE_SECONDS)) == []
