"""Waiting for a condition: at once where it holds, rarely asked where asking takes long, late with its name."""

import time
from itertools import pairwise

import pytest

from embedded.processes.waiting import TooLateError, wait_for


def test_the_answer_is_returned_as_soon_as_there_is_one() -> None:
    answers = iter([None, 0, "yes", "later"])
    assert wait_for("an answer", lambda: next(answers), 5) == "yes"


def test_a_condition_that_takes_long_is_left_alone_for_longer() -> None:
    asked: list[float] = []

    def slow() -> bool:
        asked.append(time.monotonic())
        time.sleep(0.05)
        return False

    with pytest.raises(TooLateError, match="nothing: not within"):
        wait_for("nothing", slow, 0.6, 0.001)
    assert len(asked) <= 5  # asked again at once it would be twelve times
    assert all(later - before >= 0.15 for before, later in pairwise(asked))
