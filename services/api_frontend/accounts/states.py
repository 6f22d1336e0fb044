"""Where a sign-in elsewhere left: a state counts once, and only in the browser that it left in."""

import secrets
import time
from collections.abc import Callable

from itsdangerous import BadData, SignatureExpired

from api_frontend.accounts.cookies import Cookies
from api_frontend.translation import _

STATE_SECONDS = 600  # to sign in elsewhere


class SignInFailedError(Exception):
    """Nobody was signed in; the text says why, for people."""


class States:
    """Makes states, and knows whether one that comes back was made here."""

    def __init__(self, cookies: Cookies, clock: Callable[[], float] = time.monotonic) -> None:
        self._cookies, self._clock = cookies, clock
        self._used: dict[str, float] = {}  # states, by when they were; a code counts once elsewhere as well

    def new(self, carried: str) -> tuple[str, str]:
        """Return a state, and the cookie that carries it with a text of ours."""
        state = secrets.token_urlsafe(24)
        return state, self._cookies.state(state, carried)

    def check(self, state: str, cookie: str) -> str:
        """Return the text of a browser that left with this state, lately and for the first time.

        Raises `SignInFailedError`.
        """
        try:
            expected, carried = self._cookies.read_state(cookie, STATE_SECONDS)
        except SignatureExpired as error:
            raise SignInFailedError(_("Signing in took too long. Please start again.")) from error
        except (BadData, ValueError, TypeError) as error:
            raise SignInFailedError(_("This sign-in did not start here. Please start again.")) from error
        if not secrets.compare_digest(expected.encode(), state.encode()) or not self._is_first(expected):
            raise SignInFailedError(_("This sign-in did not start here. Please start again."))
        return carried

    def _is_first(self, state: str) -> bool:
        """Note that a state was used; return whether it was not before."""
        oldest = self._clock() - STATE_SECONDS
        self._used = {each: at for each, at in self._used.items() if at > oldest}
        if state in self._used:
            return False
        self._used[state] = self._clock()
        return True
