"""The door of machine A, over real sockets: one machine, once, in time."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from install.errors import InstallError
from install.join.handover import Handover, Line
from install.join.invitation import MALFORMED, OVER, USED, WRONG, Endpoint, Invitation
from install.join.joining import fetch

HERE = "127.0.0.1"
SHARED = Handover({"MACHINE_A": HERE}, {"kafka_password": "s3cret"})


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@contextmanager
def door(
    accepted: list[str], seconds: float = 30, now: Callable[[], float] = time.monotonic
) -> Iterator[tuple[Endpoint, "threading.Thread", list[str]]]:
    """A door that is waited at."""
    endpoint = Endpoint(HERE, Invitation(SHARED, seconds, now), accepted.append, port=0)
    result: list[str] = []
    waiting = threading.Thread(target=lambda: result.append(endpoint.wait()))
    waiting.start()
    try:
        yield endpoint, waiting, result
    finally:
        if waiting.is_alive():
            endpoint.give_up()
        waiting.join(10)


def post(endpoint: Endpoint, body: str, path: str = "/join") -> tuple[int, str]:
    connection = http.client.HTTPConnection(HERE, endpoint.line.port, 10)
    connection.request("POST", path, body)
    reply = connection.getresponse()
    return reply.status, reply.read().decode()


def asking(token: str, address: str = HERE) -> str:
    return json.dumps({"token": token, "address": address})


def refusal(said: tuple[int, str]) -> tuple[int, str]:
    return said[0], json.loads(said[1])["error"]


def test_the_first_use_closes_it() -> None:
    accepted: list[str] = []
    with door(accepted) as (endpoint, waiting, result):
        assert fetch(endpoint.line, HERE) == SHARED
        waiting.join(10)
        assert (result, accepted) == ([HERE], [HERE])
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((HERE, endpoint.line.port), 2)
        with pytest.raises(InstallError, match="good once, for 30 minutes"):
            fetch(endpoint.line, HERE)


def test_a_wrong_token_is_refused_and_leaves_it_open() -> None:
    accepted: list[str] = []
    with door(accepted) as (endpoint, waiting, _):
        line = endpoint.line
        for token in ("x" * 32, line.token[:-1], line.token + "x", "", "é"):
            assert refusal(post(endpoint, asking(token))) == (403, WRONG)
        with pytest.raises(InstallError, match=r"Machine A refuses\. The token is wrong"):
            fetch(Line(HERE, line.port, "x" * 32), HERE)
        assert accepted == []
        assert waiting.is_alive()
        assert fetch(line, HERE) == SHARED


def test_a_second_use_that_was_on_its_way_is_refused() -> None:
    invitation = Invitation(SHARED, 30)
    assert invitation.redeem(invitation.token, "100.64.0.2", lambda _: None)[0] == 200
    assert invitation.redeem(invitation.token, "100.64.0.3", lambda _: None) == (410, USED)


def test_of_many_at_once_one_gets_in() -> None:
    accepted: list[str] = []
    invitation = Invitation(SHARED, 30)
    with ThreadPoolExecutor(16) as pool:
        ask = [pool.submit(invitation.redeem, invitation.token, str(each), accepted.append) for each in range(200)]
    answers = [each.result()[0] for each in ask]
    assert answers.count(200) == 1
    assert answers.count(410) == 199
    assert len(accepted) == 1


def test_after_its_time_it_is_refused() -> None:
    clock = Clock()
    invitation = Invitation(SHARED, 1800, clock)
    clock.seconds += 1799.9
    assert invitation.seconds_left == pytest.approx(0.1)
    clock.seconds += 0.2
    assert invitation.redeem(invitation.token, HERE, lambda _: None) == (410, OVER)


def test_after_its_time_it_closes_by_itself() -> None:
    with door([], seconds=0.3) as (endpoint, waiting, result):
        waiting.join(10)
        assert result == [""]
        with pytest.raises(InstallError, match="Nobody answers"):
            fetch(endpoint.line, HERE)


def test_an_address_that_is_not_where_it_comes_from_is_refused() -> None:
    with door([]) as (endpoint, _, _):
        status, said = refusal(post(endpoint, asking(endpoint.line.token, "100.64.0.9")))
        assert status == 403
        assert "100.64.0.9" in said


@pytest.mark.parametrize("body", ["", "x", "[]", "{}", '{"token": "x"}', '"' + "x" * 5000 + '"'])
def test_what_is_no_request_is_refused(body: str) -> None:
    with door([]) as (endpoint, waiting, _):
        assert refusal(post(endpoint, body)) == (400, MALFORMED)
        assert refusal(post(endpoint, asking(endpoint.line.token), "/other"))[0] == 404
        assert waiting.is_alive()


def test_a_client_that_says_nothing_blocks_nobody() -> None:
    with door([]) as (endpoint, _, _), socket.create_connection((HERE, endpoint.line.port), 2):
        assert fetch(endpoint.line, HERE) == SHARED


def test_nothing_is_logged(capfd: pytest.CaptureFixture[str]) -> None:
    with door([]) as (endpoint, _, _):
        post(endpoint, asking("wrong"))
        fetch(endpoint.line, HERE)
    assert capfd.readouterr() == ("", "")


def test_a_note_that_cannot_be_made_hands_nothing_over() -> None:
    """B is let in once A knows its address for good; on a full disk the line stays good."""
    invitation = Invitation(SHARED, 30)

    def full(_: str) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        invitation.redeem(invitation.token, HERE, full)
    assert invitation.joined == ""
    endpoint = Endpoint(HERE, invitation, full, port=0)
    waiting = threading.Thread(target=endpoint.wait)
    waiting.start()
    with pytest.raises(InstallError, match=r"could not note this machine.*No space left"):
        fetch(endpoint.line, HERE)
    endpoint.give_up()
    waiting.join(10)
    assert invitation.redeem(invitation.token, HERE, lambda _: None)[0] == 200
