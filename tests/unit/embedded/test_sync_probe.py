"""How long a disk takes to sync is measured in bounded time, and a slow one is told of without stopping anything."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from embedded import demo, preflight, sync_probe
from embedded.sync_probe import MOST_SECONDS, MOST_SYNCS, SyncTime, by_fio, by_writing, measure, warning

# Of fio 3.33, shortened.
FIO = {"jobs": [{"sync": {"lat_ns": {"N": 49, "percentile": {"50.000000": 31_329_728, "95.000000": 48_432_128}}}}]}


class SlowDisk:
    """A clock that a sync advances; every tenth sync takes twice as long."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.now = 0.0
        self.syncs = 0

    def sync(self, _descriptor: int) -> None:
        self.syncs += 1
        self.now += self.seconds * (2 if self.syncs % 10 == 0 else 1)

    def clock(self) -> float:
        return self.now


def answers(stdout: str, returncode: int = 0) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    def run(command: list[str], **_options: object) -> "subprocess.CompletedProcess[str]":
        if returncode:
            raise subprocess.CalledProcessError(returncode, command)
        return subprocess.CompletedProcess(command, 0, stdout)

    return run


def test_median_and_95th_percentile_are_measured(tmp_path: Path) -> None:
    disk = SlowDisk(0.004)
    found = by_writing(tmp_path, disk.sync, disk.clock)
    assert found is not None
    assert (round(found.median_ms, 3), round(found.p95_ms, 3)) == (4.0, 8.0)
    assert disk.syncs == MOST_SYNCS


def test_a_slow_disk_is_not_asked_for_longer_than_needed(tmp_path: Path) -> None:
    disk = SlowDisk(0.5)
    by_writing(tmp_path, disk.sync, disk.clock)
    assert MOST_SECONDS <= disk.now <= MOST_SECONDS + 0.5
    stuck = SlowDisk(60)
    assert by_writing(tmp_path, stuck.sync, stuck.clock) == SyncTime(tmp_path, 60_000, 60_000)


def test_this_disk_is_measured_and_nothing_stays_there(tmp_path: Path) -> None:
    found = measure(tmp_path / "not" / "there")
    assert found is not None
    assert 0 < found.median_ms <= found.p95_ms
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [PermissionError(), OSError(28, "No space left on device")])
def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path, error: OSError) -> None:
    def refuse(_descriptor: int) -> None:
        raise error

    assert by_writing(tmp_path, refuse) is None
    assert measure(Path("/proc/self")) is None
    assert warning(None) is None


def test_what_fio_prints_is_understood(tmp_path: Path) -> None:
    found = by_fio(tmp_path, answers(json.dumps(FIO)))
    assert found == SyncTime(tmp_path, 31.329728, 48.432128)


@pytest.mark.parametrize("run", [answers("", 1), answers("fio: warning\n{"), answers('{"jobs": []}'), answers("[]")])
def test_a_fio_that_fails_is_passed_over(tmp_path: Path, run: sync_probe.Run) -> None:
    assert by_fio(tmp_path, run) is None


def test_only_a_slow_disk_is_warned_of() -> None:
    assert warning(SyncTime(Path("/data"), 20.0, 90.0)) is None
    assert str(warning(SyncTime(Path("/data"), 31.0, 48.0))).startswith(
        "A sync of the disk of /data takes 31.0 ms, one in 20 48.0 ms. Nothing is lost, but moments come seconds later"
    )


def test_preflight_warns_of_a_slow_disk_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fio = tmp_path / "fio"
    fio.write_text(f"#!/bin/sh\necho '{json.dumps(FIO)}'\n")
    fio.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(preflight, "problems", lambda _folder: [])
    assert preflight.main(["--disk"]) == 0
    assert "takes 31.3 ms" in capsys.readouterr().err
    assert preflight.main([]) == 0
    assert capsys.readouterr().err == ""


def test_the_demo_warns_of_a_slow_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sync_probe, "measure", lambda folder: SyncTime(folder, 31.0, 48.0))
    demo.tell_of_slow_disk(tmp_path)
    assert f"A sync of the disk of {tmp_path} takes 31.0 ms" in capsys.readouterr().out
    monkeypatch.setattr(sync_probe, "measure", lambda folder: SyncTime(folder, 0.4, 0.9))
    demo.tell_of_slow_disk(tmp_path)
    assert capsys.readouterr().out == ""
