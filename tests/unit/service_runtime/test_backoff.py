"""The wait doubles up to its limit, and jitter only ever shortens it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_runtime.backoff import Backoff


def test_the_wait_doubles_up_to_its_limit():
    backoff = Backoff(first_seconds=0.5, longest_seconds=60.0)
    assert [backoff.wait_seconds(attempt) for attempt in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]
    assert backoff.wait_seconds(8) == backoff.wait_seconds(1_000_000) == 60.0


def test_jitter_spreads_the_waits():
    backoff = Backoff(first_seconds=8.0, longest_seconds=60.0, jitter=0.5)
    assert len({backoff.wait_seconds(1) for _ in range(20)}) > 1


@given(attempt=st.integers(0, 10_000), jitter=st.sampled_from((0.0, 0.5, 1.0)))
def test_jitter_never_lengthens_a_wait(attempt: int, jitter: float):
    plain = Backoff(2.0, 30.0).wait_seconds(attempt)
    wait = Backoff(2.0, 30.0, jitter).wait_seconds(attempt)
    assert plain * (1 - jitter) <= wait <= plain or wait == pytest.approx(plain)
