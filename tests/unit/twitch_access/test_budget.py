from hypothesis import given
from hypothesis import strategies as st

from twitch_access.budget import WINDOW_SECONDS, Budget

NOW = 1_800_000_000.0


def headers(remaining: object, reset: object) -> dict[str, str]:
    return {"ratelimit-remaining": str(remaining), "ratelimit-reset": str(reset)}


def test_nothing_known_lets_a_request_go():
    assert Budget().wait_seconds(NOW) == 0.0


@given(st.integers(1, 50), st.integers(0, 20), st.integers(0, 5))
def test_never_overspent(limit: int, requests: int, reserve: int):
    budget = Budget(reserve=reserve)
    budget.spend(NOW)
    budget.settle(headers(limit, int(NOW) + 30), NOW)
    sent = 0
    for _ in range(requests):
        if budget.wait_seconds(NOW) == 0.0:
            budget.spend(NOW)
            sent += 1
    assert sent <= max(0, limit - reserve)
    assert sent == min(requests, max(0, limit - reserve))


@given(st.integers(-(10**12), 10**12), st.integers(0, 3))
def test_a_wrong_clock_never_stops_longer_than_the_window(reset: int, remaining: int):
    budget = Budget()
    budget.spend(NOW)
    budget.settle(headers(remaining, reset), NOW)
    assert budget.wait_seconds(NOW) <= WINDOW_SECONDS


@given(st.text(max_size=20), st.text(max_size=20))
def test_headers_that_are_no_numbers_change_nothing(remaining: str, reset: str):
    budget = Budget()
    budget.settle(headers("ten" + remaining, reset), NOW)
    assert budget.wait_seconds(NOW) == 0.0


def test_a_429_waits_for_the_reset():
    budget = Budget()
    budget.spend(NOW)
    assert budget.refused(headers(0, int(NOW) + 20), NOW) == NOW + 20
    assert budget.wait_seconds(NOW) == 20.0
    assert budget.wait_seconds(NOW + 20) == 0.0


def test_a_429_without_headers_does_not_hammer():
    budget = Budget()
    budget.refused({}, NOW)
    assert budget.wait_seconds(NOW) > 0


def test_requests_under_way_count_as_spent():
    budget = Budget(reserve=0)
    for _ in range(3):
        budget.spend(NOW)
    budget.settle(headers(2, int(NOW) + 30), NOW)  # two others are still under way
    assert budget.wait_seconds(NOW) > 0


def test_the_budget_is_full_again_after_the_reset():
    budget = Budget()
    budget.refused(headers(0, int(NOW) + 5), NOW)
    budget.spend(NOW + 6)
    assert budget.wait_seconds(NOW + 6) == 0.0
