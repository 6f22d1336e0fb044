import contextlib
import json
import math
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.support.helix_client import STREAM, helix
from unit.support.odd_answers import CLIP, VIDEO
from unit.support.scripted_twitch import Reply, ScriptedTwitch

from twitch_access.answers import Stream, decode_page
from twitch_access.errors import (
    Deadline,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
    WrongShape,
)
from twitch_access.helix import parts

NO_ITEMS = Reply(body={"data": []})


def stream(number: int) -> dict[str, object]:
    return STREAM | {"user_id": str(number)}


def test_credentials_are_sent(twitch: ScriptedTwitch):
    twitch.answer(NO_ITEMS)
    helix(twitch).get_users(logins=["a", "b"])
    assert twitch.requests[0].params == [("login", "a"), ("login", "b")]
    sent = {name.lower(): value for name, value in twitch.requests[0].headers.items()}
    assert (sent["authorization"], sent["client-id"]) == ("Bearer token-0", "client")


def test_streams_are_asked_a_hundred_at_a_time(twitch: ScriptedTwitch):
    twitch.answer(NO_ITEMS)
    helix(twitch).get_streams([str(each) for each in range(250)])
    assert [len(request.params) - 1 for request in twitch.requests] == [100, 100, 50]


def test_no_channels_ask_nothing(twitch: ScriptedTwitch):
    assert helix(twitch).get_streams([]) == []
    assert twitch.requests == []


def test_top_streams_follow_the_pages_and_count_a_channel_once(twitch: ScriptedTwitch):
    first = {"data": [stream(1), stream(2)], "pagination": {"cursor": "x"}}
    second = {"data": [stream(2), stream(3)], "pagination": {}}
    twitch.answer(Reply(body=first), Reply(body=second))
    found = helix(twitch).get_top_streams(10, game_ids=["7"], languages=["de"])
    assert [each.user_id for each in found] == ["1", "2", "3"]
    assert ("after", "x") in twitch.requests[1].params
    assert {("game_id", "7"), ("language", "de")} <= set(twitch.requests[1].params)


def test_a_cursor_that_comes_again_ends_the_reading(twitch: ScriptedTwitch):
    twitch.answer(Reply(body={"data": [STREAM], "pagination": {"cursor": "x"}}))
    assert len(helix(twitch).get_top_streams(10)) == 1
    assert len(twitch.requests) == 2


def test_times_between_are_utc(twitch: ScriptedTwitch):
    twitch.answer(NO_ITEMS)
    start = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    helix(twitch).get_clips_between("1", start, start)
    assert ("started_at", "2026-01-02T03:04:05Z") in twitch.requests[0].params


def test_a_page_of_clips_is_one_request_with_its_cursor(twitch: ScriptedTwitch):
    twitch.answer(Reply(body={"data": [CLIP | {"view_count": 7}], "pagination": {"cursor": "x"}}))
    start = datetime(2026, 1, 2, tzinfo=UTC)
    page = helix(twitch).get_clips_page("1", start, start)
    assert ([clip.view_count for clip in page.data], page.cursor) == ([7], "x")
    helix(twitch).get_clips_page("1", start, start, page.cursor)
    assert ("after", "x") in twitch.requests[1].params


def test_numbers_that_are_none_do_not_spoil_a_page(twitch: ScriptedTwitch):
    """NaN is no JSON, and half of a surrogate pair no text; both come from programs that write them all the same."""
    body = json.dumps({"data": [CLIP | {"duration": math.nan, "title": "half \ud83d"}, CLIP | {"duration": 1}]})
    twitch.answer(Reply(body=body.encode()))
    found = helix(twitch).get_clips(["C"])
    assert [clip.duration for clip in found] == [None, 1.0]
    assert found[0].title == "half \ud83d"


def test_a_recording_that_is_not_there_hides_no_other(twitch: ScriptedTwitch):
    missing = Reply(404, {"message": "not found"})
    twitch.answer(missing, Reply(body={"data": [VIDEO]}), missing)
    assert [video.id for video in helix(twitch).get_videos(["1", "2"])] == [VIDEO["id"]]
    assert [len(request.params) for request in twitch.requests] == [2, 1, 1]
    twitch.answer(Reply(403, {"message": "no"}))
    with pytest.raises(Refused):
        helix(twitch).get_videos(["1"])


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"data": null}', b'{"data": [{"id": "1"}]}', b"\xff\xfe", b'{"datum": []}', b"null"],
)
def test_a_wrong_shape_is_a_typed_error(twitch: ScriptedTwitch, body: bytes):
    twitch.answer(Reply(body=body))
    with pytest.raises(WrongShape, match="streams"):
        helix(twitch).get_streams(["1"])


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_a_wrong_shape(body: bytes):
    with contextlib.suppress(WrongShape):
        decode_page(body, Stream, "streams")


