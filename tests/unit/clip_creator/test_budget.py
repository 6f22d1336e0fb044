from hypothesis import given
from hypothesis import strategies as st

from clip_creator.decision.budget import HOUR_MS, HourlyBudget

AT = 1_800_000_000_000


def run(scores: list[float], limit: int, step_ms: int = 1000) -> tuple[HourlyBudget, list[bool]]:
    budget, passed = HourlyBudget(limit), []
    for number, score in enumerate(scores):
        at = AT + number * step_ms
        passed.append(not budget.refusal(at, score))
        budget.add_score(at, score)
        if passed[-1]:
            budget.add_request(str(number), at)
    return budget, passed


@given(st.lists(st.floats(0, 100), max_size=120), st.integers(1, 30))
def test_the_hours_limit_holds(scores: list[float], limit: int):
    _, passed = run(scores, limit)
    assert sum(passed) <= limit


@given(st.lists(st.floats(0, 100), max_size=60), st.integers(1, 30))
def test_the_budget_is_deterministic(scores: list[float], limit: int):
    assert run(scores, limit)[1] == run(scores, limit)[1]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40), st.integers(2, 30), st.floats(0, 50))
def test_a_higher_score_never_fares_worse(scores: list[float], limit: int, more: float):
    budget, _ = run(scores, limit)
    at = AT + len(scores) * 1000
    if not budget.refusal(at, 30.0):
        assert not budget.refusal(at, 30.0 + more)


def test_half_of_the_budget_goes_to_any_moment():
    _, passed = run([5.0] * 20, limit=10)
    assert passed[:5] == [True] * 5
    assert not any(passed[6:])


def test_only_better_moments_pass_when_it_runs_short():
    budget, _ = run([5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0], limit=8)
    at = AT + 10_000
    assert "not above" in budget.refusal(at, 5.0)
    assert budget.refusal(at, 50.0) == ""


def test_a_used_up_budget_is_renewed_after_an_hour():
    budget, _ = run([5.0, 6.0], limit=2)
    assert "are used" in budget.refusal(AT + 5_000, 99.0)
    assert budget.refusal(AT + HOUR_MS + 5_000, 1.0) == ""
