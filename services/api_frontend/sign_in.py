"""A streamer's sign-in with Twitch, which only says whose channel it is: authorization code, no scopes, nothing kept.

Two short-lived signed cookies carry it: one with the state that the browser was sent away with, one that says who came
back. Their key lives as long as the process: after a restart whoever was signing in begins again.
"""

import secrets
from urllib.parse import urlencode

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from api_frontend.data.stored_moment import Channel
from api_frontend.text.links import outward
from api_frontend.translation import _
from twitch_access.authority import Authority
from twitch_access.errors import TwitchError
from twitch_access.settings import TwitchSettings
from twitch_access.transport import Transport

STATE_SECONDS = 600  # to sign in at Twitch
CONFIRM_SECONDS = 300  # to confirm afterwards


class SignInFailedError(Exception):
    """Nobody was signed in; the text says why, for people."""


class StreamerSignIn:
    """Sends a browser to Twitch's page, and reads from what it brings back whose channel it is."""

    def __init__(self, authority: Authority, page: str, return_url: str) -> None:
        self._authority, self._page, self._return_url = authority, page, return_url
        key = secrets.token_bytes(32)
        self._states = URLSafeTimedSerializer(key, salt="state")
        self._streamers = URLSafeTimedSerializer(key, salt="streamer")

    def begin(self) -> tuple[str, str]:
        """Return Twitch's address to send the browser to, and the cookie that it has to bring back."""
        state = secrets.token_urlsafe(24)
        query = {
            "client_id": self._authority.client_id,
            "redirect_uri": self._return_url,
            "response_type": "code",
            "scope": "",
            "state": state,
            "force_verify": "true",  # somebody else may be signed in at Twitch
        }
        return f"{self._page}?{urlencode(query)}", self._states.dumps(state)

    def check(self, state: str, cookie: str) -> None:
        """Raise `SignInFailedError` unless this browser was sent away with this state, lately."""
        try:
            expected = self._states.loads(cookie, max_age=STATE_SECONDS)
        except SignatureExpired as error:
            raise SignInFailedError(_("Signing in took too long. Please start again.")) from error
        except BadSignature as error:
            raise SignInFailedError(_("This sign-in did not start here. Please start again.")) from error
        if not secrets.compare_digest(str(expected).encode(), state.encode()):
            raise SignInFailedError(_("This sign-in did not start here. Please start again."))

    def redeem(self, code: str) -> Channel:
        """Ask Twitch whose code this is; blocks for some seconds at worst. Raises `SignInFailedError`."""
        try:
            granted = self._authority.redeem_code(code, self._return_url)
            found = self._authority.validate(granted.access_token)
        except TwitchError as error:
            raise SignInFailedError(_("Twitch did not confirm the sign-in. Please try again in a minute.")) from error
        if not found.user_id or not found.login or found.client_id != self._authority.client_id:
            raise SignInFailedError(_("Twitch did not say whose channel it is. Please try again in a minute."))
        return Channel(found.user_id, found.login, found.login)

    def streamer_cookie(self, channel: Channel) -> str:
        """Return the cookie that says who came back."""
        return self._streamers.dumps([channel.channel_id, channel.login])

    def streamer(self, cookie: str | None) -> Channel | None:
        """Return who came back lately with this cookie; None if nobody did."""
        try:
            channel_id, login = self._streamers.loads(cookie or "", max_age=CONFIRM_SECONDS)
        except BadSignature:
            return None
        return Channel(channel_id, login, login)


def streamer_sign_in(twitch: TwitchSettings, return_url: str, demo: bool) -> StreamerSignIn | None:
    """Build the sign-in; None where the application or the address that Twitch sends people back to is not set."""
    secret = twitch.client_secret() if not twitch.anonymous else None
    page = outward(f"{twitch.auth_url}authorize", demo)
    if not secret or not return_url or not page:
        return None
    authority = Authority(Transport(), twitch.auth_url, twitch.client_id, secret, twitch.deadline_seconds)
    return StreamerSignIn(authority, page, return_url)
