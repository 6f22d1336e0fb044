"""Codes and tokens of people who signed in (developer documentation, OAuth2)."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Final

from discord_simulator.clock import Clock

CODE_MS: Final = 60_000
TOKEN_SECONDS: Final = 604_800  # a week, as Discord's
SCOPES: Final = ("identify", "guilds", "email", "bot", "applications.commands")


class GrantError(Exception):
    """Refuses a token; the text is OAuth2's `error`."""


@dataclass(frozen=True)
class Code:
    """An authorization code. `challenge`: PKCE's, empty without it."""

    user_id: int
    redirect_uri: str
    scopes: tuple[str, ...]
    challenge: str
    method: str
    expires_at: int


@dataclass(frozen=True)
class UserToken:
    """An access token of a person."""

    value: str
    refresh: str
    user_id: int
    scopes: tuple[str, ...]
    expires_at: int


def fits(code: Code, verifier: str) -> bool:
    """Return whether a PKCE verifier fits a code's challenge."""
    if not code.challenge:
        return True
    expected = verifier
    if code.method == "S256":
        expected = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return compare_digest(expected.encode(), code.challenge.encode())


class Grants:
    """All codes and tokens that are valid."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._codes: dict[str, Code] = {}
        self._tokens: dict[str, UserToken] = {}

    def new_code(
        self, user_id: int, redirect_uri: str, scopes: tuple[str, ...], challenge: str = "", method: str = "S256"
    ) -> str:
        """Make a code for a person who agreed."""
        value = token_urlsafe(24)
        self._codes[value] = Code(user_id, redirect_uri, scopes, challenge, method, self._clock() + CODE_MS)
        return value

    def redeem(self, value: str, redirect_uri: str, verifier: str) -> UserToken:
        """Redeem a code once. Raises GrantError."""
        code = self._codes.pop(value, None)
        if code is None or code.expires_at <= self._clock() or code.redirect_uri != redirect_uri:
            raise GrantError("invalid_grant")
        if not fits(code, verifier):
            raise GrantError("invalid_grant")
        return self._issue(code.user_id, code.scopes)

    def refresh(self, value: str) -> UserToken:
        """Replace a token by its refresh token. Raises GrantError."""
        old = next((each for each in self._tokens.values() if each.refresh == value), None)
        if old is None:
            raise GrantError("invalid_grant")
        del self._tokens[old.value]
        return self._issue(old.user_id, old.scopes)

    def _issue(self, user_id: int, scopes: tuple[str, ...]) -> UserToken:
        expires_at = self._clock() + TOKEN_SECONDS * 1000
        token = UserToken(token_urlsafe(24), token_urlsafe(24), user_id, scopes, expires_at)
        self._tokens[token.value] = token
        return token

    def find(self, value: str) -> UserToken | None:
        """Return a valid access token."""
        token = self._tokens.get(value)
        return token if token and token.expires_at > self._clock() else None

    def revoke(self, value: str) -> None:
        """Void an access token or the one with this refresh token."""
        self._tokens = {
            key: each for key, each in self._tokens.items() if value not in (each.value, each.refresh)
        }  # fmt: skip

    def revoke_all(self) -> None:
        """Void everything."""
        self._tokens.clear()
        self._codes.clear()
