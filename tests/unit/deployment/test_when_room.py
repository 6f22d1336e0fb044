"""Kafka starts only where its disk has room, says what it waits for, and ends when it is told to."""

import os
import subprocess
from pathlib import Path

from embedded.paths import CONFIGS

SCRIPT = CONFIGS / "kafka" / "when_room.sh"
ENDED_BY_TERM = 143


def started(tmp_path: Path, free_megabytes: str) -> subprocess.Popen[str]:
    """The script with a `df` that tells what the test wrote into a file."""
    df = tmp_path / "bin" / "df"
    df.parent.mkdir()
    (tmp_path / "free").write_text(free_megabytes)
    df.write_text(f'#!/bin/sh\necho Filesystem\necho disk 1 1 "$(($(cat {tmp_path}/free) * 1024))" 1% /\n')
    df.chmod(0o755)
    return subprocess.Popen(
        ["bash", SCRIPT, tmp_path / "data", "64", "echo", "the broker runs"],
        env={"PATH": f"{df.parent}:{os.environ['PATH']}", "KAFKA_ROOM_SECONDS": "0.1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_starts_at_once_where_there_is_room(tmp_path: Path) -> None:
    out, err = started(tmp_path, "64").communicate(timeout=20)
    assert (out, err) == ("the broker runs\n", "")


def test_it_waits_for_room_and_says_so(tmp_path: Path) -> None:
    with started(tmp_path, "63") as script:
        assert script.stderr is not None
        assert "has 63 MB free, and 64 MB are needed to start. Make room there." in script.stderr.readline()
        assert script.poll() is None
        (tmp_path / "free").write_text("500")
        assert script.communicate(timeout=20)[0] == "the broker runs\n"


def test_it_ends_when_it_is_told_to_while_it_waits(tmp_path: Path) -> None:
    with started(tmp_path, "0") as script:
        assert script.stderr is not None
        script.stderr.readline()
        script.terminate()
        assert script.wait(20) == ENDED_BY_TERM
