"""The command line: where each output goes, what several files are called, offsets, and the bar."""

import io
import json
import sys
from pathlib import Path

import pytest

from chat_analysis.__main__ import main
from chat_analysis.progress import ProgressBar

from .test_same_as_live import chat, chat_downloader, own, raw, twitch_downloader

LISTS = ("html", "csv", "json", "chapters", "edl", "markers", "premiere")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr("sys.argv", ["chat-highlights", *map(str, arguments)])
    return main()


def starts(path: Path) -> list[float]:
    return [each["start_seconds"] for each in json.loads(path.read_text(encoding="utf-8"))["ranges"]]


def test_lines_go_to_a_pipe_and_the_table_to_a_terminal(tmp_path, monkeypatch, capsys) -> None:
    path, out = own(chat(), tmp_path), tmp_path / "out.jsonl"
    assert run(monkeypatch, path) == 0
    printed = capsys.readouterr()
    assert all("raised" in json.loads(line) for line in printed.out.splitlines())
    assert printed.err == ""
    terminal, bar = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(sys, "stderr", bar)
    assert run(monkeypatch, path, "--out", out) == 0
    assert "what the crowd did" in terminal.getvalue()
    assert "{" not in terminal.getvalue()
    assert out.read_text(encoding="utf-8") == printed.out
    assert "[####" in bar.getvalue()


def test_every_list_is_written_also_for_several_files(tmp_path, monkeypatch, capsys) -> None:
    folder = tmp_path / "my lists"
    folder.mkdir()
    options = [part for name in LISTS for part in (f"--{name}", folder / f"all.{name}")]
    one = twitch_downloader(chat(), tmp_path)
    assert run(monkeypatch, one, *options) == 0
    assert {each.name for each in folder.iterdir()} == {f"all.{name}" for name in LISTS}
    two = own(chat(4), tmp_path).rename(tmp_path / "two chats.jsonl")
    assert run(monkeypatch, one, two, *options) == 0
    assert {each.name for each in folder.iterdir()} >= {f"all-two chats.{name}" for name in LISTS}
    assert (folder / "all-one.html").read_text(encoding="utf-8") == (folder / "all.html").read_text(encoding="utf-8")
    assert "one.mp4" in (folder / "all-one.edl").read_text(encoding="utf-8")


def test_a_list_that_its_format_cannot_hold_is_said_and_the_others_are_written(tmp_path, monkeypatch, capsys) -> None:
    path = own([(1, "a", "hi")], tmp_path)
    assert run(monkeypatch, path, "--chapters", tmp_path / "c.txt", "--csv", tmp_path / "c.csv") == 2
    assert "chat-highlights: one: --chapters: YouTube shows chapters if there are 3 or more" in capsys.readouterr().err
    assert (tmp_path / "c.csv").exists()


@pytest.mark.parametrize("option", ["--out", "--json", "--csv"])
def test_no_chat_is_written_over(tmp_path, monkeypatch, capsys, option: str) -> None:
    path = chat_downloader(chat(), tmp_path)
    before = path.read_bytes()
    assert run(monkeypatch, path, option, tmp_path / "." / "one.json") == 2
    assert "would be written over" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_pattern_names_files_where_no_shell_does(tmp_path, monkeypatch, capsys) -> None:
    for name in ("a [1].jsonl", "b.jsonl"):
        own(chat(), tmp_path).rename(tmp_path / name)
    assert run(monkeypatch, tmp_path / "*.jsonl") == 0
    assert {json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()} == {"a [1]", "b"}
    assert run(monkeypatch, tmp_path / "a [1].jsonl") == 0, "a file is no pattern"
    assert run(monkeypatch, tmp_path / "*.log") == 2


@pytest.mark.parametrize(("offset", "seconds"), [("90", 90.0), ("1:30", 90.0), ("-0:01:30", -90.0), ("-2.5", -2.5)])
def test_an_offset_moves_every_time(tmp_path, monkeypatch, offset: str, seconds: float) -> None:
    path, plain, moved = chat_downloader(chat(), tmp_path), tmp_path / "plain.json", tmp_path / "moved.json"
    assert run(monkeypatch, path, "--json", plain) == 0
    assert run(monkeypatch, path, "--json", moved, "--offset", offset, "--vod", "https://twitch.tv/videos/12345") == 0
    assert starts(moved) == [each + seconds for each in starts(plain)]
    first = json.loads(moved.read_text(encoding="utf-8"))["ranges"][0]
    whole = int(first["start_seconds"])
    assert first["link"] == f"https://www.twitch.tv/videos/12345?t=0h{whole // 60}m{whole % 60}s"


def test_a_log_is_placed_by_the_videos_start(tmp_path, monkeypatch, capsys) -> None:
    path, plain, moved = raw(chat(), tmp_path), tmp_path / "plain.json", tmp_path / "moved.json"
    assert run(monkeypatch, path, "--json", plain) == 0
    begins = capsys.readouterr().err
    assert "times count from 2026-11-29 20:00:00 (UTC): when the video begins is not said" in begins
    assert run(monkeypatch, path, "--json", moved, "--start", "2026-11-29T20:59:00+01:00") == 0
    assert starts(moved) == [each + 60 for each in starts(plain)]
    path = chat_downloader(chat(), tmp_path)
    assert run(monkeypatch, path, "--json", moved, "--start", "2026-11-29T20:59:00+01:00") == 0
    assert "--start is for logs" in capsys.readouterr().err


def test_a_threshold_and_a_number_choose(tmp_path, monkeypatch) -> None:
    path, lists = own(chat(), tmp_path), tmp_path / "list.json"
    counts = []
    for options in ([], ["--threshold", "2"], ["--threshold", "9"], ["--top", "2"]):
        assert run(monkeypatch, path, "--json", lists, *options) == 0
        counts.append(len(starts(lists)))
    usual, more, fewer, two = counts
    assert more > usual > fewer > 0
    assert two == 2


@pytest.mark.parametrize(
    "wrong",
    [["--offset", "soon"], ["--start", "today"], ["--vod", "https://twitch.tv/ann"], ["--fps", "24"], ["--top", "0"],
     ["--threshold", "nan"], ["--threshold", "1"]],
)  # fmt: skip
def test_a_wrong_option_is_said(tmp_path, monkeypatch, capsys, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        run(monkeypatch, "chat.json", *wrong)
    assert exit_.value.code == 2
    assert wrong[0] in capsys.readouterr().err


def test_the_bar_is_plain_and_leaves_nothing_behind(monkeypatch) -> None:
    monkeypatch.setattr("chat_analysis.progress.EVERY_SECONDS", 0.0)
    out = Terminal()
    bar = ProgressBar("a name of more than thirty-two letters.json", out)
    for done in (0, 50, 100):
        bar(done, 100)
    bar.say("a sentence")
    bar(100, 100)
    bar.clear()
    drawn = out.getvalue()
    assert drawn.isascii()
    assert " 50%" in drawn
    assert drawn.split("\n")[0].endswith("\ra sentence")
    assert drawn.endswith(" \r")
    quiet = io.StringIO()
    ProgressBar("x", quiet)(1, 2)
    assert quiet.getvalue() == ""
