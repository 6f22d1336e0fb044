"""A file that is not understood is an error that names file and line; the other files are read all the same."""

import gzip
import json
from pathlib import Path

import pytest

from chat_analysis.__main__ import main
from chat_analysis.forms.errors import RecordingError
from chat_analysis.forms.source import BLOCK_BYTES
from chat_analysis.recording import START, read_recording
from chat_analysis.recording_file import read_messages

from .recordings import write_recording
from .test_replay import chat

GOOD = b'{"t":1,"user":"a","text":"x"}\n'
ARRAY = b'[{"t":1,"user":"a","text":"x"}]'


def run(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> int:
    monkeypatch.setattr("sys.argv", ["chat_analysis", *map(str, paths)])
    return main()


@pytest.mark.parametrize(
    ("name", "content", "line", "reason"),
    [
        ("array.jsonl", ARRAY, 1, "is no message"),
        ("array-line.jsonl", ARRAY + b"\n", 1, "is no message"),
        ("cut-array.jsonl", ARRAY[:-1], 1, "is no message"),
        ("text.jsonl", b"00:00:01 a: x\n", 1, "is no message"),
        ("last.jsonl", GOOD + b'{"t":"a"}', 2, "is no message"),
        ("last-line.jsonl", GOOD * 2 + b"no json\n", 3, "is no message"),
        ("middle.jsonl", GOOD + b'{"t":2,"us\n' + GOOD, 2, "truncated"),
        ("missing.jsonl", GOOD + b'{"t":1,"user":1}\n', 2, "text"),
        ("far.jsonl", GOOD + b'{"t":1e300,"user":1,"text":""}\n', 2, "t"),
        ("latin.jsonl", GOOD + '{"t":2,"user":"a","text":"é"}\n'.encode("latin-1"), 2, "is not UTF-8"),
        ("latin-last.jsonl", GOOD + '{"t":2,"user":"a","text":"é"}'.encode("latin-1"), 2, "is not UTF-8"),
        ("back.jsonl", b'{"t":9,"user":1,"text":"a"}\n' + GOOD, 2, "is earlier"),
        ("late.jsonl", GOOD * (BLOCK_BYTES // len(GOOD) * 2) + b"no json\n", BLOCK_BYTES // len(GOOD) * 2 + 1, "is no"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, capsys, monkeypatch, name, content, line, reason) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert run(monkeypatch, path) == 2
    (sentence,) = capsys.readouterr().err.splitlines()
    assert f"{path}, line {line}: " in sentence
    assert reason in sentence


@pytest.mark.parametrize(
    ("name", "content"),
    [("cut.jsonl.gz", gzip.compress(GOOD * 1000, mtime=0)[:-20]),
     ("cut-early.jsonl.gz", gzip.compress(GOOD, mtime=0)[:9]),
     ("damaged.jsonl.gz", gzip.compress(json.dumps(list(range(999))).encode(), mtime=0)[:60] + b"\xff" * 99)],
)  # fmt: skip
def test_a_damaged_gzip_file_is_named_and_others_are_read(tmp_path, capsys, monkeypatch, name, content) -> None:
    bad, good = tmp_path / name, write_recording(tmp_path / "good.jsonl", chat())
    bad.write_bytes(content)
    assert run(monkeypatch, bad, good) == 2
    answer = capsys.readouterr()
    assert str(bad) in answer.err
    assert "gzip" in answer.err
    assert {json.loads(line)["name"] for line in answer.out.splitlines()} == {"good"}


def test_a_file_that_is_not_there_or_may_not_be_read_is_named(tmp_path, capsys, monkeypatch) -> None:
    folder = tmp_path / "folder.jsonl"
    folder.mkdir()
    assert run(monkeypatch, folder) == 2
    assert str(folder) in capsys.readouterr().err


@pytest.mark.parametrize("cut_at", range(1, len('{"t":3,"user":"a","text":"é"}'.encode())))
def test_a_last_line_that_is_cut_is_left_out_and_said(tmp_path, cut_at) -> None:
    path, said = tmp_path / "cut.jsonl", list[str]()
    path.write_bytes(GOOD + '{"t":3,"user":"a","text":"é"}'.encode()[:cut_at])
    assert sum(map(len, read_messages(path, said.append))) == 1
    assert said == [f"{path}, line 2: is cut and left out"]


def test_a_last_line_without_a_line_feed_counts(tmp_path) -> None:
    path = tmp_path / "whole.jsonl"
    path.write_bytes(GOOD + GOOD.rstrip())
    assert [second - START for second in read_recording(path).seconds] == [1, 1]


def test_a_byte_order_mark_and_empty_lines_are_skipped(tmp_path) -> None:
    path = tmp_path / "marked.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD + b"\n" + GOOD.replace(b"\n", b"\r\n"))
    assert len(read_recording(path).texts) == 2


@pytest.mark.parametrize("times", [[], [0], [5], [1, 2], [1, 901], [*range(100), 2000], [0.5, 900.5, 1900]])
def test_few_messages_and_long_silences_are_read(tmp_path, monkeypatch, capsys, times) -> None:
    messages = [{"t": each, "user": 1, "text": text} for each, text in zip(times, ["a", "!b"] * 99, strict=False)]
    assert run(monkeypatch, write_recording(tmp_path / "few.jsonl", messages)) == 0
    assert capsys.readouterr().err == ""


def test_a_recording_error_is_raised_for_the_caller(tmp_path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(ARRAY)
    with pytest.raises(RecordingError, match="line 1"):
        read_recording(path)
