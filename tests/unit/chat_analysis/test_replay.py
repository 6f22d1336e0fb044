"""A replay tells each peak, nothing in a line comes from later, and it reads what people record."""

import gzip
import json
import random
from pathlib import Path

import pytest

from chat_analysis.recording import RecordingError, recording_name, seconds
from chat_analysis.replay import START, ReplayLine, main, replay
from contracts import topics
from contracts.codec import decode
from moment_detection.channel import Channel, DictSlots, SecondRow
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import NAME, RuleBook, Rules

RULES = RuleBook({"threshold": 4.0, "clips_per_hour": 4.0})
HOUR = 3600
BURSTS = (300, 900, 1000, 1030, 1500, 2000, 2600, 3100)  # seconds; one begins in another's tail


def chat(seed: int = 1) -> list[dict[str, object]]:
    """An hour of 0.7 messages a second, with bursts of 20 to 70 people."""
    rnd = random.Random(seed)
    times = [rnd.uniform(0, HOUR) for _ in range(HOUR * 7 // 10)]
    for number, begins in enumerate(BURSTS):
        times += [begins + rnd.expovariate(0.2) for _ in range(20 + 7 * number)]
    return [
        {"t": round(at, 3), "user": rnd.randrange(300), "text": rnd.choice(("lol", "!join", "wow what"))}
        for at in sorted(times)
    ]


def written(path: Path, messages: list[dict[str, object]]) -> Path:
    lines = "".join(json.dumps(message) + "\n" for message in messages).encode()
    path.write_bytes(gzip.compress(lines) if path.suffix == ".gz" else lines)
    return path


def lines_of(path: Path) -> list[ReplayLine]:
    return list(replay(path, RULES))


def test_nothing_in_a_line_comes_from_after_its_second(tmp_path: Path) -> None:
    messages = chat()
    whole = lines_of(written(tmp_path / "one.jsonl", messages))
    assert len(whole) > 20
    for until in (100, 306, 308, 311, 905, 1003, 1034, 1041, 2006, 2610, 3107):
        before = [message for message in messages if float(str(message["t"])) < until]
        cut = lines_of(written(tmp_path / "one.jsonl", before))
        last = int(float(str(before[-1]["t"])))  # nothing is known of the seconds after it
        assert cut == [line for line in whole if line.t <= last + 1]


def test_the_bursts_are_moments_and_each_line_has_what_is_promised(tmp_path: Path) -> None:
    lines = lines_of(written(tmp_path / "some-channel.jsonl.gz", chat()))
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
    assert 0 < len(clipped) == len(set(clipped)) <= 6, "one clip a moment, at 4 an hour"


def test_it_is_the_job_s_channel_that_is_replayed(tmp_path: Path) -> None:
    """The moments of the lines are those of a channel that is fed the rows as SQL would make them."""
    messages = chat()
    channel = Channel("one", Detector(*RULES.of("one")), DictSlots())
    said: dict[int, list[dict[str, object]]] = {}
    for message in messages:
        said.setdefault(int(float(str(message["t"]))), []).append(message)
    found = []
    for second, group in said.items():
        pieces = "\x1e".join(f"{each['user']}\x1fx\x1f[]\x1f{each['text']}" for each in group)
        people = len({each["user"] for each in group})
        found += channel.row(SecondRow(START + second, len(group), people, pieces, None))
    moments = [decode(record.topic, record.value) for _, record in found if record.topic == topics.MOMENTS.name]
    raised = {moment.crossed_at // 1000 - START for moment in moments if moment.revision == "peaked"}
    lines = lines_of(written(tmp_path / "one.jsonl", messages))
    assert {line.raised for line in lines if line.raised is not None} == raised
    assert {moment.detector_name for moment in moments} == {NAME}


def test_peaks_below_the_threshold_are_told_as_well(tmp_path: Path) -> None:
    lines = lines_of(written(tmp_path / "one.jsonl", chat()))
    assert any(line.raised is None and line.score < Rules.threshold for line in lines)


def test_a_peak_that_is_no_moment_has_its_mood_and_causes_too(tmp_path: Path) -> None:
    """The last burst votes; with one moment an hour at most it is none, and its line says what it was."""
    messages = chat()
    for message in messages:
        if float(str(message["t"])) > BURSTS[-1]:
            message["text"] = "1" if int(str(message["user"])) % 2 else "2"
    path = written(tmp_path / "one.jsonl", messages)
    for an_hour in (10.0, 0.1):
        lines = list(replay(path, RuleBook({"threshold": 4.0, "moments_per_hour": an_hour})))
        (vote,) = [line for line in lines if line.peak > BURSTS[-1] and line.score > 8]
        assert (vote.raised is None) == (an_hour < 1)
        assert vote.causes == ["vote"]
        assert not vote.clip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"t": 1, "user": 1, "text": "a"}\nno json\n', "after message 0"),
        ('{"t": 9, "user": 1, "text": "a"}\n{"t": 1, "user": 1, "text": "a"}\n', "message 2: comes before"),
        ('{"t": 1, "user": 1}\n', "text"),
    ],
)
def test_what_is_no_recording_is_refused_with_its_place(
    tmp_path: Path, text: str, reason: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text)
    with pytest.raises(RecordingError, match=reason):
        list(seconds(path, START))
    monkeypatch.setattr("sys.argv", ["replay", str(path)])
    assert main() == 2
    assert str(path) in capsys.readouterr().err


def test_a_last_line_that_was_cut_within_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl"
    path.write_text('{"t": 1, "user": 1, "text": "a"}\n{"t": 2, "user": 1, "text": "b"}\n{"t": 3, "us')
    assert [row.second - START for row in seconds(path, START)] == [1, 2]


def test_names_in_chat_data_and_files_are_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_DATA", str(tmp_path))
    one = written(tmp_path / "game-one.jsonl.gz", chat(1))
    written(tmp_path / "game-two.jsonl", chat(2))
    out = tmp_path / "out.jsonl"
    for wanted, names in (("game", {"game-one", "game-two"}), (str(one), {"game-one"})):
        monkeypatch.setattr("sys.argv", ["replay", wanted, "--out", str(out)])
        assert main() == 0
        assert {json.loads(line)["name"] for line in out.read_text().splitlines()} == names
    monkeypatch.setattr("sys.argv", ["replay", "nothing"])
    assert main() == 2
    assert recording_name(one) == "game-one"


def test_a_separator_in_a_recorded_text_is_a_space(tmp_path: Path) -> None:
    said = [{"t": 0.5, "user": 1, "text": "a\x1eb\x1fc"}, {"t": 0.6, "user": 2, "text": "d"}]
    (row,) = seconds(written(tmp_path / "one.jsonl", said), 100)
    assert [piece.split("\x1f")[3] for piece in (row.pieces or "").split("\x1e")] == ["a b c", "d"]
