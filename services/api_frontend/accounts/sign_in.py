"""The sign-in with Discord, by code and PKCE: a state counts once, and only in the browser that it left in."""

import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from urllib.parse import urlencode

from api_frontend.accounts.cookies import Cookies
from api_frontend.accounts.discord_api import SCOPES
from api_frontend.accounts.states import STATE_SECONDS, SignInFailedError, States

__all__ = ["STATE_SECONDS", "DiscordSignIn", "SignInFailedError", "challenge_of"]


class DiscordSignIn(States):
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
        super().__init__(cookies, clock)
        self._page, self._client_id, self._return_url = page, client_id, return_url

    def begin(self) -> tuple[str, str]:
        """Return Discord's address to send the browser to, and the cookie that it has to bring back."""
        verifier = secrets.token_urlsafe(48)
        state, cookie = self.new(verifier)
        query = {
            "client_id": self._client_id,
            "redirect_uri": self._return_url,
            "response_type": "code",
            "scope": SCOPES,
            "state": state,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._page}?{urlencode(query)}", cookie


def challenge_of(verifier: str) -> str:
    """Return PKCE's S256 challenge (RFC 7636, 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
