import contextlib
import socket
import threading
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.support.scripted_twitch import Reply, ScriptedTwitch

from twitch_access.answers import Stream, decode_page
from twitch_access.authority import Authority
from twitch_access.errors import (
    Deadline,
    RateLimited,
    Refused,
    SignInNeeded,
    Unauthorized,
    Unavailable,
    WrongShape,
)
from twitch_access.helix import Helix, parts
from twitch_access.session import Session
from twitch_access.tokens import ApplicationToken
from twitch_access.transport import Transport

STREAM = {
    "id": "9",
    "user_id": "1",
    "user_login": "a",
    "user_name": "A",
    "started_at": "2026-01-01T00:00:00Z",
    "viewer_count": 5,
    "a_field_of_next_year": [],
}
NO_ITEMS = Reply(body={"data": []})


class FixedToken:
    """A token that is what it is; remembers that it was refused."""

    def __init__(self) -> None:
        self.renewals = 0

    def value(self, seconds: float) -> str:
        return f"token-{self.renewals}"

    def renew(self, refused: str, seconds: float) -> None:
        self.renewals += 1

    def lacks_scope(self, message: str) -> SignInNeeded:
        return SignInNeeded(message)

    def validate(self) -> None:
        """Always valid."""


def helix(twitch: ScriptedTwitch, seconds: float = 3.0) -> Helix:
    session = Session(Transport(), twitch.url, "client", FixedToken(), seconds)
    return Helix(session, session)


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


def test_reading_gives_up_at_its_deadline(twitch: ScriptedTwitch):
    twitch.answer(Reply(500))
    started = time.monotonic()
    with pytest.raises(Unavailable):
        helix(twitch, seconds=1.0).get_streams(["1"])
    assert time.monotonic() - started < 3.0


def test_a_last_attempt_cut_off_does_not_hide_twitchs_answer(twitch: ScriptedTwitch):
    twitch.answer(Reply(500), Reply(body={"data": []}, before=lambda: twitch.released.wait(20)))
    with pytest.raises(Unavailable, match="streams answered 500"):
        helix(twitch, seconds=2.0).get_streams(["1"])
    assert len(twitch.requests) == 2


def test_silence_ends_at_the_deadline(twitch: ScriptedTwitch):
    twitch.answer(Reply(body={"data": []}, before=lambda: twitch.released.wait(20)))
    started = time.monotonic()
    with pytest.raises(Deadline):
        helix(twitch, seconds=0.5).get_streams(["1"])
    assert time.monotonic() - started < 3.0


def test_a_spent_budget_waits_within_the_deadline(twitch: ScriptedTwitch):
    reset = {"Ratelimit-Limit": "800", "Ratelimit-Remaining": "0", "Ratelimit-Reset": str(int(time.time()))}
    twitch.answer(Reply(429, headers=reset), Reply(body={"data": [STREAM]}))
    started = time.monotonic()
    assert len(helix(twitch, seconds=5).get_streams(["1"])) == 1
    assert time.monotonic() - started > 0.9


def test_a_budget_spent_beyond_the_deadline_asks_no_more(twitch: ScriptedTwitch):
    """Each later call is an error at once."""
    reset = {"Ratelimit-Limit": "800", "Ratelimit-Remaining": "0", "Ratelimit-Reset": str(int(time.time()) + 40)}
    twitch.answer(Reply(429, headers=reset))
    way = helix(twitch, seconds=2)
    for _ in range(3):
        with pytest.raises(RateLimited) as caught:
            way.get_streams(["1"])
        assert 30 < caught.value.reset_at - time.time() <= 41
    assert len(twitch.requests) == 1


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


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.parametrize("seconds", [1.0, 4.0])
def test_a_closed_port_ends_by_the_deadline(seconds: float):
    """And not before there was time for several attempts; the address that cannot be reached is named."""
    url = f"http://127.0.0.1:{closed_port()}/"
    authority = Authority(Transport(), url, "client", "hidden", seconds)
    sessions = [
        Session(Transport(), url, "client", token, seconds) for token in (FixedToken(), ApplicationToken(authority))
    ]
    for session in sessions:
        started = time.monotonic()
        with pytest.raises(Unavailable, match=f"no connection to {url}"):
            Helix(session).get_streams(["1"])
        assert seconds / 3 < time.monotonic() - started < seconds + 0.5


def dripping(server: socket.socket) -> None:
    """Answer the first connection with a header that never ends."""
    connection, _ = server.accept()
    with contextlib.suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)


def test_headers_that_drip_in_end_at_the_deadline():
    """Each byte would give a read another whole timeout."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=dripping, args=(server,), daemon=True).start()
        session = Session(Transport(), f"http://127.0.0.1:{server.getsockname()[1]}/", "client", FixedToken(), 1.0)
        started = time.monotonic()
        with pytest.raises(Deadline) as caught:
            Helix(session, session).create_clip("1")
    assert time.monotonic() - started < 1.5
    assert caught.value.reached


def test_a_name_server_that_does_not_answer_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch):
    """Nothing was sent, so a clip may be asked for again."""
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: released.wait(20) and [])
    session = Session(Transport(), "http://silent.example/", "client", FixedToken(), 0.5)
    started = time.monotonic()
    with pytest.raises(Deadline, match=r"silent\.example") as caught:
        Helix(session, session).create_clip("1")
    released.set()
    assert time.monotonic() - started < 1.0
    assert not caught.value.reached


def test_a_new_token_does_not_prolong_the_deadline(twitch: ScriptedTwitch):
    """Twitch refuses late, and the sign-in does not answer at all."""
    twitch.answer(
        Reply(body={"access_token": "app", "expires_in": 5000}),
        Reply(401, {"message": "Invalid OAuth token"}, before=lambda: time.sleep(0.5)),
        Reply(before=lambda: twitch.released.wait(20)),
    )
    authority = Authority(Transport(), twitch.url, "client", "hidden", 1.0)
    session = Session(Transport(), twitch.url, "client", ApplicationToken(authority), 1.0)
    started = time.monotonic()
    with pytest.raises(Deadline):
        Helix(session).get_streams(["1"])
    assert time.monotonic() - started < 1.5


def test_nobody_listens(twitch: ScriptedTwitch):
    session = Session(Transport(), "http://127.0.0.1:9/", "client", FixedToken(), 0.5)
    with pytest.raises(Unavailable) as caught:
        Helix(session, session).create_clip("1")
    assert not caught.value.reached


@given(st.lists(st.tuples(st.just("id"), st.text(max_size=3)), max_size=350))
def test_parts_are_everything_in_order(named: list[tuple[str, str]]):
    cut = list(parts(named))
    assert [each for part in cut for each in part] == named
    assert all(0 < len(part) <= 100 for part in cut)
