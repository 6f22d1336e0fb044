"""The workflows, run by act on this machine: what they call is there and does what it should."""

import json
import os
import shutil
from pathlib import Path

import pytest

from .acting import act, clone, commit

SLOWER = "6"  # this machine may be busy; the times themselves are held on GitHub's
SCANS = ("keys", "code", "dockerfiles", "shell", "migrations", "workflows")
needs_go = pytest.mark.skipif(shutil.which("go") is None, reason="Go is missing, which builds gitleaks and actionlint")


@pytest.mark.timeout(1500)
@needs_go
def test_the_scan_of_a_pull_request_is_green_but_for_advisories_that_nobody_has(tmp_path: Path) -> None:
    """All of it for real, from an empty machine: packages, tools, scans. Here no advisories can be had."""
    kept = tmp_path / "kept"
    folder = clone(tmp_path / "clone")
    code, output = act(folder, "pull_request", "ci.yml", "-j", "scan", seconds=1400, CI_SLOWER=SLOWER, KEPT=str(kept))
    assert all(f"ok      {name}" in output for name in SCANS), output
    measured = json.loads((kept / "time-scan/scan.json").read_text())
    assert f"stage scan: {measured['seconds']} of {measured['budget_seconds']} s" in output
    if "FAILED  advisories" in output:
        assert "nobody knows" in output
        assert (code, measured["result"]) == (1, "failed")
    else:
        assert (code, measured["result"]) == (0, "ok")


@pytest.mark.timeout(1500)
@needs_go
def test_a_planted_key_makes_the_pull_request_red(tmp_path: Path) -> None:
    folder = clone(tmp_path / "clone")
    (folder / "settings.py").write_text('AWS_KEY = "AKIA' + 'Q3XW7ZLMN5RT2VKP"\n')
    commit(folder)
    code, output = act(
        folder, "pull_request", "ci.yml", "-j", "scan", seconds=1400, CI_SLOWER=SLOWER, KEPT=str(tmp_path)
    )
    assert code == 1
    assert "FAILED  keys" in output
    assert "aws-access-token" in output


@pytest.mark.timeout(1500)
def test_the_check_of_a_pull_request_is_green(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    folder = clone(tmp_path / "clone")
    code, output = act(folder, "pull_request", "ci.yml", "-j", "check", seconds=1400, CI_SLOWER=SLOWER, KEPT=str(kept))
    assert code == 0, output[-3000:]
    assert json.loads((kept / "time-check/check.json").read_text())["result"] == "ok"


@pytest.fixture
def machines(tmp_path: Path) -> dict[str, str]:
    """An installation whose here.sh notes what it is asked for, and an ssh that notes what it would send."""
    home, programs, notes = tmp_path / "home", tmp_path / "bin", tmp_path / "notes"
    script = home / "infrastructure/runner/here.sh"
    for file, text in (
        (script, f'#!/bin/sh\necho "B here: $*" >> {notes}\n'),
        (programs / "ssh", f'#!/bin/sh\nfor word; do last=$word; done\necho "A by ssh: $last" >> {notes}\n'),
    ):
        file.parent.mkdir(parents=True)
        file.write_text(text)
        file.chmod(0o755)
    return {
        "STREAM_SCOUT_HOME": str(home),
        "STREAM_SCOUT_A": "user@100.64.0.1",
        "KEPT": str(tmp_path / "kept"),
        "PATH": f"{programs}:{os.environ['PATH']}",
    }


def deploy(folder: Path, which: str, machines: dict[str, str]) -> tuple[int, str, list[str]]:
    inputs = [f"--input=machines={which}", "--input=version=1.2.3", "--var=IMAGE_REGISTRY=registry.example/us"]
    code, output = act(folder, "workflow_dispatch", "deploy.yml", *inputs, seconds=250, **machines)
    notes = Path(machines["KEPT"]).parent / "notes"
    return code, output, notes.read_text().splitlines() if notes.exists() else []


def test_a_deploy_reaches_a_and_then_b(tmp_path: Path, machines: dict[str, str]) -> None:
    code, output, notes = deploy(clone(tmp_path / "clone"), "A and B", machines)
    assert code == 0, output[-3000:]
    assert notes == [
        "A by ssh: prepare 1.2.3 registry.example/us",
        "A by ssh: deploy 1.2.3 registry.example/us",
        "B here: B prepare 1.2.3",
        "B here: B deploy 1.2.3",
    ]
    measured = json.loads((tmp_path / "kept/time-deploy-B/deploy-B.json").read_text())
    assert (measured["result"], measured["budget_seconds"]) == ("ok", 180)


def test_b_alone_is_deployed_without_a(tmp_path: Path, machines: dict[str, str]) -> None:
    code, output, notes = deploy(clone(tmp_path / "clone"), "B", machines)
    assert code == 0, output[-3000:]
    assert notes == ["B here: B prepare 1.2.3", "B here: B deploy 1.2.3"]


def test_b_stays_as_it_is_where_a_failed(tmp_path: Path, machines: dict[str, str]) -> None:
    (Path(machines["PATH"].split(":")[0]) / "ssh").write_text("#!/bin/sh\nexit 1\n")
    code, _, notes = deploy(clone(tmp_path / "clone"), "A and B", machines)
    assert (code, notes) == (1, [])


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "push"])
def test_a_pull_request_starts_no_deploy(event: str, tmp_path: Path, machines: dict[str, str]) -> None:
    _, output = act(clone(tmp_path / "clone"), event, "deploy.yml", seconds=100, **machines)
    assert "Main" not in output
    assert not (tmp_path / "notes").exists()
