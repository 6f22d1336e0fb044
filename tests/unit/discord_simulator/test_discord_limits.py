"""Rate limits: buckets, the bot's 50 a second, and invalid requests."""

from hypothesis import given
from hypothesis import strategies as st

from discord_simulator.limits.buckets import Bucket, Buckets, InvalidRequests, limited_body
from discord_simulator.limits.routes import bucket_of

SEND = bucket_of("POST /channels/{channel_id}/messages")


def test_a_bucket_is_for_a_route_and_a_place() -> None:
    buckets = Buckets(50)
    verdicts = [buckets.take(SEND, "1", 1000) for _ in range(6)]
    assert [each.allowed for each in verdicts] == [True] * 5 + [False]
    assert [each.headers["X-RateLimit-Remaining"] for each in verdicts] == ["4", "3", "2", "1", "0", "0"]
    assert verdicts[-1].headers["X-RateLimit-Scope"] == "user"
    assert verdicts[-1].retry_after_seconds == 5.0
    assert buckets.take(SEND, "2", 1000).allowed
    assert buckets.take(bucket_of("GET /channels/{channel_id}/messages"), "1", 1000).allowed
    assert buckets.take(SEND, "1", 6000).allowed


def test_the_bot_has_50_requests_a_second_interactions_aside() -> None:
    buckets, wide = Buckets(50), Bucket("wide", 1000, 1000)
    assert all(buckets.take(wide, str(number), 0).allowed for number in range(50))
    refused = buckets.take(wide, "x", 400)
    assert (refused.allowed, refused.is_global, refused.retry_after_seconds) == (False, True, 0.6)
    assert refused.headers["X-RateLimit-Global"] == "true"
    assert buckets.take(wide, "x", 400, counts_globally=False).allowed
    assert buckets.take(wide, "x", 1000).allowed
    assert limited_body(0.6, True) == {"message": "You are being rate limited.", "retry_after": 0.6, "global": True}


@given(st.lists(st.integers(0, 3000), max_size=60))
def test_no_window_lets_more_pass_than_its_limit(waits: list[int]) -> None:
    buckets, now, passed = Buckets(10**6), 0, []
    for wait in waits:
        now += wait
        if buckets.take(SEND, "1", now).allowed:
            passed.append(now)
    for index, at in enumerate(passed):  # windows do not slide: twice the limit may touch
        assert sum(1 for other in passed[index:] if other < at + 5000) <= 10


def test_a_bucket_is_used_up_on_request() -> None:
    buckets = Buckets(50)
    buckets.exhaust(SEND, "1", 0, 2000)
    assert buckets.take(SEND, "1", 500).retry_after_seconds == 1.5
    buckets.exhaust_all(0, 1000)
    assert buckets.take(SEND, "2", 500).is_global
    assert buckets.take(SEND, "1", 2000).allowed


def test_too_many_invalid_requests_close_the_address() -> None:
    invalid = InvalidRequests(3)
    for status, scope in ((401, ""), (403, ""), (404, ""), (429, "shared")):
        invalid.count(status, 0, scope)
    assert not invalid.is_closed(0)
    invalid.count(429, 1, "user")
    assert invalid.is_closed(599_999)
    assert not invalid.is_closed(600_000)
