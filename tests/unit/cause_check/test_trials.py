"""Plays and true bursts from the simulator, through collector, rows and detector: the check's floors, cheaply."""

from collections import Counter

import pytest

from cause_check import table, trial
from cause_check.labels import NONE, Agreement
from twitch_simulator.crowd.plays import KINDS

SEEDS = range(700, 706)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "commands"])
def test_a_play_is_named_and_not_clipped(kind: str) -> None:
    judged = table.judge(kind, [trial.play(kind, seed) for seed in SEEDS], kind, clips=False)
    assert judged.raised.hits >= 3
    assert judged.named.hits >= judged.raised.hits - 1
    assert judged.right.hits >= judged.raised.hits - 2


def test_a_play_of_commands_is_named_where_it_raises_a_moment_at_all() -> None:
    outcomes = [trial.play("commands", seed) for seed in range(700, 720)]
    judged = table.judge("commands", outcomes, "commands", clips=False)
    assert judged.raised.hits < 15  # the detector leaves commands out
    assert judged.named.hits == judged.raised.hits


def test_true_bursts_have_no_cause_and_may_be_clipped() -> None:
    judged = table.judge("true", [trial.burst(seed) for seed in range(700, 730)], None, clips=True)
    assert judged.raised.hits >= 27
    assert judged.named.hits >= judged.raised.hits - 1
    assert judged.right.hits >= judged.raised.hits - 1


@pytest.mark.parametrize("kind", table.BESIDE)
def test_a_true_burst_beside_it_stays_a_moment(kind: str) -> None:
    judged = table.judge(kind, [trial.beside(kind, seed) for seed in range(700, 710)], kind, clips=True)
    assert judged.named.hits >= judged.raised.hits - 2
    assert judged.right.hits >= judged.raised.hits - 2


def test_equal_seeds_give_equal_outcomes() -> None:
    assert trial.play("raid", 1) == trial.play("raid", 1)
    assert [trial.burst(seed).kind for seed in range(9)] != [trial.burst(0).kind] * 9


def test_agreement_is_counted_as_cohen_does() -> None:
    agreed = Agreement(Counter({("a", "a"): 20, ("a", NONE): 5, (NONE, "a"): 10, (NONE, NONE): 15}))
    assert agreed.accuracy == 0.7
    assert agreed.kappa == pytest.approx(0.4)  # Cohen's textbook table
    assert table.Rate(0, 0).interval() == (0.0, 1.0)
    low, high = table.Rate(95, 100).interval()
    assert (round(low, 3), round(high, 3)) == (0.901, 0.975)
