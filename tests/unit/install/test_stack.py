"""What Compose and the preflight say, as the installer reads it."""

import json
from typing import Any

import pytest

from install.stack import containers, found, is_well, last_line

COMPOSE = "com.docker.compose"
LABELS = f"{COMPOSE}.depends_on=a:service_healthy:false,b:x,{COMPOSE}.config-hash=abc,{COMPOSE}.oneoff="


def container(
    name: str, state: str = "running", health: str = "", code: int = 0, oneoff: bool = False
) -> dict[str, Any]:
    return {"Service": name, "State": state, "Health": health, "ExitCode": code, "Labels": f"{LABELS}{oneoff}"}


@pytest.mark.parametrize("is_array", [True, False], ids=["before 2.21", "since"])
def test_both_forms_are_read(is_array: bool) -> None:
    each = [container("postgres", health="healthy"), container("roles", "exited")]
    said = json.dumps(each) if is_array else "\n".join(json.dumps(one) for one in each) + "\n"
    assert containers(said) == {"postgres": each[0], "roles": each[1]}
    assert containers("") == {}


def test_what_a_run_has_left_is_no_service() -> None:
    left = [container("clip-creator", "exited", code=1, oneoff=True), container("clip-creator", health="healthy")]
    assert containers(json.dumps(left)) == {"clip-creator": left[1]}


@pytest.mark.parametrize(
    ("state", "health", "code", "config", "well"),
    [
        ("running", "healthy", 0, "abc", True),
        ("running", "", 0, "abc", True),
        ("running", "starting", 0, "abc", False),
        ("running", "unhealthy", 0, "abc", False),
        ("exited", "", 0, "abc", True),
        ("exited", "", 1, "abc", False),
        ("restarting", "", 0, "abc", False),
        ("running", "healthy", 0, "of another .env", False),
        ("running", "healthy", 0, "", False),
    ],
)
def test_a_service_is_well(state: str, health: str, code: int, config: str, well: bool) -> None:
    assert is_well(container("x", state, health, code), config) is well


def test_findings_keep_their_advice() -> None:
    lines = [
        "ok     one",
        "WARN   two",
        "       -> do it",
        "WRONG  three",
        "       -> and this",
        "",
        "1 to be put right",
    ]
    assert found(lines, "WARN") == ["WARN   two\n       -> do it"]
    assert found(lines, "WRONG") == ["WRONG  three\n       -> and this"]
    assert found(["WRONG  at the end"], "WRONG") == ["WRONG  at the end\n"]


def test_the_last_line_that_says_something() -> None:
    assert last_line("a\n b \n\n") == "b"
    assert last_line("") == "..."