def test_reads_are_retried_on_5xx_and_broken_connections(twitch: ScriptedTwitch):
    twitch.answer(Reply(500), Reply(broken=True), Reply(503), Reply(body={"data": [STREAM]}))
    assert len(helix(twitch, seconds=10).get_streams(["1"])) == 1
    assert len(twitch.requests) == 4


def test_the_last_of_the_budget_is_not_spent(twitch: ScriptedTwitch):
    last = {"Ratelimit-Limit": "800", "Ratelimit-Remaining": "1", "Ratelimit-Reset": str(int(time.time()) + 40)}
    twitch.answer(Reply(body={"data": []}, headers=last))
    way = helix(twitch, seconds=1)
    way.get_streams(["1"])
    with pytest.raises(RateLimited):
        way.get_streams(["1"])
    assert len(twitch.requests) == 1


def test_a_refused_token_is_renewed_once(twitch: ScriptedTwitch):
    twitch.answer(Reply(401, {"message": "Invalid OAuth token"}), Reply(body={"data": [STREAM]}))
    assert len(helix(twitch).get_streams(["1"])) == 1
    twitch.answer(Reply(401, {"message": "Invalid OAuth token"}))
    with pytest.raises(Unauthorized, match="Invalid OAuth token"):
        helix(twitch).get_streams(["1"])
    assert len(twitch.requests) == 4


def test_a_refusal_keeps_twitchs_words(twitch: ScriptedTwitch):
    twitch.answer(Reply(403, {"error": "Forbidden", "message": "clips are restricted"}))
    with pytest.raises(Refused, match="clips are restricted") as caught:
        helix(twitch).create_clip("1")
    assert caught.value.status == 403


def test_a_clip_is_asked_for_with_title_and_duration(twitch: ScriptedTwitch):
    twitch.answer(Reply(202, {"data": [{"id": "C", "edit_url": "e"}]}))
    assert helix(twitch).create_clip("1", "LUL & co", 27.04).id == "C"
    request = twitch.requests[0]
    assert request.method == "POST"
    assert request.params == [("broadcaster_id", "1"), ("title", "LUL & co"), ("duration", "27.0")]


@pytest.mark.parametrize(
    ("reply", "error", "reached"),
    [
        (Reply(500), Unavailable, True),
        (Reply(503), Unavailable, True),
        (Reply(broken=True), Unavailable, True),
        (Reply(429), RateLimited, False),
    ],
)
def test_a_clip_is_never_asked_for_twice(twitch: ScriptedTwitch, reply: Reply, error: type, reached: bool):
    twitch.answer(reply)
    with pytest.raises(error) as caught:
        helix(twitch).create_clip("1")
    assert caught.value.reached is reached
    assert len(twitch.requests) == 1


def test_a_lost_answer_leaves_open_whether_there_is_a_clip(twitch: ScriptedTwitch):
    twitch.answer(Reply(before=lambda: twitch.released.wait(20)))
    with pytest.raises(Deadline) as caught:
        helix(twitch, seconds=0.5).create_clip("1")
    assert caught.value.reached
    assert len(twitch.requests) == 1


@pytest.mark.parametrize("body", [{"data": []}, {"data": [{"edit_url": ""}]}, {"data": [{"id": "1"}, {"id": "2"}]}])
def test_a_clip_answer_of_the_wrong_shape(twitch: ScriptedTwitch, body: object):
    twitch.answer(Reply(202, body))
    with pytest.raises(WrongShape):
        helix(twitch).create_clip("1")
    assert len(twitch.requests) == 1


@given(st.lists(st.tuples(st.just("id"), st.text(max_size=3)), max_size=350))
def test_parts_are_everything_in_order(named: list[tuple[str, str]]):
    cut = list(parts(named))
    assert [each for part in cut for each in part] == named
    assert all(0 < len(part) <= 100 for part in cut)
