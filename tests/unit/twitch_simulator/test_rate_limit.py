"""Helix's rate limit never exceeds its limit and resets when it reports."""

from hypothesis import given, settings
from hypothesis import strategies as st

from twitch_simulator.helix.rate_limit import RateLimit

NOW = 1_795_369_181_000


def test_the_bucket_empties_and_refills() -> None:
    limit = RateLimit(60)
    answers = [limit.spend("a", NOW) for _ in range(61)]
    assert [answer.allowed for answer in answers] == [True] * 60 + [False]
    assert answers[0].remaining == 59
    assert answers[-1].reset_at == NOW // 1000 + 60
    assert limit.spend("b", NOW).allowed
    assert limit.spend("a", NOW + 1000).allowed
    assert not limit.spend("a", NOW + 1000).allowed


@given(st.lists(st.integers(0, 5_000), max_size=80), st.integers(1, 20))
@settings(deadline=None)
def test_no_minute_allows_more_than_twice_the_limit(waits: list[int], limit: int) -> None:
    bucket, now, allowed = RateLimit(limit), NOW, []
    for wait in waits:
        now += wait
        budget = bucket.spend("a", now)
        assert 0 <= budget.remaining <= limit
        assert budget.reset_at * 1000 >= now
        if budget.allowed:
            allowed.append(now)
    assert all(sum(start <= at < start + 60_000 for at in allowed) <= 2 * limit for start in allowed)
