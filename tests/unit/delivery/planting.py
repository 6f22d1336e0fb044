"""A small repository with the scans and what is planted in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
CONFIGURATION = (".ci/scan", ".gitleaks.toml", ".hadolint.yaml", ".squawk.toml", ".yamllint.yaml")
TOOLS = f"{Path(sys.executable).parent}:{REPOSITORY / 'build/bin'}"


def git(folder: Path, *words: str) -> str:
    """Run git in a folder, as nobody in particular; return what it prints."""
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *who, "-C", str(folder), *words], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.strip()


def commit_all(folder: Path) -> None:
    """Make the folder a repository with all that is in it as its one commit."""
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "All"]):
        git(folder, *words)


def plant(folder: Path, files: dict[str, str]) -> None:
    """Make a repository of one commit that has the scans' settings and `files`."""
    for name in CONFIGURATION:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, folder / name)
    shutil.copytree(REPOSITORY / ".github", folder / ".github")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    commit_all(folder)


def scan(folder: Path, *names: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    """Run .ci/scan there."""
    return subprocess.run(
        [folder / ".ci/scan", *names],
        capture_output=True,
        text=True,
        env={"PATH": f"{TOOLS}:{os.environ['PATH']}", "HOME": os.environ.get("HOME", "/"), "PYTHONPATH": "tools"},
        timeout=seconds,
        check=False,
    )
