"""Plays and true bursts from the simulator, through parser, rows and detector: the check's floors, cheaply."""

import pytest

from cause_check import results, trial
from twitch_simulator.crowd.plays import KINDS

SEEDS = range(700, 706)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "commands"])
def test_a_play_is_named_and_not_clipped(kind: str) -> None:
    result = results.summarize(kind, [trial.play(kind, seed) for seed in SEEDS], cause=kind, clips=False)
    assert result.raised.hits >= 3
    assert result.named.hits >= result.raised.hits - 1
    assert result.right.hits >= result.raised.hits - 2


def test_a_play_of_commands_is_named_if_it_raises_a_moment() -> None:
    outcomes = [trial.play("commands", seed) for seed in range(700, 720)]
    result = results.summarize("commands", outcomes, cause="commands", clips=False)
    assert result.raised.hits < 15  # the detector leaves commands out
    assert result.named.hits == result.raised.hits


def test_true_bursts_have_no_cause_and_may_be_clipped() -> None:
    outcomes = [trial.burst(seed) for seed in range(700, 730)]
    result = results.summarize("true", outcomes, cause=None, clips=True)
    assert result.raised.hits >= 27
    assert result.named.hits >= result.raised.hits - 1
    assert result.right.hits >= result.raised.hits - 1


@pytest.mark.parametrize("event", results.EVENTS)
def test_a_true_burst_beside_an_event_stays_a_moment(event: str) -> None:
    outcomes = [trial.burst_beside(event, seed) for seed in range(700, 710)]
    result = results.summarize(event, outcomes, cause=event, clips=True)
    assert result.named.hits >= result.raised.hits - 2
    assert result.right.hits >= result.raised.hits - 2


def test_equal_seeds_give_equal_outcomes() -> None:
    assert trial.play("raid", 1) == trial.play("raid", 1)
    assert [trial.burst(seed).kind for seed in range(9)] != [trial.burst(0).kind] * 9
