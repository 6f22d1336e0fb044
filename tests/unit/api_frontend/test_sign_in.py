"""A streamer's sign-in: what a browser brings back counts for a short time, and only if it was sent from here."""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import TimestampSigner

from api_frontend.data.stored_moment import Channel
from api_frontend.sign_in import CONFIRM_SECONDS, STATE_SECONDS, SignInFailedError, StreamerSignIn, streamer_sign_in
from twitch_access.authority import Authority
from twitch_access.settings import TwitchSettings
from twitch_access.transport import Transport

RETURN = "https://site.example/channels/opt-out/return"
LUNA = Channel("11", "lunaplays", "lunaplays")


def made() -> StreamerSignIn:
    """A sign-in with a key of its own."""
    authority = Authority(Transport(), "https://id.example/oauth2/", "our-id", "secret", 1)
    return StreamerSignIn(authority, "https://id.example/oauth2/authorize", RETURN)


SIGN_IN = made()
Wait = Callable[[float], None]


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Wait:
    """`wait(seconds)`: what follows happens so much later."""

    def later(seconds: float) -> None:
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(time.time() + seconds))

    return later


def state_of(address: str) -> str:
    """The state in Twitch's address."""
    return parse_qs(urlsplit(address).query)["state"][0]


def test_the_browser_is_sent_without_scopes() -> None:
    address, _ = SIGN_IN.begin()
    query = parse_qs(urlsplit(address).query, keep_blank_values=True)
    assert address.startswith("https://id.example/oauth2/authorize?")
    assert query["scope"] == [""]
    assert query["redirect_uri"] == [RETURN]
    assert "secret" not in address
    assert state_of(SIGN_IN.begin()[0]) != state_of(address)


def test_a_state_counts_for_ten_minutes(wait: Wait) -> None:
    address, cookie = SIGN_IN.begin()
    wait(STATE_SECONDS - 2)
    SIGN_IN.check(state_of(address), cookie)
    wait(STATE_SECONDS + 2)
    with pytest.raises(SignInFailedError, match="took too long"):
        SIGN_IN.check(state_of(address), cookie)


def test_who_came_back_is_known_for_five_minutes(wait: Wait) -> None:
    cookie = SIGN_IN.streamer_cookie(LUNA)
    wait(CONFIRM_SECONDS - 2)
    assert SIGN_IN.streamer(cookie) == LUNA
    wait(CONFIRM_SECONDS + 2)
    assert SIGN_IN.streamer(cookie) is None


def test_cookies_of_another_key_or_purpose_are_not_ours() -> None:
    address, cookie = made().begin()
    with pytest.raises(SignInFailedError, match="did not start here"):
        SIGN_IN.check(state_of(address), cookie)
    assert SIGN_IN.streamer(made().streamer_cookie(LUNA)) is None
    assert SIGN_IN.streamer(SIGN_IN.begin()[1]) is None
    with pytest.raises(SignInFailedError, match="did not start here"):
        SIGN_IN.check("11", SIGN_IN.streamer_cookie(LUNA))


@given(st.text(), st.text())
def test_any_text_is_no_sign_in(state: str, cookie: str) -> None:
    with pytest.raises(SignInFailedError):
        SIGN_IN.check(state, cookie)
    with pytest.raises(SignInFailedError):
        SIGN_IN.check(state, SIGN_IN.begin()[1])
    assert SIGN_IN.streamer(cookie) is None


@pytest.mark.parametrize(
    ("client_id", "has_secret", "address", "expected"),
    [("id", True, RETURN, True), ("", True, RETURN, False), ("id", False, RETURN, False), ("id", True, "", False)],
)
def test_it_needs_an_application_and_an_address(
    client_id: str, has_secret: bool, address: str, expected: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("secrets") / "secret"
    secret.write_text("secret")
    settings = TwitchSettings(client_id=client_id, client_secret_file=secret if has_secret else None)
    assert (streamer_sign_in(settings, address, demo=False) is not None) == expected


@pytest.mark.parametrize(
    ("auth_url", "demo", "page"),
    [
        ("http://127.0.0.1:5003/oauth2/", True, "/oauth2/authorize"),
        ("http://127.0.0.1:5003/oauth2/", False, "http://127.0.0.1:5003/oauth2/authorize"),
        ("https://id.twitch.tv/oauth2/", False, "https://id.twitch.tv/oauth2/authorize"),
        ("https://id.twitch.tv/oauth2/", True, None),
    ],
)
def test_in_a_demo_the_browser_stays_at_the_address_that_it_opened(
    tmp_path: Path, auth_url: str, demo: bool, page: str | None
) -> None:
    """A phone does not reach the simulator; the site passes its page on (embedded.demo_site)."""
    (tmp_path / "secret").write_text("secret")
    settings = TwitchSettings(client_id="our-id", client_secret_file=tmp_path / "secret", auth_url=auth_url)
    sign_in = streamer_sign_in(settings, RETURN, demo)
    assert (sign_in and sign_in.begin()[0].partition("?")[0]) == page
