"""What a browser carries after a sign-in with Discord: parts of a token, states that count once; and whose rights."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_frontend.accounts.cookies import Cookies, in_two, joined, xor
from api_frontend.accounts.discord_api import OwnGuild
from api_frontend.accounts.sign_in import STATE_SECONDS, DiscordSignIn, SignInFailedError
from api_frontend.text.discord.forms import fields_in, id_in, number_in
from api_frontend.text.discord.message import examples, said
from discord_notices.messages.examples import EXAMPLES
from discord_notices.settings.wrong_input import WrongInput
from discord_notices.wording import LANGUAGES


@given(st.text(max_size=200))
def test_a_token_is_whole_only_with_both_parts(token: str) -> None:
    one, other = in_two(token)
    assert joined(one, other) == token
    assert len(one) == len(other) == len(token.encode())
    again, _ = in_two(token)
    assert again != one or len(one) < 8  # drawn anew each time


@given(st.binary(min_size=1, max_size=50), st.binary(min_size=1, max_size=50))
def test_parts_of_other_lengths_do_not_belong_together(one: bytes, other: bytes) -> None:
    if len(one) == len(other):
        assert xor(xor(one, other), other) == one
    else:
        with pytest.raises(ValueError):
            xor(one, other)


@given(st.binary(max_size=64), st.binary(max_size=64), st.text(max_size=100))
def test_a_cookie_is_read_with_its_own_key_alone(session_id: bytes, part: bytes, junk: str) -> None:
    ours, theirs = Cookies("secret"), Cookies("another")
    cookie = ours.session(session_id, part)
    assert ours.read_session(cookie) == (session_id, part)
    assert theirs.read_session(cookie) is None
    assert ours.read_session(junk) is None
    assert ours.read_session(ours.notice(junk)) is None  # each kind of cookie is signed for its own use
    assert ours.read_notice(ours.notice(junk)) == junk
    assert ours.csrf(session_id) != theirs.csrf(session_id)


def sign_in(clock: list[float]) -> tuple[Cookies, DiscordSignIn]:
    cookies = Cookies("secret")
    return cookies, DiscordSignIn(cookies, page="https://x", client_id="1", return_url="r", clock=lambda: clock[0])


def test_a_state_counts_once_and_is_forgotten_when_its_cookie_is() -> None:
    clock = [0.0]
    cookies, signing = sign_in(clock)
    cookie = cookies.state("state", "verifier")
    assert signing.check("state", cookie) == "verifier"
    with pytest.raises(SignInFailedError, match="did not start here"):
        signing.check("state", cookie)
    clock[0] += STATE_SECONDS + 1
    signing.check("other", cookies.state("other", "v"))
    assert set(signing._used) == {"other"}


def test_a_state_that_does_not_fit_is_not_used_up() -> None:
    cookies, signing = sign_in([0.0])
    cookie = cookies.state("state", "verifier")
    for state, told in (("wrong", cookie), ("state", cookie + "x"), ("state", ""), ("state", cookies.notice("state"))):
        with pytest.raises(SignInFailedError):
            signing.check(state, told)
    assert signing.check("state", cookie) == "verifier"


@pytest.mark.parametrize(
    ("owner", "permissions", "may"),
    [
        (True, "0", True),
        (False, str(1 << 5), True),
        (False, str(1 << 3), True),
        (False, str((1 << 5) | (1 << 40)), True),
        (False, str((1 << 53) - 1 - (1 << 5) - (1 << 3)), False),
        (False, "0", False),
        (False, "", False),
        (False, "-32", False),
        (False, "x", False),
    ],
)
def test_who_may_manage_a_server(owner: bool, permissions: str, may: bool) -> None:
    assert OwnGuild(id="1", owner=owner, permissions=permissions).may_manage == may


def test_fields_of_a_form() -> None:
    boxes = [("on", "0"), ("on", "1"), ("early", "0"), ("x", "a"), ("x", "b")]
    pairs = [*boxes, ("moods", ""), ("moods", "awe"), ("moods", "hype")]
    assert fields_in(pairs) == {"on": "1", "early": "0", "moods": "awe,hype", "x": "b"}
    for wrong in ("-1", "1" * 20, "٣", "1.5", "x"):
        with pytest.raises(WrongInput):
            id_in({"channel": wrong}, "channel")
        with pytest.raises(WrongInput):
            number_in({"rarity": wrong}, "rarity")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_message_is_shown_in_every_language(language: str) -> None:
    shown = examples((*EXAMPLES, "weekly"), language=language)
    assert len(shown) == 6
    for each in shown:
        assert "<a " not in each.content + each.description  # only to be looked at
        assert "&lt;" not in each.content
    assert (
        shown[0].title
        == {"en": "This is an example", "de": "Das ist ein Beispiel", "es": "Esto es un ejemplo"}[language]
    )


def test_answers_of_the_rules_are_shown_without_their_links_and_escaped() -> None:
    assert said("**a** <b> [x](https://x.example)") == ('<strong>a</strong> &lt;b&gt; <span class="link">x</span>')
