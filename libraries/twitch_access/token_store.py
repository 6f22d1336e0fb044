"""The tokens as this process knows them: the file's, or newer ones that could not be written to it yet."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import structlog

from contracts import metrics
from service_runtime.measures import measure
from twitch_access.token_file import Stamp, StoredTokens, TokenFile

log = structlog.get_logger()
WRITE_AGAIN_SECONDS = 60.0  # after the file could not be written


class TokenStore:
    """Thread-safe. Newer tokens in memory hold until they are written, or until another process writes the file."""

    def __init__(self, file: TokenFile, clock: Callable[[], float]) -> None:
        self._file = file
        self._clock = clock
        self._lock = threading.RLock()
        self._stamp: Stamp | None = None
        self._tokens: StoredTokens | None = None
        self._is_unwritten = False
        self._written_at = 0.0  # when writing was last tried

    def stamp(self) -> Stamp | None:
        """Return a value that changes whenever the file is replaced."""
        return self._file.stamp()

    def lock(self, seconds: float) -> AbstractContextManager[None]:
        """Keep every other process and thread from refreshing; raise `Unavailable` after `seconds`."""
        return self._file.lock(seconds)

    def current(self) -> StoredTokens:
        """Return the tokens; read the file again if it has changed. Raises `SignInNeeded` without any."""
        with self._lock:
            if self._tokens is None or self._file.stamp() != self._stamp:
                return self.read_again()
            if self._is_unwritten and self._clock() >= self._written_at + WRITE_AGAIN_SECONDS:
                self._write(self._tokens)
            return self._tokens

    def read_again(self) -> StoredTokens:
        """Return the file's tokens, or the newer ones that are not in it. Raises `SignInNeeded` without any."""
        with self._lock:
            stamp = self._file.stamp()
            if self._is_unwritten and self._tokens is not None and stamp == self._stamp:
                return self._tokens
            self._tokens = None
            self._tokens, self._stamp, self._is_unwritten = self._file.read(), stamp, False
            measure(metrics.TOKEN_UNWRITTEN).set(0)
            return self._tokens

    def keep(self, tokens: StoredTokens) -> None:
        """Use these tokens from now on and write them; if that fails they are kept in memory and tried again."""
        with self._lock:
            self._tokens = tokens
            self._write(tokens)

    def _write(self, tokens: StoredTokens) -> None:
        self._written_at = self._clock()
        try:
            self._file.write(tokens)
        except OSError as error:
            self._stamp = self._file.stamp()
            if not self._is_unwritten:
                log.error("tokens not written: a restart would lose them", path=str(self._file.path), reason=str(error))
            self._is_unwritten = True
        else:
            if self._is_unwritten:
                log.info("tokens written at last", path=str(self._file.path))
            self._stamp, self._is_unwritten = self._file.stamp(), False
        measure(metrics.TOKEN_UNWRITTEN).set(self._is_unwritten)
