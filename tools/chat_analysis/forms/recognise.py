"""Tell what a file is by how it begins."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from chat_analysis.forms import chat_downloader, irc_log, twitch_downloader
from chat_analysis.forms.batch import ForeignMessage
from chat_analysis.forms.errors import RecordingError
from chat_analysis.forms.facts import Facts
from chat_analysis.forms.json_items import JsonText
from chat_analysis.forms.source import Source

OWN_FORM = "Stream Scout"
OWN_SUFFIXES = (".jsonl.gz", ".jsonl")
HEAD = 1 << 16  # characters that are looked at
LINES = 200
READ_HERE = (
    "read here are TwitchDownloader's JSON, chat-downloader's JSON and JSONL, logs of Chatterino, justlog and rustlog, "
    "and recordings of Stream Scout"
)
BEGINNINGS = (  # of files that people have beside their chat
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"FLV", "a video"),
    (b"G@", "a video"),
    (b"PK", "a zip archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"Rar!", "an archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"%PDF", "a PDF"),
    (b"SQLite format", "a database"),
    (b"WEBVTT", "subtitles"),
    (b"[Script Info]", "subtitles"),
)


def form_of(source: Source) -> str:
    """Return the form of a file. Raises RecordingError if it is none that is read here."""
    text = _head(source)
    if form := irc_log.form_of(text.splitlines()[:LINES]):
        return form
    start = text.lstrip()
    if start.startswith(("{", "[")):
        form = _json_form(start)
    if not form and source.path.name.endswith(OWN_SUFFIXES):
        return OWN_FORM
    if not form:
        raise RecordingError(f"{source.path}: is {_what_it_is(source, start)}; {READ_HERE}")
    return form


def foreign_messages(source: Source, facts: Facts) -> Iterator[ForeignMessage]:
    """Yield the messages of another program's file, whose form is known. Raises RecordingError, OSError."""
    texts = source.texts(facts.note_other_bytes)
    if facts.form == twitch_downloader.FORM:
        return twitch_downloader.read(JsonText(source.path, texts), facts)
    if facts.form == chat_downloader.FORM:
        return chat_downloader.read(JsonText(source.path, texts), facts)
    return irc_log.read(_lines(texts, partial(_too_long, source.path)), facts)


def _head(source: Source) -> str:
    return source.head_text()[:HEAD]


def _json_form(start: str) -> str | None:
    """Return the form of JSON by its first object, or by what of it is in sight."""
    first = start.lstrip("[ \t\r\n")
    try:
        value, _ = json.JSONDecoder().raw_decode(first)
        names = set(value) if isinstance(value, dict) else set()
    except (json.JSONDecodeError, RecursionError):
        names = {name for name in ("comments", "FileInfo", "streamer", "embeddedData") if f'"{name}"' in first}
        names |= {name for name in ("time_in_seconds", "timestamp") if f'"{name}"' in first and '"author"' in first}
        names.add("message")
    if start.startswith("{") and names & {"comments", "FileInfo", "streamer", "embeddedData"}:
        return twitch_downloader.FORM
    if "content_offset_seconds" in names or ("message" in names and names & {"time_in_seconds", "timestamp"}):
        return chat_downloader.FORM
    if start.startswith("{") and {"t", "text"} <= names:
        return OWN_FORM
    return None


def _what_it_is(source: Source, start: str) -> str:
    head = source.head
    if not head.strip():
        return "empty"
    if head[4:8] == b"ftyp" or (head.startswith(b"RIFF") and head[8:11] == b"AVI"):
        return "a video"
    for beginning, kind in BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if start[:200].lower().startswith(("<!doctype html", "<html")):
        return "a web page"
    if start.startswith(("{", "[")):
        return "JSON, but no chat that is known here"
    if start.startswith("<"):
        return "XML"
    return "no text" if b"\0" in head and "\0" in start else "text whose lines have no time that is known here"


def _lines(texts: Iterator[str], too_long: "partial[RecordingError]") -> Iterator[str]:
    """Yield lines without their line feeds."""
    rest = ""
    for text in texts:
        lines = (rest + text).split("\n")
        rest = lines.pop()
        if len(rest) > HEAD * 16:
            raise too_long()
        for line in lines:
            yield line.removesuffix("\r")
    if rest:
        yield rest


def _too_long(path: Path) -> RecordingError:
    return RecordingError(f"{path}: has a line of more than a million characters, which is no chat")
