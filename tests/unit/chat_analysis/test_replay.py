"""A replay lists each peak, nothing in a line comes from later, and it reads what people record."""

import json
import random
from pathlib import Path

import pytest

from chat_analysis.__main__ import main
from chat_analysis.peak_lines import PeakLine, peak_lines
from chat_analysis.recording import START, read_recording, recording_name
from contracts import topics
from contracts.codec import decode
from moment_detection.channel import Channel, DictSlots
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import NAME, RuleBook, Rules

from .recordings import Message, rows_of, write_recording

RULES = RuleBook({"threshold": 4.0, "clips_per_hour": 4.0})
HOUR = 3600
BURSTS = (300, 900, 1000, 1030, 1500, 2000, 2600, 3100)  # seconds; one begins in another's tail


def chat(seed: int = 1) -> list[dict[str, object]]:
    """An hour of 0.7 messages per second, with bursts of 20 to 70 people."""
    rnd = random.Random(seed)
    times = [rnd.uniform(0, HOUR) for _ in range(HOUR * 7 // 10)]
    for number, begins in enumerate(BURSTS):
        times += [begins + rnd.expovariate(0.2) for _ in range(20 + 7 * number)]
    return [
        {"t": round(at, 3), "user": rnd.randrange(300), "text": rnd.choice(("lol", "!join", "wow what"))}
        for at in sorted(times)
    ]


def seconds_of(message: Message) -> float:
    return float(str(message["t"]))


def lines_of(path: Path) -> list[PeakLine]:
    return list(peak_lines(path, RULES))


def test_a_line_depends_on_nothing_after_its_second(tmp_path: Path) -> None:
    messages = chat()
    whole = lines_of(write_recording(tmp_path / "one.jsonl", messages))
    assert len(whole) > 20
    for until in (100, 306, 308, 311, 905, 1003, 1034, 1041, 2006, 2610, 3107):
        before = [message for message in messages if seconds_of(message) < until]
        cut = lines_of(write_recording(tmp_path / "one.jsonl", before))
        last = int(seconds_of(before[-1]))  # nothing is known of the seconds after it
        assert cut == [line for line in whole if line.t <= last + 1]


def test_bursts_are_moments_with_consistent_lines(tmp_path: Path) -> None:
    lines = lines_of(write_recording(tmp_path / "some-channel.jsonl.gz", chat()))
    for begins in (900, 1500, 2000, 2600, 3100):
        assert any(line.raised and begins <= line.raised <= begins + 15 for line in lines), begins
    for line in lines:
        assert line.name == "some-channel"
        assert line.t == line.peak + 5
        assert line.raised is None or line.raised <= line.peak
        assert line.raised is not None or not line.clip
        assert line.chatters > line.expected
    assert [line.t for line in lines] == sorted(line.t for line in lines)
    clipped = [line.raised for line in lines if line.clip]
    assert 0 < len(clipped) == len(set(clipped)) <= 6, "one clip per moment, at 4 per hour"


def test_a_replay_raises_the_moments_of_a_channel(tmp_path: Path) -> None:
    """The channel gets the rows that SQL would make."""
    messages = chat()
    channel = Channel("one", Detector(*RULES.of("one")), DictSlots())
    records = [record for row in rows_of(messages) for _, record in channel.row(row)]
    moments = [decode(record.topic, record.value) for record in records if record.topic == topics.MOMENTS.name]
    raised = {moment.crossed_at // 1000 - START for moment in moments if moment.revision == "peaked"}
    lines = lines_of(write_recording(tmp_path / "one.jsonl", messages))
    assert {line.raised for line in lines if line.raised is not None} == raised
    assert {moment.detector_name for moment in moments} == {NAME}


def test_peaks_below_the_threshold_are_listed_too(tmp_path: Path) -> None:
    lines = lines_of(write_recording(tmp_path / "one.jsonl", chat()))
    assert any(line.raised is None and line.score < Rules.threshold for line in lines)


def test_a_peak_without_a_moment_has_mood_and_causes(tmp_path: Path) -> None:
    """The last burst votes; at most one moment per hour makes it none, and its line has the cause all the same."""
    messages = chat()
    for message in messages:
        if seconds_of(message) > BURSTS[-1]:
            message["text"] = "1" if int(str(message["user"])) % 2 else "2"
    path = write_recording(tmp_path / "one.jsonl", messages)
    for per_hour in (10.0, 0.1):
        lines = list(peak_lines(path, RuleBook({"threshold": 4.0, "moments_per_hour": per_hour})))
        (vote,) = [line for line in lines if line.peak > BURSTS[-1] and line.score > 8]
        assert (vote.raised is None) == (per_hour < 1)
        assert vote.causes == ["vote"]
        assert not vote.clip


def test_prefixes_in_chat_data_and_files_are_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_DATA", str(tmp_path))
    one = write_recording(tmp_path / "game-one.jsonl.gz", chat(1))
    write_recording(tmp_path / "game-two.jsonl", chat(2))
    out = tmp_path / "out.jsonl"
    for wanted, names in (("game", {"game-one", "game-two"}), (str(one), {"game-one"})):
        monkeypatch.setattr("sys.argv", ["chat_analysis", wanted, "--out", str(out)])
        assert main() == 0
        assert {json.loads(line)["name"] for line in out.read_text().splitlines()} == names
    monkeypatch.setattr("sys.argv", ["chat_analysis", "nothing"])
    assert main() == 2
    assert recording_name(one) == "game-one"


def test_a_separator_in_a_text_becomes_a_space(tmp_path: Path) -> None:
    messages = [{"t": 0.5, "user": 1, "text": "a\x1eb\x1fc"}, {"t": 0.6, "user": 2, "text": "d"}]
    recording = read_recording(write_recording(tmp_path / "one.jsonl", messages))
    assert [each.text for each in recording.messages(START, START)] == ["a b c", "d"]
