"""The order of an installation: it looks before it does, stops at what fails, and goes on there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from install.errors import InstallError
from install.steps import State, run


class Part:
    """A step that is done, or fails as often as it is told."""

    def __init__(self, title: str, is_done: bool, failures: int, is_believed: bool = True) -> None:
        self.title, self.is_done, self.failures, self.is_believed = title, is_done, failures, is_believed
        self.done = 0

    def state(self) -> State:
        return State(self.is_done, "fact")

    def do(self) -> None:
        self.done += 1
        if self.failures:
            self.failures -= 1
            raise InstallError(f"{self.title} failed")
        self.is_done = self.is_believed


class Lines:
    """What was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str = "") -> None:
        self.said.append(text)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), max_size=8))
def test_run_again_it_goes_on_until_a_run_changes_nothing(kinds: list[tuple[bool, int]]) -> None:
    steps = [Part(str(number), *kind) for number, kind in enumerate(kinds)]
    was_done = [step.is_done for step in steps]
    for _ in range(sum(failures for _, failures in kinds) + 1):
        changed: list[str] = []
        try:
            run(steps, Lines(), changed)
        except InstallError:
            continue
        break
    assert all(step.is_done for step in steps)
    for step, (_, failures), before in zip(steps, kinds, was_done, strict=True):
        assert step.done == (0 if before else failures + 1), "what is done is not done again"
    changed, lines = [], Lines()
    run(steps, lines, changed)
    assert changed == []
    assert len(lines.said) == len(steps)


def test_what_says_that_it_is_done_and_is_not_stops_it() -> None:
    after = Part("after", is_done=False, failures=0)
    with pytest.raises(InstallError, match="liar: fact"):
        run([Part("liar", is_done=False, failures=0, is_believed=False), after], Lines(), [])
    assert after.done == 0


def test_each_line_says_where_it_is() -> None:
    lines, changed = Lines(), []
    run([Part("Docker", is_done=True, failures=0), Part("Images", is_done=False, failures=0)], lines, changed)
    assert lines.said[0] == "[ 1/2] ok    Docker: fact"
    assert lines.said[1] == "[ 2/2] ...   Images: fact"
    assert lines.said[2].startswith("        done  fact (")
    assert changed == ["Images"]
