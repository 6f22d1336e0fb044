"""Codes and tokens of people who signed in."""

from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest

from discord_simulator.oauth.grants import GrantError, Grants

BACK = "http://localhost/back"


class Clock:
    """Milliseconds that tests set."""

    now = 0

    def __call__(self) -> int:
        return self.now


def test_a_code_is_redeemed_once_at_its_address() -> None:
    grants = Grants(Clock())
    code = grants.new_code(7, BACK, ("identify",))
    token = grants.redeem(code, BACK, "")
    assert grants.find(token.value) is token
    for value, address in ((code, BACK), (grants.new_code(7, BACK, ()), "http://elsewhere")):
        with pytest.raises(GrantError, match="invalid_grant"):
            grants.redeem(value, address, "")


def test_pkce_needs_the_verifier() -> None:
    grants, verifier = Grants(Clock()), "v" * 43
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    assert grants.redeem(grants.new_code(7, BACK, (), challenge), BACK, verifier)
    for wrong in ("", "w" * 43, challenge):
        with pytest.raises(GrantError):
            grants.redeem(grants.new_code(7, BACK, (), challenge), BACK, wrong)


def test_codes_and_tokens_run_out() -> None:
    clock = Clock()
    grants = Grants(clock)
    code = grants.new_code(7, BACK, ())
    clock.now = 60_000
    with pytest.raises(GrantError):
        grants.redeem(code, BACK, "")
    token = grants.redeem(grants.new_code(7, BACK, ()), BACK, "")
    clock.now += 604_800_000
    assert grants.find(token.value) is None


def test_a_refresh_replaces_and_a_revocation_ends() -> None:
    grants = Grants(Clock())
    first = grants.redeem(grants.new_code(7, BACK, ("guilds",)), BACK, "")
    second = grants.refresh(first.refresh)
    assert (second.user_id, second.scopes, grants.find(first.value)) == (7, ("guilds",), None)
    with pytest.raises(GrantError):
        grants.refresh(first.refresh)
    grants.revoke(second.refresh)
    assert grants.find(second.value) is None
