"""The runner on machine B: which jobs it takes, what its key may do on A, and which commits reach a machine."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .planting import REPOSITORY, commit_all, git

RUNNER = REPOSITORY / "infrastructure" / "runner"
DEPLOY = {
    "GITHUB_EVENT_NAME": "workflow_dispatch",
    "GITHUB_REF": "refs/heads/main",
    "GITHUB_REPOSITORY": "us/stream-scout",
    "GITHUB_WORKFLOW_REF": "us/stream-scout/.github/workflows/deploy.yml@refs/heads/main",
    "STREAM_SCOUT_REPOSITORY": "us/stream-scout",
}


def run(script: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script with these variables and no others."""
    return subprocess.run(
        [script, *arguments],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"]} | variables,
        timeout=30,
        check=False,
    )


def test_the_guard_lets_a_deploy_of_main_pass() -> None:
    assert run(RUNNER / "guard.sh", **DEPLOY).returncode == 0


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"GITHUB_EVENT_NAME": "pull_request"}, "the event pull_request"),
        ({"GITHUB_EVENT_NAME": "pull_request_target"}, "the event pull_request_target"),
        ({"GITHUB_EVENT_NAME": "push"}, "the event push"),
        ({"GITHUB_EVENT_NAME": ""}, "the event without a name"),
        ({"GITHUB_REF": "refs/pull/7/merge"}, "the ref refs/pull/7/merge"),
        ({"GITHUB_REF": "refs/heads/mine"}, "the ref refs/heads/mine"),
        ({"GITHUB_WORKFLOW_REF": "us/stream-scout/.github/workflows/ci.yml@refs/heads/main"}, "the workflow us/"),
        ({"GITHUB_WORKFLOW_REF": "us/stream-scout/.github/workflows/deploy.yml@refs/heads/mine"}, "the workflow us/"),
        ({"GITHUB_REPOSITORY": "them/stream-scout"}, "the workflow us/stream-scout"),
        ({"STREAM_SCOUT_REPOSITORY": "them/other"}, "the repository us/stream-scout"),
    ],
)
def test_the_guard_refuses_everything_else(changed: dict[str, str], told: str) -> None:
    done = run(RUNNER / "guard.sh", **DEPLOY | changed)
    assert done.returncode == 1
    assert told in done.stderr


