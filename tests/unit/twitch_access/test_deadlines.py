"""Whatever Twitch or the way to it does, a request ends at its deadline."""

import contextlib
import socket
import threading
import time

import pytest
from unit.support.helix_client import STREAM, FixedToken, helix
from unit.support.scripted_twitch import Reply, ScriptedTwitch

from twitch_access.authority import Authority
from twitch_access.errors import (
    Deadline,
    RateLimited,
    Unavailable,
)
from twitch_access.helix import Helix
from twitch_access.session import Session
from twitch_access.tokens import ApplicationToken
from twitch_access.transport import Transport


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
