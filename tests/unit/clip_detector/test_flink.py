"""What Python inside the JVM imports, and what a start removes."""

import os
import subprocess
import sys
from pathlib import Path

from clip_detector.flink import JVM_PYTHON, empty_work_directory, metrics_folder
from clip_detector.settings import DetectorSettings

HEAVY = ("apache_beam", "pandas", "grpc")
CODE = f"import sys, pyflink.fn_execution; print(*sorted(set({HEAVY}) & set(sys.modules)))"


def imported(*before: str) -> str:
    """Return which heavy packages PyFlink's runtime imports with these folders in front of Python's path."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(before)}
    done = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_python_inside_the_jvm_does_without_beam() -> None:
    assert imported(str(JVM_PYTHON)) == ""
    assert "apache_beam" in imported()  # else the stand-in is no longer needed


def test_a_start_removes_the_counts_of_the_run_before(tmp_path: Path) -> None:
    settings = DetectorSettings(checkpoint_directory=tmp_path / "checkpoints", work_directory=tmp_path / "work")
    empty_work_directory(settings)
    (metrics_folder(settings) / "counter_1.db").write_bytes(b"")
    empty_work_directory(settings)
    assert list(metrics_folder(settings).iterdir()) == []
