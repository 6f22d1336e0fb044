"""DEPLOYMENT.md names only what exists: files, services, make targets."""

import re

import pytest

from .manual import REPOSITORY, blocks, compose_commands, shell_problem, text, unknown_services

MANUAL = text("DEPLOYMENT.md")


@pytest.mark.parametrize("command", [line for line in compose_commands(MANUAL) if line in blocks(MANUAL)])
def test_compose_commands_name_services_that_exist(command: str) -> None:
    assert not unknown_services(command)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"(?:infrastructure|configs)/[\w./-]*\w", MANUAL))))
def test_files_exist(path: str) -> None:
    assert (REPOSITORY / path).exists()


@pytest.mark.parametrize("line", [line for line in blocks(MANUAL) if not line.startswith(("{", "}", '"'))])
def test_commands_are_valid_shell(line: str) -> None:
    assert not shell_problem(line)
