"""Issues, refreshes and revokes access tokens."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple
from uuid import uuid4

CLIENT_ID: Final = "simulator"
CLIENT_SECRET: Final = "simulator"
USER_TOKEN: Final = "simulator-user-token"
REFRESH_TOKEN: Final = "simulator-refresh-token"
USER_ID: Final = "10000001"
USER_LOGIN: Final = "stream_scout"
USER_SCOPES: Final = ("clips:edit", "chat:read", "chat:edit")
LIFETIME_SECONDS: Final = 14_400  # as Twitch's user tokens


class User(NamedTuple):
    """An account that signs in, and what it grants; without scopes it only says who it is.

    `has_scopes`: those that are ordered for the account that makes clips.
    """

    user_id: str
    login: str
    has_scopes: bool = False
    scopes: tuple[str, ...] = ()


SCOUT: Final = User(USER_ID, USER_LOGIN, has_scopes=True)


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
    """All valid access and refresh tokens."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._tokens: dict[str, Token] = {}
        self._refresh: dict[str, User] = {REFRESH_TOKEN: SCOUT}
        self._codes: dict[str, User] = {"simulator-code": SCOUT}
        self._public_refresh: set[str] = set()
        self.lifetime_seconds = LIFETIME_SECONDS  # of new user tokens
        self._scopes: tuple[str, ...] = USER_SCOPES  # of user tokens
        self._issue(USER_TOKEN, SCOUT)

    def set_lifetime(self, seconds: int) -> None:
        """Set the lifetime of new user tokens."""
        self.lifetime_seconds = seconds

    def set_scopes(self, scopes: tuple[str, ...]) -> None:
        """Set the scopes of all tokens of the account that makes clips, present and later ones."""
        self._scopes = scopes
        users = {value: token for value, token in self._tokens.items() if token.scopes and token.user_id == USER_ID}
        self._tokens |= {value: replace(token, scopes=scopes) for value, token in users.items()}

    def _issue(self, value: str, user: User | None) -> Token:
        lifetime = self.lifetime_seconds if user else LIFETIME_SECONDS
        token = Token(value, CLIENT_ID, self._clock() + lifetime * 1000)
        if user:
            scopes = self._scopes if user.has_scopes else user.scopes
            token = replace(token, user_id=user.user_id, login=user.login, scopes=scopes)
        self._tokens[value] = token
        return token

    def find(self, value: str) -> Token | None:
        """Return the token; None if it is unknown, revoked or expired."""
        token = self._tokens.get(value)
        return token if token and token.expires_at > self._clock() else None

    def login(self, value: str) -> str | None:
        """Return the login of a user token; None if it is invalid or an app's."""
        token = self.find(value)
        return (token.login or None) if token else None

    def app_token(self) -> Token:
        """Issue an app token."""
        return self._issue(uuid4().hex[:30], None)

    def user_token(self, user: User) -> tuple[Token, str]:
        """Issue a user token with its refresh token."""
        refresh = uuid4().hex
        self._refresh[refresh] = user
        return self._issue(uuid4().hex[:30], user), refresh

    def exchange_refresh(self, refresh: str) -> tuple[Token, str] | None:
        """Issue a user token for a refresh token, which stays valid; return None if it is invalid."""
        user = self._refresh.get(refresh)
        return (self._issue(uuid4().hex[:30], user), refresh) if user else None

    def public_token(self) -> tuple[Token, str]:
        """Issue a user token for a client without a secret; its refresh token can be used once."""
        refresh = uuid4().hex
        self._public_refresh.add(refresh)
        return self._issue(uuid4().hex[:30], SCOUT), refresh

    def exchange_public_refresh(self, refresh: str) -> tuple[Token, str] | None:
        """Issue a user token and a new refresh token; return None if the given one is invalid or was used."""
        if refresh not in self._public_refresh:
            return None
        self._public_refresh.remove(refresh)
        return self.public_token()

    def new_code(self, user: User) -> str:
        """Issue an authorization code of this account, which can be used once."""
        code = uuid4().hex[:30]
        self._codes[code] = user
        return code

    def exchange_code(self, code: str) -> tuple[Token, str] | None:
        """Issue a user token for an authorization code. `simulator-code` can be used any number of times."""
        user = self._codes.get(code)
        if user is None:
            return None
        if code != "simulator-code":
            del self._codes[code]
        return self.user_token(user)

    def revoke(self, value: str) -> bool:
        """Revoke a token; return False if it was not valid."""
        return self._tokens.pop(value, None) is not None

    def revoke_users(self, refresh_too: bool) -> int:
        """Revoke all user tokens, with `refresh_too` their refresh tokens as well; return how many were valid."""
        revoked = [value for value, token in self._tokens.items() if token.user_id]
        for value in revoked:
            del self._tokens[value]
        if refresh_too:
            self._refresh.clear()
            self._public_refresh.clear()
        return len(revoked)

    def disconnect(self, user_id: str) -> int:
        """Revoke what one person granted, refresh tokens too; return how many access tokens were valid."""
        self._refresh = {value: user for value, user in self._refresh.items() if user.user_id != user_id}
        gone = [value for value, token in self._tokens.items() if token.user_id == user_id]
        for value in gone:
            del self._tokens[value]
        return len(gone)

    def count(self, user_id: str) -> int:
        """Return how many access tokens of a person are valid."""
        return sum(token.user_id == user_id and self.find(value) is not None for value, token in self._tokens.items())

    def restore(self) -> None:
        """Make the well-known user and refresh tokens valid again."""
        self._refresh[REFRESH_TOKEN] = SCOUT
        self._issue(USER_TOKEN, SCOUT)
