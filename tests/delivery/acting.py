"""Runs a workflow with act, on this machine and without a container, in a clone of the repository."""

import os
import subprocess
import sys
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
ACTIONS = Path(__file__).parent / "actions"
TOOLS = Path(sys.executable).parent


def clone(folder: Path) -> Path:
    """Clone the repository as it is committed; with what is changed too, so that a fault is seen before a commit."""
    subprocess.run(["git", "clone", "-q", str(REPOSITORY), str(folder)], check=True, timeout=120)
    changed = subprocess.run(
        ["git", "-C", str(REPOSITORY), "diff", "--binary", "HEAD"], check=True, capture_output=True, timeout=60
    ).stdout
    if changed:
        subprocess.run(["git", "-C", str(folder), "apply"], input=changed, check=True, timeout=60)
        commit(folder)
    return folder


def commit(folder: Path) -> None:
    """Commit all that is in the clone."""
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    for words in (["add", "."], ["commit", "-qm", "Changed"]):
        subprocess.run(["git", *who, "-C", str(folder), *words], check=True, timeout=60)


def stood_in(folder: Path) -> list[str]:
    """The options by which act takes our stand-ins for GitHub's actions, at the commits that the workflows name."""
    used = {
        step["uses"]
        for file in (folder / ".github/workflows").iterdir()
        for job in yaml.safe_load(file.read_text())["jobs"].values()
        for step in job.get("steps", [])
        if "uses" in step
    }
    local = {each: ACTIONS / each.partition("@")[0].rpartition("/")[2] for each in used}
    return [f"--local-repository={each}={path}" for each, path in local.items() if path.is_dir()]


def act(folder: Path, event: str, workflow: str, *options: str, seconds: float, **variables: str) -> tuple[int, str]:
    """Run a workflow; return the exit code and the output. act takes its checkout from the folder itself."""
    kept = [f"--env={name}={value}" for name, value in variables.items()]
    runner = [f"--platform={label}=-self-hosted" for label in ("ubuntu-24.04", "self-hosted", "stream-scout")]
    command = [str(TOOLS / "act"), event, "-W", f".github/workflows/{workflow}", *runner, *stood_in(folder)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder.parent / "act"), "PWD": str(folder)}
    done = subprocess.run(
        [*command, *kept, *options], cwd=folder, capture_output=True, text=True, timeout=seconds, env=environment
    )
    return done.returncode, done.stdout + done.stderr
