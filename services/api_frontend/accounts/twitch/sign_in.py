"""Sends a browser to Twitch with the scopes that are asked for, and knows for which channel it comes back.

Twitch's reference knows no PKCE: the state, which counts once and in one browser, and the application's secret hold.
"""

from typing import NamedTuple
from urllib.parse import urlencode

from api_frontend.accounts.cookies import Cookies
from api_frontend.accounts.states import States
from api_frontend.accounts.twitch.scopes import Role, role_in, scopes_of


class Wanted(NamedTuple):
    """The channel whose page a browser left from, by its id, and what its person said to be."""

    channel_id: str
    role: Role


class ChannelSignIn(States):
    """Begins sign-ins; `check` of a state returns what `carried` reads."""

    def __init__(self, cookies: Cookies, *, page: str, client_id: str, return_url: str) -> None:
        super().__init__(cookies)
        self._page, self._client_id, self._return_url = page, client_id, return_url

    def begin(self, wanted: Wanted, held: frozenset[str] = frozenset()) -> tuple[str, str]:
        """Return Twitch's address, and the cookie to bring back. `held`: scopes that the person gave before."""
        state, cookie = self.new(f"{wanted.channel_id} {wanted.role}")
        query = {
            "client_id": self._client_id,
            "redirect_uri": self._return_url,
            "response_type": "code",
            "scope": " ".join(sorted({*scopes_of(wanted.role), *held})),
            "state": state,
            "force_verify": "true",  # the person sees what is asked for, and may take another account
        }
        return f"{self._page}?{urlencode(query)}", cookie

    @staticmethod
    def carried(text: str) -> Wanted:
        """Read what the state carried."""
        channel_id, _, role = text.partition(" ")
        return Wanted(channel_id, role_in(role))
