"""A target that asks for everything does not end well where a part of it did not run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
TESTS = """
import pytest
@pytest.mark.skipif(True, reason="apt-get install restic")
def test_that_cannot_run(): pass
def test_that_finds_out(): pytest.skip("needs root")
def test_that_runs(): pass
"""


def run(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text("from integration.support.whole_target import pytest_sessionfinish\n")
    (folder / "test_it.py").write_text(TESTS)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "WHOLE"))}
    options = ["-q", "-p", "no:schemathesis", "-c", "/dev/null", "--rootdir", str(folder), *words]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, folder],
        env={**kept, "PYTHONPATH": str(REPOSITORY / "tests"), **variables},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("words", [("-n", "0"), ("-n", "2")])
def test_what_did_not_run_is_named_and_fails(words: tuple[str, ...], tmp_path: Path) -> None:
    done = run(tmp_path, *words, WHOLE="1")
    assert done.returncode == 1, done.stdout
    assert "MISSING: not everything of this target ran" in done.stdout
    assert re.search(r"1 not run: apt-get install restic", done.stdout)
    assert re.search(r"1 not run: needs root", done.stdout)


def test_elsewhere_a_test_may_be_left_out(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "MISSING" not in done.stdout


def test_where_all_ran_nothing_is_said(tmp_path: Path) -> None:
    done = run(tmp_path, "-k", "that_runs", WHOLE="1")
    assert done.returncode == 0, done.stdout
    assert "MISSING" not in done.stdout


def test_the_targets_of_the_machines_ask_for_everything() -> None:
    made = "".join((REPOSITORY / "infrastructure" / name).read_text() for name in ("deployment.mk", "delivery.mk"))
    for name in ("BACKUP", "INSTALL", "MACHINES", "LOGS", "ARM64", "DELIVERY"):
        assert re.search(rf"^\t{name}=1 WHOLE=1 ", made, re.MULTILINE), name
    assert "\tDEPLOYMENT=1 WHOLE=1 $(BIN)/pytest -n $(WORKERS) $(RULES)" in made
