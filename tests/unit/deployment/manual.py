"""Reads what a manual in Markdown tells people to type, to hold it against what exists."""

import re
import subprocess
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parents[3]
TAKES_SERVICES = {"up", "restart", "logs", "exec", "run", "stop", "kill", "ps", "build"}
TAKES_ONE_SERVICE = {"exec", "run"}
WITH_VALUE = {"--tail", "--profile", "-p", "--timeout", "-e"}


def text(name: str) -> str:
    return (REPOSITORY / name).read_text()


def blocks(manual: str) -> list[str]:
    """The indented lines: commands to be copied."""
    return [line.strip() for line in manual.splitlines() if line.startswith("    ")]


def commands(manual: str) -> list[str]:
    """The indented lines, and what stands in backticks within the text."""
    prose = "\n".join(line for line in manual.splitlines() if not line.startswith("    "))
    return blocks(manual) + re.findall(r"`([^`\n]+)`", prose)


def without_comment(line: str) -> str:
    return re.sub(r"\s#.*", "", line)


def compose_commands(manual: str) -> list[str]:
    return [line for line in commands(manual) if "docker compose -f docker-compose." in line]


def unknown_services(command: str) -> set[str]:
    """The services that a `docker compose -f FILE ...` names and the file does not have."""
    found = re.search(r"docker compose -f (\S+) (.*)", without_comment(command))
    assert found, command
    services = yaml.safe_load(text(found[1]))["services"]
    action, names = None, []
    words = iter(found[2].split())
    for word in words:
        if word in WITH_VALUE:
            next(words)
        elif action is None and not word.startswith("-"):
            action = word
        elif not word.startswith("-"):
            names.append(word)
    if action in TAKES_ONE_SERVICE:
        names = names[:1]
    return set(names) - set(services) if action in TAKES_SERVICES else set()


def shell_problem(line: str) -> str:
    """What a shell says of the line's syntax; empty where it is well."""
    done = subprocess.run(["bash", "-n", "-c", line], capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""
