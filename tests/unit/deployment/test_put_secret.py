"""put_secret.sh at a terminal and in a pipe: nobody sees the secret, and its file keeps what it was given."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from .manual import REPOSITORY

SCRIPT = REPOSITORY / "infrastructure" / "put_secret.sh"
SECRET = "S3cret-$(id) 'x' \"y\" \\z"  # what a shell would spoil


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "discord_token"
    made.write_text("the one before, which is longer than the next")
    made.chmod(0o640)
    return made


def test_what_is_typed_is_not_shown(file: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen([SCRIPT, file.name, file.parent], stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while b"Enter:" not in shown:
        shown += os.read(ours, 1000)
    os.write(ours, f"  {SECRET} \r\n".encode())
    assert process.wait(10) == 0
    shown += os.read(ours, 1000)
    assert file.read_text() == SECRET
    assert SECRET.encode() not in shown
    assert f"has {len(SECRET)} characters".encode() in shown


def piped(file: Path, text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPT, file.name, file.parent], input=text, capture_output=True, text=True, check=False)


def test_a_file_of_several_lines_comes_by_a_pipe(file: Path) -> None:
    before = file.stat()
    assert piped(file, '{\n  "a": 1\n}\n').returncode == 0
    assert file.read_text() == '{\n  "a": 1\n}'
    after = file.stat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


def test_nothing_changes_nothing(file: Path) -> None:
    before = file.read_text()
    done = piped(file, " \n")
    assert (done.returncode, file.read_text()) == (1, before)
    assert "as it was" in done.stderr


@pytest.mark.parametrize("name", ["", "unknown", "../discord_token"])
def test_a_name_that_is_none_lists_those_there_are(file: Path, name: str) -> None:
    done = subprocess.run([SCRIPT, name, file.parent], input="x", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "  discord_token\n" in done.stderr
