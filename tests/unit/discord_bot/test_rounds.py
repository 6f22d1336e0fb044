"""Rounds through all followed channels keep within the bot's requests, and nearly empty answers are doubted."""

from hypothesis import given
from hypothesis import strategies as st

from discord_bot.polling.rounds import (
    DOUBT_SECONDS,
    POLLS_SHARE,
    Doubts,
    least_pause_seconds,
    parts_of,
    pause_seconds,
    round_seconds,
)


def test_ten_thousand_channels_take_forty_seconds_and_150_requests_a_minute() -> None:
    assert len(parts_of([str(number) for number in range(10_000)])) == 100
    assert round_seconds(10_000, 20.0, 200) <= 40.0
    assert 60 / pause_seconds(100, 20.0, 200) <= 150
    assert 100 * least_pause_seconds(200) <= 40.0


def test_few_channels_are_asked_for_every_twenty_seconds() -> None:
    assert round_seconds(1, 20.0, 200) == 20.0
    assert round_seconds(1_000, 20.0, 200) == 20.0


@given(st.integers(1, 20_000), st.floats(0.5, 600), st.integers(1, 800))
def test_no_minute_has_more_requests_than_its_share(channels: int, poll_seconds: float, points: int) -> None:
    parts = len(parts_of(["c"] * channels))
    assert 60 / pause_seconds(parts, poll_seconds, points) <= POLLS_SHARE * points + 1e-9


@given(st.lists(st.integers(), max_size=1_000))
def test_parts_are_everyone_once(channels: list[int]) -> None:
    parts = parts_of([str(each) for each in channels])
    assert [each for part in parts for each in part] == [str(each) for each in channels]
    assert all(len(part) <= 100 for part in parts)


def test_each_part_is_doubted_for_itself() -> None:
    doubts = Doubts()
    assert doubts.doubts(0, ran=50, left=1, now=0.0)
    assert not doubts.doubts(1, ran=50, left=40, now=0.0)
    assert not doubts.doubts(0, ran=50, left=1, now=DOUBT_SECONDS)
