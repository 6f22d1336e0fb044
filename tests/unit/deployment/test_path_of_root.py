"""A root by `su` without `-` has no /usr/sbin on its PATH: each script that needs what is there adds it."""

import re
import subprocess
from pathlib import Path

import pytest

from .manual import REPOSITORY

SCRIPTS = sorted((REPOSITORY / "infrastructure").glob("*.sh"))
# Of what Debian and Ubuntu have there alone; apt-get and dpkg call ldconfig and start-stop-daemon.
IN_SBIN = (
    "addgroup|adduser|apt-get|chpasswd|deluser|dpkg|groupadd|groupdel|ip6tables|iptables|iptables-save|ldconfig|losetup|"
    "mkfs|mkswap|modprobe|nft|runuser|sshd|start-stop-daemon|swapoff|swapon|sysctl|useradd|userdel|usermod|visudo"
)
# As a word of its own, and neither in a file's name nor typed by the operator (sudo has a PATH of its own).
NAMED = re.compile(rf"(?<![\w/.@-])(?<!sudo )(?:{IN_SBIN})(?![\w/.-])")
ADDED = re.compile(r"^PATH=\$PATH:/usr/local/sbin:/usr/sbin:/sbin\b", re.MULTILINE)


def read_by(script: Path) -> list[Path]:
    """Return the script and what it runs in its own process: parts that it sources, a program in Python."""
    text = script.read_text()
    parts = [REPOSITORY / "infrastructure" / name for name in ("backup", "machine", "rotate") if f"{name}/" in text]
    modules = [REPOSITORY / "tools" / name for name in re.findall(r"python3 -m (\w+)", text)]
    found = [file for part in parts for file in part.glob("*.sh")]
    return [script, *found, *(file for module in modules for file in module.rglob("*.py"))]


def needed(script: Path) -> set[str]:
    """Return the programs of /usr/sbin that it calls."""
    lines = [line.partition("#")[0] for file in read_by(script) for line in file.read_text().splitlines()]
    lines = [line for line in lines if not line.strip().startswith(('"""', "title ="))]
    return {found for line in lines for found in NAMED.findall(line)}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda each: each.name)
def test_who_needs_usr_sbin_has_it_on_the_path(script: Path) -> None:
    if programs := needed(script):
        assert ADDED.search(script.read_text()), f"{script.name} calls {sorted(programs)}"


def test_the_search_finds_what_the_installer_calls() -> None:
    found = needed(REPOSITORY / "infrastructure/install.sh")
    assert {"apt-get", "sysctl", "usermod", "mkswap", "swapon"} <= found


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda each: each.name)
def test_the_programs_of_a_line_are_found(script: Path, tmp_path: Path) -> None:
    """The line is the shell's own: run where it stands, it makes them found."""
    if not (line := re.search(r"^PATH=.*$", script.read_text(), re.MULTILINE)):
        return
    test = f"set -eu\n{line[0]}\nexec env"
    done = subprocess.run(
        ["sh", "-c", test], env={"PATH": "/usr/bin"}, capture_output=True, text=True, check=True, timeout=10
    )
    assert "PATH=/usr/bin:/usr/local/sbin:/usr/sbin:/sbin\n" in done.stdout
