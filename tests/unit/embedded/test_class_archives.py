"""A JVM gets the option for a class archive only if there is one, and a damaged one does no harm."""

import subprocess
from pathlib import Path

import pytest

from embedded import paths
from embedded.preflight import JDK, require


def test_without_an_archive_there_is_no_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "CLASS_ARCHIVES", tmp_path)
    assert paths.class_archive("kafka") == []


def test_a_jvm_starts_with_a_damaged_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "CLASS_ARCHIVES", tmp_path)
    (tmp_path / "kafka.jsa").write_bytes(b"half an archive")
    options = paths.class_archive("kafka")
    assert options == [f"-XX:SharedArchiveFile={tmp_path / 'kafka.jsa'}"]
    assert subprocess.run([require(JDK), *options, "-version"], check=False, capture_output=True).returncode == 0
