"""DEPLOYMENT.md names only what exists: files, services, make targets, alerts."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[3]
MANUAL = (REPOSITORY / "DEPLOYMENT.md").read_text()
COMMANDS = [line.strip() for line in MANUAL.splitlines() if line.startswith("    ")]
TAKES_SERVICES = {"up", "restart", "logs", "exec", "run", "stop", "kill"}
WITH_VALUE = {"--tail", "--profile", "-p", "--timeout"}


def compose_commands() -> list[str]:
    return [line for line in COMMANDS if "docker compose -f docker-compose." in line]


@pytest.mark.parametrize("command", compose_commands())
def test_compose_commands_name_services_that_exist(command: str) -> None:
    found = re.search(r"docker compose -f (\S+) (.*)", re.sub(r"\s#.*", "", command))
    assert found
    services = yaml.safe_load((REPOSITORY / found[1]).read_text())["services"]
    words = found[2].split()
    while words[0] in WITH_VALUE:
        words = words[2:]
    action, *rest = words
    names = [word for word in rest if not word.startswith("-")]
    if action in ("exec", "run"):
        names = names[:1]
    if action in TAKES_SERVICES:
        assert set(names) <= set(services), command


def test_every_alert_has_its_line_in_troubleshooting() -> None:
    rules = yaml.safe_load((REPOSITORY / "configs/prometheus/rules.yml").read_text())
    section = MANUAL.split("## Troubleshooting")[1]
    for group in rules["groups"]:
        for rule in group["rules"]:
            assert f"`{rule['alert']}`" in section, rule["alert"]


@pytest.mark.parametrize("path", sorted(set(re.findall(r"(?:infrastructure|configs)/[\w./-]*\w", MANUAL))))
def test_files_exist(path: str) -> None:
    assert (REPOSITORY / path).exists()


@pytest.mark.parametrize("line", [line for line in COMMANDS if not line.startswith(("{", "}", '"'))])
def test_commands_are_valid_shell(line: str) -> None:
    done = subprocess.run(["bash", "-n", "-c", line], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
