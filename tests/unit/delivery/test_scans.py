"""What is planted is found, each by its scan; the repository itself is clean."""

import shutil
from pathlib import Path

import pytest

from .planting import REPOSITORY, TOOLS, git, plant, scan

KEY = "AKIA" + "Q3XW7ZLMN5RT2VKP"  # in two, so that this file is no finding itself
needs = {
    name: pytest.mark.skipif(shutil.which(name, path=TOOLS) is None, reason=f"{name}: make scan-tools, with Go")
    for name in ("gitleaks", "actionlint")
}
PLANTED = [
    pytest.param("keys", "settings.py", f'AWS_KEY = "{KEY}"\n', "aws-access-token", marks=needs["gitleaks"]),
    pytest.param("dockerfiles", "planted.Dockerfile", "FROM python:latest\nRUN cd /tmp && ls\n", "DL3007"),
    pytest.param("shell", "planted.sh", "#!/bin/sh\nrm -rf $1/*\n", "SC2086"),
    pytest.param("shell", "planted", "#!/usr/bin/env bash\ncat $1\n", "SC2086"),
    pytest.param(
        "migrations",
        "infrastructure/postgres/migrations/0099.planted.sql",
        "-- depends: 0001.channels\n\nCREATE INDEX planted ON moments (crossed_at);\n",
        "require-concurrent-index-creation",
    ),
    pytest.param(
        "migrations",
        "infrastructure/postgres/migrations/0099.planted.sql",
        "ALTER TABLE moments ALTER COLUMN grade TYPE text;\n",
        "changing-column-type",
    ),
    pytest.param(
        "workflows",
        ".github/workflows/ci.yml",
        "name: ci\non: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - ruin: ls\n",
        "ruin",
    ),
]


@pytest.mark.parametrize(("name", "file", "text", "told"), PLANTED)
def test_a_planted_fault_is_refused(name: str, file: str, text: str, told: str, tmp_path: Path) -> None:
    plant(tmp_path, {file: text})
    done = scan(tmp_path, name)
    assert done.returncode == 1, done.stdout
    assert f"FAILED  {name}" in done.stdout
    assert told in done.stdout


def test_a_key_that_was_taken_out_again_is_still_found(tmp_path: Path) -> None:
    """A key is gone only once it is withdrawn: history is public."""
    if shutil.which("gitleaks", path=TOOLS) is None:
        pytest.skip("gitleaks: make scan-tools, with Go")
    plant(tmp_path, {"settings.py": f'AWS_KEY = "{KEY}"\n'})
    (tmp_path / "settings.py").unlink()
    git(tmp_path, "commit", "-qam", "Gone")
    assert scan(tmp_path, "keys").returncode == 1


def test_the_repository_is_clean() -> None:
    done = scan(REPOSITORY, "shell", "dockerfiles", "migrations")
    assert done.stdout == "ok      shell\nok      dockerfiles\nok      migrations\n"


def test_a_scan_that_cannot_run_has_failed(tmp_path: Path) -> None:
    plant(tmp_path, {"planted.sh": "#!/bin/sh\necho well\n"})
    (tmp_path / ".yamllint.yaml").unlink()
    done = scan(tmp_path, "workflows", "shell")
    assert done.returncode == 1
    assert done.stdout.startswith("FAILED  workflows\nok      shell\n")


def test_an_unknown_scan_is_refused(tmp_path: Path) -> None:
    plant(tmp_path, {})
    done = scan(tmp_path, "luck")
    assert done.returncode == 2
    assert "There is no scan luck: keys code" in done.stderr


@pytest.mark.parametrize("name", [".hadolint.yaml", ".squawk.toml", ".github/zizmor.yml"])
def test_each_exception_has_its_reason(name: str) -> None:
    lines = (REPOSITORY / name).read_text().splitlines()
    listed = [line for line in lines if line.startswith(("  - ", '  "', "    ignore:")) and "migrations/" not in line]
    assert listed
    assert all(len(line.partition("#")[2].split()) > 3 for line in listed), listed
