"""An answer of any shape is an answer or a typed error."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from unit.support import odd_answers
from unit.support.helix_client import FixedToken
from unit.support.scripted_twitch import Reply, ScriptedTwitch

from contracts import metrics
from service_runtime.measures import measure
from twitch_access.answers import FoundClip, Stream, Video, decode_page, problem
from twitch_access.authority import Authority
from twitch_access.errors import Refused, TwitchError, WrongShape
from twitch_access.helix import Helix
from twitch_access.session import Session
from twitch_access.transport import Transport

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ENDPOINTS: dict[str, tuple[Callable[[Helix], Any], dict[str, Any]]] = {
    "users": (lambda helix: helix.get_users(ids=["1"]), odd_answers.USER),
    "streams": (lambda helix: helix.get_streams(["1"]), odd_answers.STREAM),
    "top streams": (lambda helix: helix.get_top_streams(20), odd_answers.STREAM),
    "games": (lambda helix: helix.get_games(names=["Chess"]), odd_answers.GAME),
    "videos": (lambda helix: helix.get_archives("1"), odd_answers.VIDEO),
    "clips": (lambda helix: helix.get_clips(["C"]), odd_answers.CLIP),
    "clips between": (lambda helix: helix.get_clips_between("1", START, START), odd_answers.CLIP),
    "clips page": (lambda helix: helix.get_clips_page("1", START, START), odd_answers.CLIP),
    "videos by id": (lambda helix: helix.get_videos(["1"]), odd_answers.VIDEO),
    "clip request": (lambda helix: helix.create_clip("1", "LUL", 20.0), odd_answers.REQUESTED_CLIP),
}
SIGN_IN: dict[str, tuple[Callable[[Authority], Any], dict[str, Any]]] = {
    "token": (lambda authority: authority.refreshed("first"), odd_answers.GRANT),
    "validate": (lambda authority: authority.validate("old"), odd_answers.VALIDATION),
}


@pytest.fixture(scope="module")
def transport() -> Transport:
    return Transport()


def helix(twitch: ScriptedTwitch, transport: Transport) -> Helix:
    session = Session(transport, twitch.url, "client", FixedToken(), 2.0)
    return Helix(session, session)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_any_answer_is_read_or_a_typed_error(twitch: ScriptedTwitch, transport: Transport, endpoint: str):
    ask, item = ENDPOINTS[endpoint]
    way = helix(twitch, transport)
    for status in (200, 202):
        twitch.answer(Reply(status, {"data": [item], "pagination": {}}))
        assert ask(way)
    for reply in odd_answers.page_replies(item):
        twitch.answer(reply)
        with contextlib.suppress(TwitchError):
            ask(way)


@pytest.mark.parametrize("endpoint", SIGN_IN)
def test_any_answer_of_the_sign_in_is_read_or_a_typed_error(
    twitch: ScriptedTwitch, transport: Transport, endpoint: str
):
    ask, item = SIGN_IN[endpoint]
    authority = Authority(transport, twitch.url, "client", "hidden", 2.0)
    for reply in odd_answers.object_replies(item):
        twitch.answer(reply)
        with contextlib.suppress(TwitchError):
            ask(authority)


@pytest.mark.parametrize(
    ("kind", "item", "field"),
    [
        (Stream, odd_answers.STREAM, "started_at"),
        (Video, odd_answers.VIDEO, "created_at"),
        (FoundClip, odd_answers.CLIP, "created_at"),
    ],
)
def test_a_time_without_a_zone_is_utc(kind: Any, item: dict[str, Any], field: str):
    page = decode_page(Reply(body={"data": [item | {field: "2026-01-01T10:00:00"}]}).sent(), kind, "x")
    assert getattr(page.data[0], field) == datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_null_is_as_good_as_missing(twitch: ScriptedTwitch, transport: Transport):
    """Streams without a category have been seen with null for its name."""
    odd = odd_answers.STREAM | {"game_id": None, "game_name": None, "title": None, "viewer_count": None, "tags": None}
    twitch.answer(Reply(body={"data": [odd], "pagination": {"cursor": None}}))
    (stream,) = helix(twitch, transport).get_streams(["1"])
    assert (stream.game_id, stream.game_name, stream.title, stream.viewer_count) == ("", "", "", 0)


def test_one_odd_item_does_not_spoil_its_page(twitch: ScriptedTwitch, transport: Transport):
    """Deleted accounts are listed with an empty login; they are left out and counted."""
    counted = measure(metrics.HELIX_ODD_ITEMS).labels(endpoint="streams")
    before = counted._value.get()
    twitch.answer(Reply(body={"data": [odd_answers.STREAM | {"user_login": ""}, odd_answers.STREAM]}))
    assert [each.user_login for each in helix(twitch, transport).get_streams(["1", "2"])] == ["afro"]
    assert counted._value.get() == before + 1


def test_a_login_that_chat_would_read_as_a_command_is_none():
    with pytest.raises(WrongShape):
        decode_page(Reply(body={"data": [odd_answers.STREAM | {"user_login": "a\r\nQUIT"}]}).sent(), Stream, "x")


def test_pages_without_end_are_given_up(twitch: ScriptedTwitch, transport: Transport):
    numbers = iter(range(10_000))
    twitch.make = lambda: Reply(body={"data": [odd_answers.STREAM], "pagination": {"cursor": str(next(numbers))}})
    assert len(helix(twitch, transport).get_top_streams(150)) == 1
    assert len(twitch.requests) == 8


@pytest.mark.parametrize("body", [b"<html>secret</html>", b"", b'{"message": 7}', b"null"])
def test_a_refusal_without_words_names_the_address(twitch: ScriptedTwitch, transport: Transport, body: bytes):
    twitch.answer(Reply(404, body))
    with pytest.raises(Refused, match=f"{twitch.url}streams gave no reason"):
        helix(twitch, transport).get_streams(["1"])
    assert problem(body) == ""


def test_a_token_that_no_header_can_carry_is_a_typed_error(twitch: ScriptedTwitch, transport: Transport):
    class OddToken(FixedToken):
        def value(self, seconds: float) -> str:
            return "tökën"

    session = Session(transport, twitch.url, "client", OddToken(), 0.5)
    with pytest.raises(TwitchError, match="cannot be asked"):
        Helix(session).get_streams(["1"])
