"""Cohen's kappa and Wilson's interval, by published figures."""

from collections import Counter

import pytest

from cause_check.agreement import LabelAgreement
from cause_check.labels import NONE
from cause_check.rate import Rate


def test_agreement_is_counted_as_cohen_does() -> None:
    agreed = LabelAgreement(Counter({("a", "a"): 20, ("a", NONE): 5, (NONE, "a"): 10, (NONE, NONE): 15}))
    assert agreed.accuracy == 0.7
    assert agreed.kappa == pytest.approx(0.4)  # Cohen's textbook table


def test_an_interval_is_wilsons() -> None:
    assert Rate(0, 0).interval() == (0.0, 1.0)
    low, high = Rate(95, 100).interval()
    assert (round(low, 3), round(high, 3)) == (0.901, 0.975)
