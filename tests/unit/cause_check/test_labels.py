"""What a person read in 140 peaks of recorded chat, and that the program reads about the same."""

import os
from collections import Counter
from pathlib import Path

import pytest

from cause_check.agreement import compare_causes, compare_moods
from cause_check.labels import NONE, labelled_moments, read_labels
from moment_detection.causes.vocabulary import MOODS, load
from twitch_simulator.crowd.plays import KINDS

CHAT_DATA = os.environ.get("CHAT_DATA", "")


def test_there_are_many_labels_and_all_are_known() -> None:
    labels = read_labels()
    assert len(labels) >= 100
    assert len({(label.recording, label.peak) for label in labels}) == len(labels)
    assert {label.mood for label in labels} <= {*load(MOODS).labels, NONE}
    assert {label.cause for label in labels} <= {*KINDS, NONE}
    assert {label.recording.partition("-")[0] for label in labels} == {"kappa", "sphynx", "bocru"}
    assert Counter(label.mood for label in labels).most_common(1)[0][1] < 0.5 * len(labels)


@pytest.mark.skipif(not CHAT_DATA, reason="needs CHAT_DATA, the folder of recorded chat")
def test_the_program_agrees_on_the_held_out_half() -> None:
    """Nothing was tuned on the lines 2, 4, 6… of labels.csv."""
    held_out = read_labels()[1::2]
    moments = list(labelled_moments(Path(CHAT_DATA), held_out))
    moods, causes = compare_moods(moments), compare_causes(moments)
    assert moods.total == len(held_out)
    assert moods.accuracy >= 0.75
    assert moods.kappa >= 0.65
    assert causes.accuracy >= 0.95
