"""A machine that lacks something is told what, and how to get it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from embedded import preflight
from embedded.preflight import JDK, MAVEN, NODE, Needed, missing, short_of_room, wrong_python

VERSIONS = {
    JDK: 'openjdk version "17.0.15" 2025-04-15',
    MAVEN: "\x1b[1mApache Maven 3.8.7\x1b[m",
    NODE: "v20.20.2",
}


def says(text: str) -> Callable[[str, str], str]:
    return lambda _program, _option: text


def there(program: str) -> str:
    return f"/usr/bin/{program}"


@pytest.mark.parametrize("needed", VERSIONS)
def test_a_program_that_is_there_is_no_problem(needed: Needed) -> None:
    assert missing(needed, there, says(VERSIONS[needed])) is None


def test_a_missing_jdk_is_named_with_the_package_that_brings_it() -> None:
    assert missing(JDK, lambda _: None) == (
        "a JDK 17 is missing (no `java` on the PATH). On Debian: apt-get install openjdk-17-jdk-headless"
    )


def test_missing_maven_and_node_are_named() -> None:
    assert "apt-get install maven" in str(missing(MAVEN, lambda _: None))
    assert "Node 20" in str(missing(NODE, lambda _: None))


@pytest.mark.parametrize(
    ("needed", "version"),
    [(JDK, 'openjdk version "11.0.2" 2019-01-15'), (JDK, 'java version "1.8.0_301"'), (NODE, "v18.19.0")],
)
def test_an_old_version_is_named(needed: Needed, version: str) -> None:
    assert f"{needed.what} is needed, but /usr/bin/{needed.program} is version" in str(
        missing(needed, there, says(version))
    )


def test_a_program_that_cannot_run_is_a_problem() -> None:
    assert "names no version" in str(missing(JDK, there, says("")))


def test_another_python_is_named() -> None:
    assert wrong_python((3, 11)) is None
    assert "Python 3.11 is needed, this is 3.13" in str(wrong_python((3, 13)))


def test_a_disk_without_room_is_named_with_what_is_needed(tmp_path: Path) -> None:
    assert short_of_room(tmp_path / "not" / "there", needed_bytes=1) is None
    problem = short_of_room(tmp_path, needed_bytes=2**62)
    assert str(tmp_path) in str(problem)
    assert "are needed. Make room there." in str(problem)


def test_every_problem_is_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = preflight.problems(tmp_path)
    assert [problem for problem in found if "is missing" in problem] == [missing(each) for each in preflight.PROGRAMS]
