"""The application's and the user's token: fetched, refreshed and validated; a refusal names the person's next step."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

import msgspec
import structlog

from contracts import metrics
from service_runtime.measures import measure
from twitch_access.answers import GrantedToken, Validation
from twitch_access.authority import Authority
from twitch_access.errors import Deadline, Refused, SignInNeeded, TwitchError, Unauthorized
from twitch_access.token_file import Stamp, StoredTokens, TokenFile
from twitch_access.token_store import TokenStore

log = structlog.get_logger()
EARLY_SECONDS = 300.0  # renewed this long before its end; a user token lives about 4 h
VALIDATION_SECONDS = 3600.0  # Twitch asks for an hourly validation
CLIP_SCOPE = "clips:edit"
Clock = Callable[[], float]


class Token(Protocol):
    """A bearer token that renews itself. `seconds`: the longest time that asking Twitch for it may take."""

    def value(self, seconds: float) -> str:
        """Return the token to send now."""

    def renew(self, refused: str, seconds: float) -> None:
        """Get another token after Twitch answered 401 to `refused`. Raises `Unauthorized` if there is none."""

    def lacks_scope(self, message: str) -> SignInNeeded:
        """Note that Twitch refused the token for a scope, in these words; return the error to raise."""

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

    def value(self, seconds: float) -> str:
        with held_within(self._lock, seconds) as left:
            if not self._token or self._clock() > self._expires_at - EARLY_SECONDS:
                self._fetch(left)
            return self._token

    def renew(self, refused: str, seconds: float) -> None:
        with held_within(self._lock, seconds) as left:
            if self._token == refused:
                self._fetch(left)

    def lacks_scope(self, message: str) -> SignInNeeded:
        return SignInNeeded(f"an application may not do this: {message}")

    def validate(self) -> None:
        token = self.value(self._authority.deadline_seconds)
        try:
            self._authority.validate(token)
        except Unauthorized:
            self.renew(token, self._authority.deadline_seconds)

    def _fetch(self, seconds: float) -> None:
        try:
            granted = self._authority.application_token(seconds)
        except Refused as error:
            raise Unauthorized(f"Twitch refuses TWITCH_CLIENT_ID or its secret: {error.message}") from error
        self._token = granted.access_token
        self._expires_at = self._clock() + max(granted.expires_in, 2 * EARLY_SECONDS)


class UserToken:
    """The token of the person who signed in, shared with other processes through its file."""

    def __init__(self, authority: Authority, file: TokenFile, clock: Clock = time.time) -> None:
        self._authority = authority
        self._store = TokenStore(file, clock)
        self._clock = clock
        self._refused: Stamp | None = None  # the file whose tokens Twitch refused for good
        self._refusal = ""

    def value(self, seconds: float) -> str:
        stored = self._current()
        if self._is_refused():
            raise SignInNeeded(self._refusal)
        if stored.refresh_token and 0 < stored.expires_at < self._clock() + EARLY_SECONDS:
            self.renew(stored.access_token, seconds)
            stored = self._current()
        return stored.access_token

    def problem(self) -> str:
        """Return, without asking Twitch, why a person has to sign in; empty if nobody has to."""
        try:
            self._current()
        except SignInNeeded as error:
            return str(error)
        return str(SignInNeeded(self._refusal)) if self._is_refused() else ""

    def user_id(self) -> str:
        """Return the id of the person who signed in, the creator of our clips; empty if the file lacks it."""
        return self._current().user_id

    def renew(self, refused: str, seconds: float) -> None:
        until = time.monotonic() + seconds
        with self._store.lock(seconds):
            stored = self._store.read_again()
            if stored.access_token != refused:
                return  # another process, or the person, was faster
            self._store.keep(self._refresh(stored, until - time.monotonic()))
        log.info("user token refreshed", login=stored.login)

    def lacks_scope(self, message: str) -> SignInNeeded:
        return self._sign_in(f"the token lacks a scope ({message})")

    def validate(self) -> None:
        seconds = self._authority.deadline_seconds
        token = self.value(seconds)
        try:
            found = self._authority.validate(token)
        except Unauthorized:
            self.renew(token, seconds)
            found = self._authority.validate(self.value(seconds))
        if CLIP_SCOPE not in (found.scopes or []):
            raise self._sign_in(f"the token lacks the scope {CLIP_SCOPE}")
        self._remember_user(found, seconds)
        measure(metrics.TOKEN_INVALID).set(0)

    def _current(self) -> StoredTokens:
        """Return the tokens, read again if the file has changed."""
        try:
            return self._store.current()
        except SignInNeeded:
            measure(metrics.TOKEN_INVALID).set(1)
            raise

    def _is_refused(self) -> bool:
        """Return whether the file was not written since Twitch refused its tokens."""
        return bool(self._refusal) and self._store.stamp() == self._refused

    def _refresh(self, stored: StoredTokens, seconds: float) -> StoredTokens:
        if not stored.refresh_token:
            raise self._sign_in("the token has ended and cannot be refreshed")
        try:
            granted = self._authority.refreshed(stored.refresh_token, seconds)
        except (Refused, Unauthorized) as error:
            raise self._sign_in(f"Twitch refuses to refresh the token ({error})") from error
        measure(metrics.TOKEN_INVALID).set(0)
        self._refusal = ""
        return replaced(stored, granted, self._clock())

    def _sign_in(self, reason: str) -> SignInNeeded:
        self._refused, self._refusal = self._store.stamp(), reason
        measure(metrics.TOKEN_INVALID).set(1)
        problem = SignInNeeded(reason)
        log.error("a person has to sign in again", reason=str(problem))
        return problem

    def _remember_user(self, found: Validation, seconds: float) -> None:
        """Write the user's id where the file lacks it: adoption recognises our own clips by it."""
        if self._current().user_id or not found.user_id:
            return
        with self._store.lock(seconds):
            stored = self._store.read_again()
            self._store.keep(
                msgspec.structs.replace(
                    stored, user_id=found.user_id, login=found.login or "", scopes=found.scopes or []
                )
            )


@contextmanager
def held_within(lock: threading.Lock, seconds: float) -> Iterator[float]:
    """Hold a lock and give the seconds left; raise `Deadline` if another thread keeps it too long."""
    until = time.monotonic() + seconds
    if not lock.acquire(timeout=max(0.0, seconds)):
        raise Deadline(seconds, reached=False)
    try:
        yield max(0.0, until - time.monotonic())
    finally:
        lock.release()


def replaced(stored: StoredTokens, granted: GrantedToken, now: float) -> StoredTokens:
    """Return the stored tokens after a refresh. Twitch may keep the refresh token or give a new one."""
    return msgspec.structs.replace(
        stored,
        access_token=granted.access_token,
        refresh_token=granted.refresh_token or stored.refresh_token,
        expires_at=now + granted.expires_in if granted.expires_in else 0.0,
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
