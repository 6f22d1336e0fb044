import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch_access.budget import POINTS_PER_MINUTE, WINDOW_SECONDS, Budget, Share
from twitch_access.settings import CAN_WAIT, Program, TwitchSettings

REPOSITORY = Path(__file__).parents[3]
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


def test_the_shares_add_up_to_what_twitch_gives():
    settings = TwitchSettings()
    programs = get_args(Program)
    ours = [each for each in programs if each != "consent"]  # these are each streamer's own points
    assert settings.share("consent").points == 60
    assert {each: settings.share(each).points for each in ours} == {
        "monitoring": 250,
        "clips": 100,
        "bot": 200,
        "site": 20,
        "viewer_clips": 80,
    }
    assert sum(settings.share(each).points for each in ours) + settings.spare_points == POINTS_PER_MINUTE
    assert {each for each in programs if settings.share(each).floor == 150} == CAN_WAIT
    assert settings.share("monitoring", instances=2).points == 125


def test_the_documented_shares_are_the_settings():
    table = (REPOSITORY / "docs" / "architecture.md").read_text().split("**Points.**")[1]
    rows = re.findall(r"`([A-Z_]+)` \| (\d+) \| (\d+) \|", table)
    settings = TwitchSettings()
    shares = {each: settings.share(each) for each in get_args(Program)}
    assert rows == [(each.upper(), str(share.points), str(share.floor)) for each, share in shares.items()]


def test_shares_that_twitch_would_refuse_are_no_settings():
    with pytest.raises(ValueError, match="Twitch gives 800"):
        TwitchSettings(bot_points=201)


@given(st.lists(st.floats(0, 300), max_size=60), st.integers(1, 10))
def test_no_minute_has_more_requests_than_the_share(times: list[float], points: int):
    share, sent = Share(points), []
    for now in sorted(times):
        wait = share.take(now)
        assert 0 <= wait <= WINDOW_SECONDS + 0.001
        if wait == 0:
            sent.append(now)
    assert all(sum(start < each <= start + 59.9 for each in sent) <= points for start in sent)


def test_a_clock_that_was_put_back_stops_nothing():
    share = Share(1)
    assert share.take(1_000_000.0) == 0
    assert share.take(1_000.0) == 0
