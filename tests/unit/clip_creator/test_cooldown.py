from hypothesis import given
from hypothesis import strategies as st

from clip_creator.decision.cooldown import Cooldown

AT = 1_800_000_000_000


def test_a_channel_pauses_after_its_own_clip_only():
    pauses = Cooldown(60)
    pauses.add_request("1", AT)
    assert pauses.remaining_seconds("1", AT + 20_000) == 40.0
    assert pauses.remaining_seconds("1", AT + 60_000) == 0.0
    assert pauses.remaining_seconds("2", AT) == 0.0


@given(st.permutations([0, 10, 100, 4000]), st.integers(0, 5000))
def test_the_order_of_requests_does_not_matter(order: list[int], at: int):
    pauses, sorted_ones = Cooldown(60), Cooldown(60)
    for second in order:
        pauses.add_request("1", AT + second * 1000)
    for second in sorted(order):
        sorted_ones.add_request("1", AT + second * 1000)
    moment = AT + at * 1000
    assert pauses.remaining_seconds("1", moment) == sorted_ones.remaining_seconds("1", moment)


@given(st.integers(0, 10**6))
def test_a_cooldown_of_zero_pauses_nothing(at: int):
    pauses = Cooldown(0)
    pauses.add_request("1", AT)
    assert pauses.remaining_seconds("1", AT + at) == 0.0
