"""The device flow's waits and ends, against a scripted Twitch."""

import pytest
from unit.support.scripted_twitch import Reply, ScriptedTwitch

from twitch_access.authority import Authority
from twitch_access.sign_in import SignInError, sign_in_by_device
from twitch_access.transport import Transport

GRANTED = {"access_token": "new", "refresh_token": "again", "expires_in": 14_400}
PERSON = {"client_id": "us", "expires_in": 14_400, "user_id": "7", "login": "scout", "scopes": ["clips:edit"]}


def device(interval: float, expires_in: int = 1800) -> Reply:
    body = {"device_code": "d", "user_code": "CODE", "verification_uri": "https://www.twitch.tv/activate"}
    return Reply(body=body | {"expires_in": expires_in, "interval": interval})


def refused(message: str) -> Reply:
    return Reply(400, {"status": 400, "message": message})


@pytest.fixture
def authority(twitch: ScriptedTwitch) -> Authority:
    return Authority(Transport(), twitch.url, "us", None, deadline_seconds=0.3)


def test_every_poll_waits_for_the_interval(twitch: ScriptedTwitch, authority: Authority):
    """RFC 8628: a slow_down lengthens the interval by 5 s for all polls that follow."""
    pending = refused("authorization_pending")
    twitch.answer(device(7), pending, refused("slow_down"), pending, Reply(body=GRANTED), Reply(body=PERSON))
    waits: list[float] = []
    lines: list[str] = []
    tokens = sign_in_by_device(authority, lines.append, waits.append)
    assert waits == [7, 7, 12, 12]
    assert (tokens.access_token, tokens.refresh_token, tokens.user_id) == ("new", "again", "7")
    assert "CODE" in lines[0]


def test_no_wait_outlasts_the_code(twitch: ScriptedTwitch, authority: Authority):
    twitch.answer(device(interval=600, expires_in=60), refused("invalid device code"))
    waits: list[float] = []
    with pytest.raises(SignInError, match="invalid device code"):
        sign_in_by_device(authority, print, waits.append)
    assert len(waits) == 1
    assert 50 < waits[0] <= 60


def test_an_outage_between_polls_is_survived(twitch: ScriptedTwitch, authority: Authority):
    lines: list[str] = []

    def show(line: str) -> None:
        lines.append(line)
        if "trying again" in line:
            twitch.answer(Reply(body=GRANTED), Reply(body=PERSON))

    twitch.answer(device(1), Reply(503))
    assert sign_in_by_device(authority, show, lambda _: None).login == "scout"
    assert len(lines) == 2


def test_a_token_without_the_scope_is_refused(twitch: ScriptedTwitch, authority: Authority):
    twitch.answer(device(1), Reply(body=GRANTED), Reply(body=PERSON | {"scopes": []}))
    with pytest.raises(SignInError, match="clips:edit"):
        sign_in_by_device(authority, print, lambda _: None)