def test_the_guard_refuses_where_it_knows_nothing() -> None:
    assert run(RUNNER / "guard.sh").returncode != 0
    assert run(RUNNER / "guard.sh", **{k: v for k, v in DEPLOY.items() if k != "STREAM_SCOUT_REPOSITORY"}).returncode


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A clone of a repository whose pull.sh and deploy.sh note that they were called, with a release and a branch."""
    origin = tmp_path / "origin"
    shutil.copytree(RUNNER, origin / "infrastructure/runner")
    (origin / "infrastructure/images").mkdir()
    note = '#!/bin/sh\necho "%s $* commit=${COMMIT:-} registry=$IMAGE_REGISTRY" >> "$NOTES"\nexit ${RESULT:-0}\n'
    for name in ("images/pull.sh", "deploy.sh"):
        (origin / "infrastructure" / name).write_text(note % name)
        (origin / "infrastructure" / name).chmod(0o755)
    commit_all(origin)
    git(tmp_path, "clone", "-q", str(origin), "home")
    (origin / "README").write_text("The release")
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "Release")
    git(origin, "tag", "v1.2.3")
    git(origin, "checkout", "-qb", "mine")
    (origin / "README").write_text("Not reviewed")
    git(origin, "commit", "-qam", "Not merged")
    git(origin, "tag", "v9.9.9")
    return tmp_path / "home"


def here(installation: Path, *arguments: str, **variables: str) -> tuple[int, str, list[str]]:
    notes = installation.parent / "notes"
    variables = {"NOTES": str(notes), "IMAGE_REGISTRY": "registry.example/us"} | variables
    done = run(installation / "infrastructure/runner/here.sh", *arguments, **variables)
    return done.returncode, done.stdout + done.stderr, notes.read_text().splitlines() if notes.exists() else []


def test_a_release_is_fetched_and_then_deployed(installation: Path) -> None:
    before = git(installation, "rev-parse", "HEAD")
    assert here(installation, "A", "prepare", "1.2.3")[0] == 0
    assert git(installation, "rev-parse", "HEAD") == before, "preparing changes nothing"
    commit = git(installation, "rev-parse", "v1.2.3")
    code, output, notes = here(installation, "A", "deploy", "1.2.3")
    assert (code, output) == (0, "")
    assert notes == [
        f"images/pull.sh A 1.2.3 commit={commit} registry=registry.example/us",
        "deploy.sh A 1.2.3 commit= registry=registry.example/us",
    ]
    assert git(installation, "rev-parse", "HEAD") == commit


def test_a_commit_of_main_is_a_version(installation: Path) -> None:
    git(installation, "fetch", "-q", "origin", "main")
    version = f"main-{git(installation, 'rev-parse', '--short=12', 'origin/main')}"
    assert here(installation, "B", "prepare", version)[0] == 0
    assert here(installation, "B", "deploy", version)[0] == 0


def test_what_is_not_in_main_is_refused(installation: Path) -> None:
    unmerged = f"main-{git(installation.parent / 'origin', 'rev-parse', '--short=12', 'mine')}"
    for version in ("9.9.9", unmerged):
        code, output, notes = here(installation, "A", "prepare", version)
        assert (code, notes) == (1, [])
        assert "is not a commit of main" in output or "There is no version" in output


def test_after_a_failed_deploy_the_files_of_before_are_back(installation: Path) -> None:
    before = git(installation, "rev-parse", "HEAD")
    here(installation, "A", "prepare", "1.2.3")
    assert here(installation, "A", "deploy", "1.2.3", RESULT="1")[0] == 1
    assert git(installation, "rev-parse", "HEAD") == before


def test_changed_files_stop_a_deploy(installation: Path) -> None:
    here(installation, "A", "prepare", "1.2.3")
    (installation / "infrastructure/deploy.sh").write_text("mine\n")
    code, output, _ = here(installation, "A", "deploy", "1.2.3")
    assert code == 1
    assert "git status" in output


@pytest.mark.parametrize(
    "arguments",
    [
        ("C", "deploy", "1.2.3"),
        ("A", "destroy", "1.2.3"),
        ("A", "deploy", "1.2.3; reboot"),
        ("A", "deploy", "../../x"),
        ("A", "deploy", "main"),
        ("A", "deploy"),
        (),
    ],
)
def test_anything_else_is_refused(arguments: tuple[str, ...], installation: Path) -> None:
    assert here(installation, *arguments)[0] == 2


def asked(installation: Path, command: str) -> subprocess.CompletedProcess[str]:
    """What ssh would start on A for the runner's key."""
    notes = str(installation.parent / "notes")
    return run(installation / "infrastructure/runner/on_request.sh", SSH_ORIGINAL_COMMAND=command, NOTES=notes)


def test_the_runners_key_may_deploy_and_nothing_else(installation: Path) -> None:
    assert asked(installation, "prepare 1.2.3 registry.example/us").returncode == 0
    for command in ("", "bash", "deploy 1.2.3", "deploy $(reboot) r", "cat /etc/passwd r", "deploy 1.2.3 r;reboot"):
        assert asked(installation, command).returncode == 2, command
    notes = (installation.parent / "notes").read_text().splitlines()
    assert len(notes) == 1
    assert notes[0].startswith("images/pull.sh A 1.2.3")


def test_a_is_reached_by_ssh_and_b_is_here(installation: Path) -> None:
    ssh = installation.parent / "bin/ssh"
    ssh.parent.mkdir()
    ssh.write_text('#!/bin/sh\nfor word; do last=$word; done\necho "$last" > "$NOTES.ssh"\n')
    ssh.chmod(0o755)
    notes = installation.parent / "notes"
    known = {"NOTES": str(notes), "IMAGE_REGISTRY": "r.example/us", "PATH": f"{ssh.parent}:{os.environ['PATH']}"}
    script = RUNNER / "deploy.sh"
    assert run(script, "A", "deploy", "1.2.3", STREAM_SCOUT_A="user@100.64.0.1", **known).returncode == 0
    assert Path(f"{notes}.ssh").read_text() == "deploy 1.2.3 r.example/us\n"
    assert run(script, "B", "prepare", "1.2.3", STREAM_SCOUT_HOME=str(installation), **known).returncode == 0
    assert notes.read_text().startswith("images/pull.sh B 1.2.3")
    assert run(script, "A", "deploy", "1.2.3", **known).returncode != 0
    assert run(script, "A", "1.2.3").returncode == 2
