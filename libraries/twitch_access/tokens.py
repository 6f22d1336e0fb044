"""The application's and the user's token: fetched, refreshed and validated; a refusal names the person's next step."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Protocol

import msgspec
import structlog

from contracts import metrics
from service_runtime.measures import measure
from twitch_access.answers import GrantedToken, Validation
from twitch_access.authority import Authority
from twitch_access.errors import Refused, SignInNeeded, TwitchError, Unauthorized
from twitch_access.token_file import Stamp, StoredTokens, TokenFile

log = structlog.get_logger()
EARLY_SECONDS = 300.0  # renewed this long before its end; a user token lives about 4 h
VALIDATION_SECONDS = 3600.0  # Twitch asks for an hourly validation
CLIP_SCOPE = "clips:edit"
Clock = Callable[[], float]


class Token(Protocol):
    """A bearer token that renews itself."""

    def value(self) -> str:
        """Return the token to send now."""

    def renew(self, refused: str) -> None:
        """Get another token after Twitch answered 401 to `refused`. Raises `Unauthorized` if there is none."""

    def validate(self) -> None:
        """Ask Twitch whether the token is valid, and renew it if it is not."""


class ApplicationToken:
    """The token of the application itself, kept in memory."""

    def __init__(self, authority: Authority, clock: Clock = time.time) -> None:
        self._authority = authority
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""  # nosec B105  # none yet
        self._expires_at = 0.0

    def value(self) -> str:
        with self._lock:
            if not self._token or self._clock() > self._expires_at - EARLY_SECONDS:
                self._fetch()
            return self._token

    def renew(self, refused: str) -> None:
        with self._lock:
            if self._token == refused:
                self._fetch()

    def validate(self) -> None:
        token = self.value()
        try:
            self._authority.validate(token)
        except Unauthorized:
            self.renew(token)

    def _fetch(self) -> None:
        try:
            granted = self._authority.application_token()
        except Refused as error:
            raise Unauthorized(f"Twitch refuses TWITCH_CLIENT_ID or its secret: {error.message}") from error
        self._token = granted.access_token
        self._expires_at = self._clock() + max(granted.expires_in, 2 * EARLY_SECONDS)


class UserToken:
    """The token of the person who signed in, shared with other processes through its file."""

    def __init__(self, authority: Authority, file: TokenFile, clock: Clock = time.time) -> None:
        self._authority = authority
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._stored: StoredTokens | None = None
        self._refused: Stamp | None = None  # the file whose tokens no refresh could replace

    def value(self) -> str:
        stored = self._current()
        if self._is_refused():
            raise SignInNeeded("Twitch no longer accepts the sign-in")
        if stored.refresh_token and 0 < stored.expires_at < self._clock() + EARLY_SECONDS:
            self.renew(stored.access_token)
            stored = self._current()
        return stored.access_token

    def is_there(self) -> bool:
        """Return, without asking Twitch, whether somebody is signed in and no refresh of the token was refused."""
        try:
            self._current()
        except SignInNeeded:
            return False
        return not self._is_refused()

    def user_id(self) -> str:
        """Return the id of the person who signed in, the creator of our clips; empty if the file lacks it."""
        return self._current().user_id

    def renew(self, refused: str) -> None:
        with self._file.lock():
            stored = self._file.read()
            if stored.access_token != refused:
                return  # another process, or the person, was faster
            self._file.write(self._refresh(stored))
        log.info("user token refreshed", login=stored.login)

    def validate(self) -> None:
        token = self.value()
        try:
            found = self._authority.validate(token)
        except Unauthorized:
            self.renew(token)
            found = self._authority.validate(self.value())
        self._check_scope(found)
        self._remember_user(found)
        measure(metrics.TOKEN_INVALID).set(0)

    def _current(self) -> StoredTokens:
        """Return the file's tokens, read again if the file has changed."""
        with self._lock:
            stamp = self._file.stamp()
            if self._stored is None or stamp != self._stamp:
                try:
                    self._stored = self._file.read()
                except SignInNeeded:
                    measure(metrics.TOKEN_INVALID).set(1)
                    raise
                self._stamp = stamp
            return self._stored

    def _is_refused(self) -> bool:
        """Return whether the file was not written since Twitch refused its tokens."""
        return self._stamp is not None and self._stamp == self._refused

    def _refresh(self, stored: StoredTokens) -> StoredTokens:
        if not stored.refresh_token:
            raise self._sign_in("the token has ended and cannot be refreshed")
        try:
            granted = self._authority.refreshed(stored.refresh_token)
        except (Refused, Unauthorized) as error:
            raise self._sign_in(f"Twitch refuses to refresh the token ({error})") from error
        measure(metrics.TOKEN_INVALID).set(0)
        return replaced(stored, granted, self._clock())

    def _sign_in(self, reason: str) -> SignInNeeded:
        self._refused = self._file.stamp()
        measure(metrics.TOKEN_INVALID).set(1)
        problem = SignInNeeded(reason)
        log.error("a person has to sign in again", reason=str(problem))
        return problem

    def _check_scope(self, found: Validation) -> None:
        if CLIP_SCOPE not in (found.scopes or []):
            measure(metrics.TOKEN_INVALID).set(1)
            raise SignInNeeded(f"the token lacks the scope {CLIP_SCOPE}")

    def _remember_user(self, found: Validation) -> None:
        """Write the user's id where the file lacks it: adoption recognises our own clips by it."""
        if self._current().user_id or not found.user_id:
            return
        with self._file.lock():
            stored = self._file.read()
            self._file.write(
                msgspec.structs.replace(
                    stored, user_id=found.user_id, login=found.login or "", scopes=found.scopes or []
                )
            )


def replaced(stored: StoredTokens, granted: GrantedToken, now: float) -> StoredTokens:
    """Return the stored tokens after a refresh. Twitch may keep the refresh token or give a new one."""
    return msgspec.structs.replace(
        stored,
        access_token=granted.access_token,
        refresh_token=granted.refresh_token or stored.refresh_token,
        expires_at=now + granted.expires_in,
    )


def validate_hourly(tokens: Iterable[Token], stop: threading.Event, seconds: float = VALIDATION_SECONDS) -> None:
    """Validate every token now and then each hour until `stop`; log what is wrong and go on."""
    tokens = list(tokens)
    while not stop.is_set():
        for token in tokens:
            try:
                token.validate()
            except (TwitchError, OSError) as error:
                log.warning("token not validated", kind=type(token).__name__, reason=str(error))
        stop.wait(seconds)
