"""A person signs in once: in this machine's browser, or with a code on any other machine."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

from twitch_access.answers import GrantedToken
from twitch_access.authority import Authority
from twitch_access.errors import Refused, Retryable, TwitchError, Unauthorized
from twitch_access.token_file import StoredTokens
from twitch_access.tokens import CLIP_SCOPE

LONGEST_POLL_SECONDS = 30.0
DONE = b"Signed in. You can close this page and go back to the terminal.\n"
NOT_DONE = b"Not signed in. The terminal says why.\n"
Result = TypeVar("Result")
Tell = Callable[[str], object]


class SignInError(Exception):
    """Nobody was signed in; the text says why and what to do."""


def stored(authority: Authority, granted: GrantedToken, now: float) -> StoredTokens:
    """The tokens to keep, after Twitch has said whose they are. Raises `SignInError` where the scope is missing."""
    found = authority.validate(granted.access_token)
    if CLIP_SCOPE not in (found.scopes or []):
        raise SignInError(f"Twitch granted no {CLIP_SCOPE}: sign in again and agree to it")
    return StoredTokens(
        access_token=granted.access_token,
        refresh_token=granted.refresh_token,
        expires_at=now + granted.expires_in,
        client_id=authority.client_id,
        user_id=found.user_id or "",
        login=found.login or "",
        scopes=found.scopes or [],
    )


@dataclass
class Redirect:
    """What the browser brought back."""

    code: str = ""
    error: str = ""


class RedirectListener:
    """Listens on loopback for the browser's return. `port` is the one registered as the application's redirect."""

    def __init__(self, port: int, state: str) -> None:
        self.redirect = Redirect()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5  # seconds; a browser's idle connection holds up nobody

            def do_GET(self) -> None:
                body = listener.take(self.path, state)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """The address holds the code: it is not logged."""

        self._server = HTTPServer(("127.0.0.1", port), Handler)
        self._server.timeout = 0.5  # seconds between two looks at the deadline

    @property
    def address(self) -> str:
        """Where Twitch is asked to send the browser."""
        return f"http://localhost:{self._server.server_address[1]}"

    def take(self, path: str, state: str) -> bytes:
        """Read one request; a code counts only with our own state. Returns what the browser shows."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if not secrets.compare_digest(query.get("state", "").encode(), state.encode()):
            return b""
        self.redirect.code = query.get("code", "")
        self.redirect.error = query.get("error_description") or query.get("error", "")
        return DONE if self.redirect.code else NOT_DONE

    def wait(self, seconds: float) -> str:
        """The code. Raises `SignInError` where the person refused or nobody came in time."""
        until = time.monotonic() + seconds
        try:
            while not self.redirect.code and not self.redirect.error:
                if time.monotonic() > until:
                    raise SignInError(
                        f"no browser came back to {self.address} within {seconds:.0f} s; "
                        f"on a machine without a browser use --device"
                    )
                self._server.handle_request()
        finally:
            self._server.server_close()
        if self.redirect.error:
            raise SignInError(f"Twitch did not sign you in: {self.redirect.error}")
        return self.redirect.code


def by_browser(authority: Authority, port: int, seconds: float, show: Callable[[str], object]) -> StoredTokens:
    """Sign in by redirect: `show(address)` opens the page. Needs the application's secret.

    Raises `SignInError`, or OSError where the port is taken.
    """
    if not authority.has_secret:
        raise SignInError("the browser's way needs TWITCH_CLIENT_SECRET_FILE; without a secret use --device")
    state = secrets.token_urlsafe(24)
    listener = RedirectListener(port, state)
    query = {
        "client_id": authority.client_id,
        "redirect_uri": listener.address,
        "response_type": "code",
        "scope": CLIP_SCOPE,
        "state": state,
    }
    show(f"{authority.url}authorize?{urlencode(query)}")
    code = listener.wait(seconds)
    return stored(authority, told(lambda: authority.redeem_code(code, listener.address)), time.time())


def by_device(authority: Authority, tell: Tell, wait: Callable[[float], object] = time.sleep) -> StoredTokens:
    """Sign in with a code that the person types in on any machine. Raises `SignInError`."""
    device = told(lambda: authority.device_code(CLIP_SCOPE))
    tell(f"Open {device.verification_uri} on any machine and enter this code: {device.user_code}")
    until = time.monotonic() + device.expires_in
    interval = max(1.0, device.interval)
    while time.monotonic() < until:
        wait(min(interval, LONGEST_POLL_SECONDS))
        try:
            granted = authority.redeem_device(device.device_code, CLIP_SCOPE)
        except Refused as error:
            if "pending" in error.message.lower():
                continue
            if "slow" in error.message.lower():
                interval += 5.0  # as RFC 8628 asks
                continue
            raise SignInError(f"Twitch did not sign you in: {error.message}") from error
        except Retryable as error:
            tell(f"{error}; trying again")
            continue
        return stored(authority, granted, time.time())
    raise SignInError("the code has ended before anyone entered it: start again")


def told(ask: Callable[[], Result]) -> Result:
    """The answer; Twitch's refusal as an error that says what to do."""
    try:
        return ask()
    except (Refused, Unauthorized) as error:
        raise SignInError(f"{error}; check TWITCH_CLIENT_ID, the secret's file and the redirect address") from error
    except TwitchError as error:
        raise SignInError(f"{error}; try again later") from error
