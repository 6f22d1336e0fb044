"""What a person read in 140 peaks of recorded chat, and that the program reads about the same."""

import os
from collections import Counter
from pathlib import Path

import pytest

from cause_check import labels
from moment_detection.causes.vocabulary import MOODS, load
from twitch_simulator.crowd.plays import KINDS

CHAT_DATA = os.environ.get("CHAT_DATA", "")


def test_the_labels_are_many_and_name_what_there_is() -> None:
    every = labels.read_labels()
    assert len(every) >= 100
    assert len({(label.recording, label.peak) for label in every}) == len(every)
    assert {label.mood for label in every} <= {*load(MOODS).labels, labels.NONE}
    assert {label.cause for label in every} <= {*KINDS, labels.NONE}
    assert {label.recording.partition("-")[0] for label in every} == {"kappa", "sphynx", "bocru"}
    assert Counter(label.mood for label in every).most_common(1)[0][1] < 0.5 * len(every)


@pytest.mark.skipif(not CHAT_DATA, reason="needs CHAT_DATA, the folder of recorded chat")
def test_the_program_agrees_on_the_half_that_nothing_was_tuned_on() -> None:
    held_out = labels.read_labels()[1::2]
    seen = list(labels.scenes(Path(CHAT_DATA), held_out))
    moods, causes = labels.moods(seen), labels.causes(seen)
    assert moods.total == len(held_out)
    assert moods.accuracy >= 0.75
    assert moods.kappa >= 0.65
    assert causes.accuracy >= 0.95
