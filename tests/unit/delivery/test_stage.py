""".ci/stage: a stage within its time, printed and kept."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .planting import REPOSITORY, commit_all

LIST = """# name seconds over command
well     5  end   true
broken   5  end   false
endless  1  end   sleep 60
slow     0  warn  sleep 1
says     5  end   echo heard
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with the script and a list of its own, since results go to build/ci."""
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci/stage").write_bytes((REPOSITORY / ".ci/stage").read_bytes())
    (tmp_path / ".ci/stage").chmod(0o755)
    (tmp_path / ".ci/stages").write_text(LIST)
    commit_all(tmp_path)
    return tmp_path


def run(checkout: Path, *arguments: str, **variables: str) -> tuple[int, str, dict[str, Any]]:
    """Exit code, output and what was kept."""
    done = subprocess.run(
        [checkout / ".ci/stage", *arguments],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"]} | variables,
        timeout=50,
        check=False,
    )
    kept = checkout / "build/ci" / f"{variables.get('CI_NAME', arguments[0] if arguments else '')}.json"
    return done.returncode, done.stdout + done.stderr, json.loads(kept.read_text()) if kept.is_file() else {}


def test_a_stage_that_is_well(checkout: Path) -> None:
    summary = checkout / "summary.md"
    code, output, kept = run(checkout, "well", GITHUB_STEP_SUMMARY=str(summary))
    assert code == 0
    assert "stage well: 0 of 5 s, ok" in output
    assert "**well**: 0 of 5 s, ok" in summary.read_text()
    assert kept.pop("commit") != ""
    assert kept == {"stage": "well", "seconds": 0, "budget_seconds": 5, "result": "ok"}


def test_a_stage_that_fails(checkout: Path) -> None:
    code, _, kept = run(checkout, "broken")
    assert (code, kept["result"]) == (1, "failed")


def test_a_stage_over_its_time_is_ended(checkout: Path) -> None:
    code, output, kept = run(checkout, "endless")
    assert code == 124
    assert kept["result"] == "too slow"
    assert kept["seconds"] < 5
    assert "of 1 s, too slow" in output


def test_a_deploy_over_its_time_goes_on_and_is_told(checkout: Path) -> None:
    code, output, kept = run(checkout, "slow")
    assert (code, kept["result"]) == (0, "too slow")
    assert "::warning::slow took" in output


def test_further_words_and_another_name(checkout: Path) -> None:
    code, output, kept = run(checkout, "says", "two words", CI_NAME="says-again", CI_SLOWER="3")
    assert code == 0
    assert "heard two words" in output
    assert (kept["stage"], kept["budget_seconds"]) == ("says-again", 15)


def test_an_unknown_stage_is_refused(checkout: Path) -> None:
    assert run(checkout, "dance")[:2] == (2, "There is no stage dance in .ci/stages.\n")
    assert "Which stage? One of: well broken" in run(checkout)[1]


def test_the_times_are_those_that_were_promised() -> None:
    lines = [line.split() for line in (REPOSITORY / ".ci/stages").read_text().splitlines() if line[0] != "#"]
    assert {line[0]: int(line[1]) for line in lines} == {
        "check": 180, "test": 900, "scan": 120, "images": 480, "deploy": 180
    }  # fmt: skip
    assert [line[0] for line in lines if line[2] != "end"] == ["deploy"]
