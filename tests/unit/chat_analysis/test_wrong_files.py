"""A wrong file gets one line that says what it is and what is read here; the exit code is 2, the others are read."""

import gzip
import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_analysis.__main__ import main
from chat_analysis.forms.errors import RecordingError
from chat_analysis.peak_lines import findings
from chat_analysis.recording import read_recording
from moment_detection.detection.rules import RuleBook

from .recordings import write_recording
from .test_forms import FORMS
from .test_replay import chat

WRONG = {
    "video.mp4": (b"\0\0\0\x20ftypisom" + bytes(99), "a video"),
    "video.mkv": (b"\x1aE\xdf\xa3" + bytes(99), "a video"),
    "stream.ts": (b"G@\x11\x10" + bytes(99), "a video"),
    "shot.png": (b"\x89PNG\r\n\x1a\n" + bytes(99), "a picture"),
    "all.zip": (b"PK\x03\x04" + bytes(99), "a zip archive"),
    "all.zst": (b"\x28\xb5\x2f\xfd" + bytes(99), "a zstd archive"),
    "page.html": (b"<!DOCTYPE html><html><body>404</body></html>", "a web page"),
    "video.srt": (b"1\n00:00:01,000 --> 00:00:02,000\nhello\n", "text whose lines have no time that is known here"),
    "subs.vtt": (b"WEBVTT\n\n00:01.000 --> 00:02.000\n", "subtitles"),
    "chat.csv": (b"time,user,message\n1,ann,hello\n", "text whose lines have no time that is known here"),
    "package.json": (b'{"name": "x", "version": "1"}', "JSON, but no chat that is known here"),
    "numbers.json": (b"[1, 2, 3]", "JSON, but no chat that is known here"),
    "deep.json": (b"[" * 300_000, "JSON, but no chat that is known here"),
    "empty.json": (b"", "empty"),
    "blank.txt": (b"\n \n\n", "empty"),
    "bytes.bin": (bytes(range(256)) * 9, "no text"),
    "gone.json": (gzip.compress(b""), "empty"),
}


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr("sys.argv", ["chat-highlights", *map(str, arguments)])
    return main()


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_said_to_be_what_it_is(tmp_path, capsys, monkeypatch, name: str) -> None:
    content, kind = WRONG[name]
    bad, good = tmp_path / name, write_recording(tmp_path / "good one.jsonl", chat())
    bad.write_bytes(content)
    assert run(monkeypatch, bad, tmp_path / "not there.json", good) == 2
    answer = capsys.readouterr()
    missing, wrong = answer.err.splitlines()
    assert wrong.startswith(f"chat-highlights: {bad}: is {kind}; read here are TwitchDownloader's JSON, ")
    assert "not there.json is not a file" in missing
    assert {json.loads(line)["name"] for line in answer.out.splitlines()} == {"good one"}


@pytest.mark.parametrize("name", ["twitch_downloader.json", "chat_downloader.json", "raw.log"])
def test_a_gzip_file_that_is_cut_is_an_error(tmp_path, capsys, monkeypatch, name: str) -> None:
    bad = tmp_path / f"{name}.gz"
    bad.write_bytes(gzip.compress((FORMS / name).read_bytes())[:-30])
    assert run(monkeypatch, bad) == 2
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence == f"chat-highlights: {bad}: the gzip file is cut or damaged"


def test_a_line_without_end_is_no_chat(tmp_path, capsys, monkeypatch) -> None:
    bad = tmp_path / "long.log"
    bad.write_bytes(b"[12:00:00]  ann: hello\n[12:00:01]  ann: " + b"x" * (5 << 20))
    assert run(monkeypatch, bad) == 2
    assert "has a line of more than a million characters" in capsys.readouterr().err


CONTENTS = [path.read_bytes() for path in sorted(FORMS.iterdir()) if path.suffix != ".md"]
CHANGES = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 40), st.binary(max_size=12)), max_size=4)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(CONTENTS), CHANGES, st.booleans(), st.sampled_from(["a.json", "a.jsonl", "a.log", "a.gz"]))
def test_damage_is_an_error_that_names_the_file_or_none(tmp_path_factory, content, changes, packed, name) -> None:
    """No other exception, whatever is cut out of a file or put into it."""
    for at, length, put in changes:
        content = content[:at] + put + content[at + length :]
    path = tmp_path_factory.mktemp("damaged") / name
    path.write_bytes(gzip.compress(content) if packed else content)
    with suppress(RecordingError):
        recording = read_recording(path, lambda sentence: None)
        list(findings(recording, RuleBook()))
