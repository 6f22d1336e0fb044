"""The settings of a machine's .env, and the one line that a deploy writes there."""

import os
import re
from pathlib import Path

VERSION = "STREAM_SCOUT_VERSION"
LINE = re.compile(r"^\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*$")


def setting(text: str, name: str, default: str = "") -> str:
    """Return a setting as Docker Compose reads it; the last one counts."""
    found = default
    for line in text.splitlines():
        match = LINE.match(line)
        if match and match[1] == name:
            found = value(match[2])
    return found


def value(written: str) -> str:
    """Take quotes and a comment off."""
    if written[:1] in ('"', "'"):
        return written[1:].partition(written[0])[0]
    return re.sub(r"(^|\s+)#.*", "", written)


def has(text: str, name: str) -> bool:
    """Return whether a line sets it, be it to nothing."""
    return any((match := LINE.match(line)) and match[1] == name for line in text.splitlines())


def with_setting(text: str, name: str, new: str) -> str:
    """Return the file's text with this value in the last place that has one, else at its end."""
    lines = text.splitlines(keepends=True)
    for number in reversed(range(len(lines))):
        match = LINE.match(lines[number])
        if match and match[1] == name:
            lines[number] = f"{name}={new}\n"
            return "".join(lines)
    end = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{end}{name}={new}\n"


def with_version(text: str, version: str) -> str:
    """Return the file's text with this version."""
    return with_setting(text, VERSION, version)


def read(file: Path) -> str:
    """Return the file's text; empty if there is none."""
    try:
        return file.read_text()
    except FileNotFoundError:
        return ""


def replace(file: Path, text: str) -> None:
    """Replace the file whole, with the rights that it has."""
    new = file.with_name(file.name + ".new")
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o600
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)
