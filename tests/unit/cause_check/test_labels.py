"""What a person read in peaks and moments of recorded chat, and that the program reads about the same."""

import os
from collections import Counter
from pathlib import Path

import pytest

from cause_check.agreement import compare_causes, compare_moods
from cause_check.labels import NONE, PEAKS, RAISED, labelled_moments, read_labels
from cause_check.main import CHANNELS
from chat_analysis.peak_lines import peak_lines
from chat_analysis.recording import find_recordings
from moment_detection.causes.vocabulary import MOODS, load
from moment_detection.detection.rules import RuleBook
from twitch_simulator.crowd.plays import KINDS

CHAT_DATA = os.environ.get("CHAT_DATA", "")


@pytest.mark.parametrize(("name", "least"), [(PEAKS, 100), (RAISED, 60)])
def test_there_are_many_labels_and_all_are_known(name: str, least: int) -> None:
    labels = read_labels(name)
    assert len(labels) >= least
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


@pytest.mark.skipif(not CHAT_DATA, reason="needs CHAT_DATA, the folder of recorded chat")
def test_the_moods_of_raised_moments_are_right() -> None:
    """Nothing was tuned on them; 47 of 57 were right when they were read."""
    moods = compare_moods(labelled_moments(Path(CHAT_DATA), read_labels(RAISED)))
    assert moods.precision.of >= 54
    assert moods.precision.share >= 0.8


@pytest.mark.skipif(not CHAT_DATA, reason="needs CHAT_DATA, the folder of recorded chat")
def test_more_than_half_of_the_recordings_moments_have_a_mood() -> None:
    """410 of 740 had one before moods.toml learned the commonest emotes of other providers, 429 have one since."""
    paths = [path for channel in CHANNELS for path in find_recordings([channel])]
    moments = [line for path in paths for line in peak_lines(path, RuleBook({})) if line.raised is not None]
    assert len(moments) == 740
    assert sum(line.mood is not None for line in moments) >= 425
