"""The sign-in with Discord, by code and PKCE: a state counts once, and only in the browser that it left in."""

import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from urllib.parse import urlencode

from itsdangerous import BadData, SignatureExpired

from api_frontend.accounts.cookies import Cookies
from api_frontend.accounts.discord_api import SCOPES
from api_frontend.translation import _

STATE_SECONDS = 600  # to sign in at Discord


class SignInFailedError(Exception):
    """Nobody was signed in; the text says why, for people."""


class DiscordSignIn:
    """Sends a browser to Discord's page, and knows whether what it brings back was asked for."""

    def __init__(
        self,
        cookies: Cookies,
        *,
        page: str,
        client_id: str,
        return_url: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cookies, self._page, self._client_id, self._return_url = cookies, page, client_id, return_url
        self._clock = clock
        self._used: dict[str, float] = {}  # states, by when they were; a code counts once at Discord as well

    def begin(self) -> tuple[str, str]:
        """Return Discord's address to send the browser to, and the cookie that it has to bring back."""
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        query = {
            "client_id": self._client_id,
            "redirect_uri": self._return_url,
            "response_type": "code",
            "scope": SCOPES,
            "state": state,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._page}?{urlencode(query)}", self._cookies.state(state, verifier)

    def check(self, state: str, cookie: str) -> str:
        """Return the verifier of a browser that left with this state, lately and for the first time.

        Raises `SignInFailedError`.
        """
        try:
            expected, verifier = self._cookies.read_state(cookie, STATE_SECONDS)
        except SignatureExpired as error:
            raise SignInFailedError(_("Signing in took too long. Please start again.")) from error
        except (BadData, ValueError, TypeError) as error:
            raise SignInFailedError(_("This sign-in did not start here. Please start again.")) from error
        if not secrets.compare_digest(expected.encode(), state.encode()) or not self._is_first(expected):
            raise SignInFailedError(_("This sign-in did not start here. Please start again."))
        return verifier

    def _is_first(self, state: str) -> bool:
        """Note that a state was used; return whether it was not before."""
        oldest = self._clock() - STATE_SECONDS
        self._used = {each: at for each, at in self._used.items() if at > oldest}
        if state in self._used:
            return False
        self._used[state] = self._clock()
        return True


def challenge_of(verifier: str) -> str:
    """Return PKCE's S256 challenge (RFC 7636, 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
