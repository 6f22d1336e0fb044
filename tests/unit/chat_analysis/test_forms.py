"""Every form of recorded chat gives its messages, and says what it lacks; `forms/README.md` names the shapes."""

import gzip
import json
from pathlib import Path

import pytest

from chat_analysis.forms.errors import RecordingError
from chat_analysis.recording import START, Recording, read_recording

FORMS = Path(__file__).parent / "forms"
LUL = [("425618", 6, 8), ("425618", 10, 12)]
HAHA = "哈哈 😂 <b>"
Found = list[tuple[int, str, str, list[tuple[str, int, int]]]]


def read(path: Path) -> tuple[Recording, list[str]]:
    said = list[str]()
    return read_recording(path, said.append), said


def found(recording: Recording) -> Found:
    messages = recording.messages(START - 10, START + 100_000)
    emotes = [[(e["id"], e["start"], e["end"]) for e in json.loads(each.twitch_emotes)] for each in messages]
    return [(each.second - START, each.chatter, each.text, uses) for each, uses in zip(messages, emotes, strict=True)]


TWITCH_DOWNLOADER: Found = [(1, "11", "hello LUL LUL", LUL), (2, "", "who am I", []), (4, "12", HAHA, [])]
EXPECTED: dict[str, tuple[Found, list[str]]] = {
    "twitch_downloader.json": (
        TWITCH_DOWNLOADER,
        ["1 message has no text and is left out", "1 message is Twitch's own", "1 message has no author"],
    ),
    "chat_downloader.json": (
        TWITCH_DOWNLOADER,
        ["1 message has no time that can be read", "1 message is Twitch's own", "1 message has no author"],
    ),
    "chat_downloader.jsonl": (
        [(0, "11", "hello LUL LUL", LUL), (1, "", "who am I", []), (3, "bob", HAHA, [])],
        ["times count from 2026-11-29 20:00:01 (UTC)", "1 message has no author"],
    ),
    "chatterino.log": (
        [(0, "ann", "hello LUL LUL", []), (1, "bob", "who: am I", []), (3, "bob", HAHA, [])],
        ["times count from 2026-11-29 23:59:58 (the time of the computer that wrote it)", "1 line is no message"],
    ),
    "justlog.txt": (
        [(0, "ann", "hello LUL LUL", []), (1, "bob", "who: am I", []), (3, "bob", HAHA, [])],
        ["times count from 2026-11-29 20:00:01 (UTC)", "1 line is no message"],
    ),
    "raw.log": (
        [
            (0, "11", "hello LUL LUL", LUL),
            (1, "12", "who: am I", []),
            (1, "11", "dances LUL", [("425618", 7, 9)]),
            (2, "12", "seven months", []),
            (3, "12", HAHA, []),
        ],
        ["times count from 2026-11-29 20:00:01 (UTC)", "1 message has no time"],
    ),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_form_is_told_by_its_content(name: str, tmp_path: Path) -> None:
    """Names are of no use: the same file without its suffix, packed, with a mark or in UTF-16 is read alike."""
    content = (FORMS / name).read_bytes()
    expected, sentences = EXPECTED[name]
    ways = {
        "plain": content,
        "packed": gzip.compress(content),
        "packed.json": gzip.compress(b"\xef\xbb\xbf" + content),
        "marked.txt": b"\xef\xbb\xbf" + content,
        "power shell": content.decode().encode("utf-16"),
        "two messages.gz": content.replace(b"\r", b"").replace(b"\n", b"\r\n"),
    }
    for way, written in ways.items():
        path = tmp_path / way
        path.write_bytes(written)
        recording, said = read(path)
        assert found(recording) == expected, way
        assert [sentence for sentence in said if not sentence.startswith(f"{path}: ")] == []
        assert len(said) == len(sentences), said
        for sentence, begin in zip(said, sentences, strict=True):
            assert sentence.startswith(f"{path}: {begin}"), way


def test_what_a_file_says_of_its_video_is_kept() -> None:
    facts = read(FORMS / "twitch_downloader.json")[0].facts
    assert (facts.title, facts.channel, facts.video_id) == ("late night <speedrun>", "Some Streamer", "2345678901")
    assert facts.counts_from_video
    assert read(FORMS / "raw.log")[0].facts.channel == "somestreamer"


def rewritten(change: "dict[str, object]", **options: object) -> bytes:
    document = json.loads((FORMS / "twitch_downloader.json").read_text(encoding="utf-8"))
    return json.dumps({**document, **change}, **options).encode()  # type: ignore[arg-type]


def test_members_come_in_any_order_and_layout(tmp_path: Path) -> None:
    path = tmp_path / "chat.json"
    for content in (
        rewritten({}, indent=2),
        rewritten({}, sort_keys=True),
        rewritten({}, sort_keys=True, indent="\t", ensure_ascii=False),
        rewritten({"a number": -1.5e3, "nothing": None, "deep": [[{"x": ["]"]}], '\\\\"']}, sort_keys=True),
    ):
        path.write_bytes(content)
        recording, _ = read(path)
        assert found(recording) == TWITCH_DOWNLOADER
        assert recording.facts.video_id == "2345678901"


def test_a_clip_has_no_video_that_times_lead_to(tmp_path: Path) -> None:
    path = tmp_path / "clip.json"
    path.write_bytes(rewritten({"video": {"id": "FancySlugOfAClip"}}))
    assert read(path)[0].facts.video_id is None


@pytest.mark.parametrize("t", ["NaN", "Infinity", "-Infinity", "null", '"12"', "true", "1e300", "[1]"])
def test_a_time_that_is_none_leaves_its_message_out(tmp_path: Path, t: str) -> None:
    path = tmp_path / "chat.json"
    good = '{"content_offset_seconds": 7, "commenter": {"_id": "1"}, "message": {"body": "a"}}'
    path.write_text(f'{{"comments": [{good}, {good.replace("7", t)}]}}', encoding="utf-8")
    recording, said = read(path)
    assert found(recording) == [(7, "1", "a", [])]
    assert "1 message has no time that can be read and is left out" in said[0]


@pytest.mark.parametrize("written_at", ["1e15", "99999999999999999999", "-1", "true", "null"])
def test_a_date_that_is_none_leaves_its_message_out(tmp_path: Path, written_at: str) -> None:
    path = tmp_path / "live.jsonl"
    good = '{"timestamp": 1795982401500000, "author": {"id": "1"}, "message": "a"}'
    path.write_text(f"{good}\n{good.replace('1795982401500000', written_at)}\n", encoding="utf-8")
    recording, said = read(path)
    assert found(recording) == [(0, "1", "a", [])]
    assert "1 message has no time" in said[1]


def test_a_line_of_a_day_that_is_none_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("[2026-11-29 20:00:01] #one ann: a\n[2026-13-45 20:00:02] #one ann: b\n", encoding="utf-8")
    recording, said = read(path)
    assert found(recording) == [(0, "ann", "a", [])]
    assert "1 line is no message" in said[1]


def test_a_file_whose_times_are_all_wrong_is_none(tmp_path: Path) -> None:
    path = tmp_path / "chat.json"
    path.write_text('{"comments":[{"id":"1"}]}', encoding="utf-8")
    with pytest.raises(RecordingError, match=r"TwitchDownloader, but has no message \(1 message has no time"):
        read(path)


def test_messages_out_of_order_are_put_in_order(tmp_path: Path) -> None:
    lines = [f'{{"time_in_seconds": {t}, "author": {{"id": "{t}"}}, "message": "{t}"}}' for t in (5, 3, 9, 3, -2)]
    path = tmp_path / "chat.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert [(t, text) for t, _, text, _ in found(read(path)[0])] == [(-2, "-2"), (3, "3"), (3, "3"), (5, "5"), (9, "9")]


@pytest.mark.parametrize("name", ["twitch_downloader.json", "chat_downloader.json", "chat_downloader.jsonl"])
def test_json_that_ends_in_the_middle_is_read_up_to_there(tmp_path: Path, name: str) -> None:
    content = (FORMS / name).read_text(encoding="utf-8")
    second = content.index("who am I")
    for cut_at in range(second, content.index(">", second), 3):
        path = tmp_path / "cut.json"
        path.write_text(content[:cut_at], encoding="utf-8")
        recording, said = read(path)
        assert found(recording) == EXPECTED[name][0][: len(recording.texts)]
        assert f"{path}: the file ends in the middle, after " in said[0]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'{"comments": [{"content_offset_seconds": 1 "message": {}}, {"content_offset_seconds": 2}, {}, {}]}', 1),
        (b'{"time_in_seconds": 1, "message": "a"}\n{"time_in_seconds": 2,, "message": "b"}\n{"c": 1, "d": 2}', 2),
    ],
)
def test_damaged_json_is_named_by_its_line(tmp_path: Path, content: bytes, line: int) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=f"bad.json, line {line}: is damaged JSON"):
        read(path)


def test_other_bytes_are_shown_and_said(tmp_path: Path) -> None:
    path = tmp_path / "old.log"
    path.write_bytes("[12:00:00]  ann: caf\xe9\n[12:00:01]  bob: ok\n".encode("latin-1"))
    recording, said = read(path)
    assert [text for _, _, text, _ in found(recording)] == ["caf\N{REPLACEMENT CHARACTER}", "ok"]
    assert any("not UTF-8" in each for each in said)


def test_half_of_a_character_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "half.jsonl"
    path.write_text('{"time_in_seconds": 1, "author": {"id": "1"}, "message": "a\\ud83d"}', encoding="utf-8")
    assert [text for _, _, text, _ in found(read(path)[0])] == ["a?"]
