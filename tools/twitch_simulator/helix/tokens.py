"""Access tokens: who holds one, for which client and with which scopes, and until when."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final
from uuid import uuid4

CLIENT_ID: Final = "simulator"
CLIENT_SECRET: Final = "simulator"
USER_TOKEN: Final = "simulator-user-token"
REFRESH_TOKEN: Final = "simulator-refresh-token"
USER_ID: Final = "10000001"
USER_LOGIN: Final = "stream_scout"
USER_SCOPES: Final = ("clips:edit", "chat:read", "chat:edit")
LIFETIME_SECONDS: Final = 14_400  # as Twitch's user tokens


@dataclass(frozen=True)
class Token:
    """An access token; an app's has no user."""

    value: str
    client_id: str
    expires_at: int  # ms since 1970
    user_id: str = ""
    login: str = ""
    scopes: tuple[str, ...] = ()


class Tokens:
    """All tokens that are good, and the refresh tokens that give new ones."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._tokens: dict[str, Token] = {}
        self._refresh: set[str] = {REFRESH_TOKEN}
        self._codes: set[str] = {"simulator-code"}
        self._public_refresh: set[str] = set()
        self.lifetime_seconds = LIFETIME_SECONDS  # of the user tokens given from now on
        self._keep(USER_TOKEN, user=True)

    def _keep(self, value: str, user: bool) -> Token:
        lifetime = self.lifetime_seconds if user else LIFETIME_SECONDS
        token = Token(value, CLIENT_ID, self._clock() + lifetime * 1000)
        if user:
            token = replace(token, user_id=USER_ID, login=USER_LOGIN, scopes=USER_SCOPES)
        self._tokens[value] = token
        return token

    def find(self, value: str) -> Token | None:
        """The token, None where it is unknown, revoked or expired."""
        token = self._tokens.get(value)
        return token if token and token.expires_at > self._clock() else None

    def login(self, value: str) -> str | None:
        """The login of a user token, None where it is not good or is an app's."""
        token = self.find(value)
        return (token.login or None) if token else None

    def app_token(self) -> Token:
        """A new token for the application itself."""
        return self._keep(uuid4().hex[:30], user=False)

    def user_token(self) -> tuple[Token, str]:
        """A new user token with its refresh token."""
        refresh = uuid4().hex
        self._refresh.add(refresh)
        return self._keep(uuid4().hex[:30], user=True), refresh

    def exchange_refresh(self, refresh: str) -> tuple[Token, str] | None:
        """A new user token for a refresh token, which stays good; None where it is not good."""
        return (self._keep(uuid4().hex[:30], user=True), refresh) if refresh in self._refresh else None

    def public_token(self) -> tuple[Token, str]:
        """A new user token for a client without a secret; its refresh token is good once."""
        refresh = uuid4().hex
        self._public_refresh.add(refresh)
        return self._keep(uuid4().hex[:30], user=True), refresh

    def exchange_public_refresh(self, refresh: str) -> tuple[Token, str] | None:
        """A new user token and a new refresh token; None where it is not good or was used."""
        if refresh not in self._public_refresh:
            return None
        self._public_refresh.remove(refresh)
        return self.public_token()

    def new_code(self) -> str:
        """An authorization code, good once."""
        code = uuid4().hex[:30]
        self._codes.add(code)
        return code

    def exchange_code(self, code: str) -> tuple[Token, str] | None:
        """A user token for an authorization code. `simulator-code` works any number of times."""
        if code not in self._codes:
            return None
        self._codes &= {"simulator-code"} | (self._codes - {code})
        return self.user_token()

    def revoke(self, value: str) -> bool:
        """Make a token bad; False where it was not good."""
        return self._tokens.pop(value, None) is not None

    def revoke_users(self, refresh_too: bool) -> int:
        """Make all user tokens bad, and with `refresh_too` no new ones can be had. Returns how many were good."""
        bad = [value for value, token in self._tokens.items() if token.user_id]
        for value in bad:
            del self._tokens[value]
        if refresh_too:
            self._refresh.clear()
            self._public_refresh.clear()
        return len(bad)

    def restore(self) -> None:
        """Make the well-known user and refresh tokens good again."""
        self._refresh.add(REFRESH_TOKEN)
        self._keep(USER_TOKEN, user=True)
