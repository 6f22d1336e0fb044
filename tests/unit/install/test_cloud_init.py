"""infrastructure/cloud-init.yaml: machine A as a new VM's user data."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from install.values.questions import QUESTIONS, UNASKED

REPOSITORY = Path(__file__).resolve().parents[3]
FILE = REPOSITORY / "infrastructure" / "cloud-init.yaml"
DATA = yaml.safe_load(FILE.read_text())
needs_cloud_init = pytest.mark.skipif(shutil.which("cloud-init") is None, reason="apt-get install cloud-init")


def schema(file: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["cloud-init", "schema", "--config-file", file], capture_output=True, text=True, timeout=60, check=False
    )


@needs_cloud_init
def test_cloud_init_takes_it() -> None:
    done = schema(FILE)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_cloud_init
def test_cloud_init_refuses_what_is_spoiled(tmp_path: Path) -> None:
    """The check that passes is a check."""
    spoiled = tmp_path / "spoiled.yaml"
    spoiled.write_text(FILE.read_text().replace("defer: true", "defer: [1]"))
    assert schema(spoiled).returncode != 0


def written() -> str:
    (file,) = DATA["write_files"]
    assert (file["permissions"], file["owner"]) == ("0600", "scout:scout")
    return str(file["content"])


def test_it_names_variables_that_the_installer_takes() -> None:
    names = re.findall(r"^(\w+)=", written(), re.MULTILINE)
    assert set(names) <= {each.name for each in (*QUESTIONS, *UNASKED)} | {"TS_AUTHKEY"}
    assert {each.name for each in QUESTIONS} <= set(names)


def test_its_values_can_be_read_by_a_shell(tmp_path: Path) -> None:
    file = tmp_path / "install.env"
    file.write_text(written())
    done = subprocess.run(
        ["sh", "-euc", f"set -a; . {file}; env"],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin"},
        check=True,
    )
    assert "SITE_DOMAINS=www.example.org" in done.stdout.splitlines()


def test_it_installs_as_its_user_without_anybody() -> None:
    clone, install = DATA["runcmd"]
    assert clone[:5] == ["runuser", "-u", "scout", "--", "git"]
    assert subprocess.run(["sh", "-n", "-c", install[-1]], check=False).returncode == 0
    assert "NONINTERACTIVE=1 infrastructure/install.sh reliable && rm /home/scout/install.env" in install[-1]
    (user,) = DATA["users"]
    assert (user["name"], user["lock_passwd"]) == ("scout", True)
    assert {"git", "python3", "sudo"} <= set(DATA["packages"])
