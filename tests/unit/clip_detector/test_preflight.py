"""Each problem of the machine has a plain message."""

import socket
from pathlib import Path

import pytest

from clip_detector import preflight
from clip_detector.settings import DetectorSettings


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "PORT_WAIT_SECONDS", 0.0)


def settings(directory: Path, **more: object) -> DetectorSettings:
    return DetectorSettings(checkpoint_directory=directory / "checkpoints", flink_jars=directory, **more)


def test_missing_jars_are_named_with_the_remedy(tmp_path: Path) -> None:
    (line,) = [each for each in preflight.problems(settings(tmp_path)) if "lacks" in each]
    assert "flink-sql-connector-kafka" in line
    assert "make venv" in line


def test_a_missing_jdk_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert any("install a JDK 17" in each for each in preflight.problems(settings(tmp_path)))


def test_a_used_port_is_reported_with_its_setting(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = preflight.problems(settings(tmp_path, rest_port=port))
    assert any(f"port {port}" in each and "DETECTOR_REST_PORT" in each for each in found)


def test_an_unwritable_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").write_text("a file in the way")
    assert any("DETECTOR_CHECKPOINT_DIRECTORY" in each for each in preflight.problems(settings(tmp_path)))
