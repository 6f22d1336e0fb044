"""Each thing that a machine lacks is reported with how to install it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from embedded import preflight
from embedded.preflight import JDK, MAVEN, NODE, Requirement, disk_problem, problem_of, python_problem

VERSIONS = {
    JDK: 'openjdk version "17.0.15" 2025-04-15',
    MAVEN: "\x1b[1mApache Maven 3.8.7\x1b[m",
    NODE: "v20.20.2",
}


def prints(text: str) -> Callable[[str, str], str]:
    return lambda _program, _option: text


def installed(program: str) -> str:
    return f"/usr/bin/{program}"


@pytest.mark.parametrize("required", VERSIONS)
def test_an_installed_program_is_no_problem(required: Requirement) -> None:
    assert problem_of(required, installed, prints(VERSIONS[required])) is None


def test_a_missing_jdk_is_reported_with_its_package() -> None:
    assert problem_of(JDK, lambda _: None) == (
        "JDK 17 is missing (no `java` in PATH). On Debian: apt-get install openjdk-17-jdk-headless"
    )


def test_missing_maven_and_node_are_reported() -> None:
    assert "apt-get install maven" in str(problem_of(MAVEN, lambda _: None))
    assert "Node 20" in str(problem_of(NODE, lambda _: None))


@pytest.mark.parametrize(
    ("required", "version"),
    [(JDK, 'openjdk version "11.0.2" 2019-01-15'), (JDK, 'java version "1.8.0_301"'), (NODE, "v18.19.0")],
)
def test_an_old_version_is_reported(required: Requirement, version: str) -> None:
    assert f"{required.title} is needed, but /usr/bin/{required.program} is version" in str(
        problem_of(required, installed, prints(version))
    )


def test_a_program_that_cannot_run_is_a_problem() -> None:
    assert "prints no version" in str(problem_of(JDK, installed, prints("")))


def test_another_python_is_reported() -> None:
    assert python_problem((3, 11)) is None
    assert "Python 3.11 is needed, this is 3.13" in str(python_problem((3, 13)))


def test_a_full_disk_is_reported_with_what_is_needed(tmp_path: Path) -> None:
    assert disk_problem(tmp_path / "not" / "there", needed_bytes=1) is None
    problem = disk_problem(tmp_path, needed_bytes=2**62)
    assert str(tmp_path) in str(problem)
    assert "are required. Free some space there." in str(problem)


def test_all_problems_are_reported_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = preflight.problems(tmp_path)
    assert [problem for problem in found if "is missing" in problem] == [
        problem_of(each) for each in preflight.PROGRAMS
    ]
