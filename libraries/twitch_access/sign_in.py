"""Signs a person in once: in this machine's browser, or with a code entered on any other machine."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from twitch_access.answers import GrantedToken
from twitch_access.authority import Authority
from twitch_access.errors import Refused, Retryable, TwitchError, Unauthorized
from twitch_access.token_file import StoredTokens
from twitch_access.tokens import CLIP_SCOPE

LOOPBACK = "127.0.0.1"  # nobody else on the network can send a code
IDLE_CONNECTION_SECONDS = 5  # browsers open connections ahead of need; one without a request is closed after this
DEADLINE_CHECK_SECONDS = 0.5
SLOW_DOWN_SECONDS = 5.0  # added to the interval at each slow_down, RFC 8628 section 3.5
SIGNED_IN_PAGE = b"Signed in. You can close this page and go back to the terminal.\n"
NOT_SIGNED_IN_PAGE = b"Not signed in. The terminal shows why.\n"
Show = Callable[[str], object]


class SignInError(Exception):
    """Nobody was signed in; the text gives the reason and what to do."""


class RedirectListener(HTTPServer):
    """Waits on loopback for the browser that Twitch sends back.

    `port` is the one of the application's redirect URL; `SignInError` if it is taken.
    """

    timeout = DEADLINE_CHECK_SECONDS
    code = ""
    error = ""

    def __init__(self, port: int, state: str) -> None:
        self._state = state
        try:
            super().__init__((LOOPBACK, port), RedirectHandler)
        except OSError as error:
            raise SignInError(
                f"port {port} cannot be listened on ({error.strerror}): stop the program that uses it, "
                f"or register a redirect URL with another port and pass --port"
            ) from error
        self.address = f"http://localhost:{self.server_port}"

    def receive(self, path: str) -> bytes:
        """Read one request and return its page; empty unless it carries our own state."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if not secrets.compare_digest(query.get("state", "").encode(), self._state.encode()):
            return b""
        self.code = query.get("code", "")
        self.error = query.get("error_description") or query.get("error", "")
        return SIGNED_IN_PAGE if self.code else NOT_SIGNED_IN_PAGE

    def wait(self, seconds: float) -> str:
        """Return the code; `SignInError` if the person refused or no browser came in time."""
        until = time.monotonic() + seconds
        while not self.code and not self.error:
            if time.monotonic() > until:
                raise SignInError(
                    f"no browser came back to {self.address} within {seconds:.0f} s; "
                    f"on a machine without a browser use --device"
                )
            self.handle_request()
        if self.error:
            raise SignInError(f"Twitch did not sign you in: {self.error}")
        return self.code


class RedirectHandler(BaseHTTPRequestHandler):
    """One request to a `RedirectListener`."""

    server: RedirectListener
    timeout = IDLE_CONNECTION_SECONDS

    def do_GET(self) -> None:
        page = self.server.receive(self.path)
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Log nothing: the address holds the code."""


def sign_in_by_browser(authority: Authority, port: int, seconds: float, show: Show) -> StoredTokens:
    """Sign in by redirect within `seconds`; `show(address)` opens the page. Raises `SignInError`."""
    if not authority.has_secret:
        raise SignInError("signing in by browser needs TWITCH_CLIENT_SECRET_FILE; without a secret use --device")
    state = secrets.token_urlsafe(24)
    with RedirectListener(port, state) as listener:
        query = {
            "client_id": authority.client_id,
            "redirect_uri": listener.address,
            "response_type": "code",
            "scope": CLIP_SCOPE,
            "state": state,
        }
        show(f"{authority.url}authorize?{urlencode(query)}")
        code = listener.wait(seconds)
    with refusals_explained():
        return tokens_to_store(authority, authority.redeem_code(code, listener.address))


def sign_in_by_device(authority: Authority, show: Show, wait: Callable[[float], object] = time.sleep) -> StoredTokens:
    """Sign in with a code that the person enters on any machine; `show` prints a line. Raises `SignInError`."""
    with refusals_explained():
        device = authority.device_code(CLIP_SCOPE)
    show(f"Open {device.verification_uri} on any machine and enter this code: {device.user_code}")
    until = time.monotonic() + device.expires_in
    interval = max(1.0, device.interval)
    while (left := until - time.monotonic()) > 0:
        wait(min(interval, left))
        try:
            granted = authority.redeem_device(device.device_code, CLIP_SCOPE)
        except Refused as error:
            if "slow" in error.message.lower():
                interval += SLOW_DOWN_SECONDS
            elif "pending" not in error.message.lower():
                raise SignInError(f"Twitch did not sign you in: {error.message}") from error
        except Retryable as error:
            show(f"{error}; trying again")
        else:
            with refusals_explained():
                return tokens_to_store(authority, granted)
    raise SignInError("the code expired before anyone entered it: start again")


def tokens_to_store(authority: Authority, granted: GrantedToken) -> StoredTokens:
    """Ask Twitch whose token it is; `SignInError` if it lacks the scope."""
    expires_at = time.time() + granted.expires_in if granted.expires_in else 0.0
    found = authority.validate(granted.access_token)
    scopes = found.scopes or []
    if CLIP_SCOPE not in scopes:
        raise SignInError(f"Twitch granted no {CLIP_SCOPE}: sign in again and agree to it")
    return StoredTokens(
        access_token=granted.access_token,
        refresh_token=granted.refresh_token,
        expires_at=expires_at,
        client_id=authority.client_id,
        user_id=found.user_id or "",
        login=found.login or "",
        scopes=scopes,
    )


@contextmanager
def refusals_explained() -> Iterator[None]:
    """Turn Twitch's errors into a `SignInError` that names what to do."""
    try:
        yield
    except (Refused, Unauthorized) as error:
        raise SignInError(f"{error}; check TWITCH_CLIENT_ID, the secret's file and the redirect URL") from error
    except TwitchError as error:
        raise SignInError(f"{error}; try again later") from error
