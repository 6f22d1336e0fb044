"""The signed-in user's tokens on disk: shared by several processes, replaced whole, readable by the owner only."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from service_runtime.files import OWNER_ONLY, replace_durably
from twitch_access.errors import SignInNeeded, Unavailable

LOCK_POLL_SECONDS = 0.05
Stamp = tuple[int, int, int]  # changes with every write of the file


class StoredTokens(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The file's content. `expires_at`: seconds since 1970, 0 where it is not known."""

    access_token: str
    refresh_token: str | None = None
    expires_at: float = 0.0
    client_id: str = ""
    user_id: str = ""
    login: str = ""
    scopes: list[str] = []


class TokenFile:
    """One token file and the lock beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def stamp(self) -> Stamp | None:
        """Return a value that changes whenever the file is replaced; None if there is no file."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino, status.st_size

    def read(self) -> StoredTokens:
        """Return the tokens; raise `SignInNeeded` if the file is missing or damaged."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=StoredTokens)
        except FileNotFoundError as error:
            raise SignInNeeded(f"there is no {self.path}") from error
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise SignInNeeded(f"{self.path} cannot be read ({error})") from error

    def write(self, tokens: StoredTokens) -> None:
        """Replace the file at once and durably; raise OSError if that fails, and keep the old file."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_durably(self.path, msgspec.json.format(msgspec.json.encode(tokens), indent=2) + b"\n")

    @contextmanager
    def lock(self, seconds: float) -> Iterator[None]:
        """Keep every other process and thread from refreshing; raise `Unavailable` after `seconds`."""
        until = time.monotonic() + seconds
        descriptor = self._lock_descriptor()
        try:
            while not try_lock(descriptor):
                if time.monotonic() > until:
                    raise Unavailable(f"another process holds {self.path}.lock", reached=False)
                time.sleep(LOCK_POLL_SECONDS)
            yield
        finally:
            os.close(descriptor)  # and the lock with it

    def _lock_descriptor(self) -> int:
        """Open the lock file; where none can be made, as on a read-only disk, the token file itself."""
        try:
            return os.open(self.path.with_name(self.path.name + ".lock"), os.O_RDWR | os.O_CREAT, OWNER_ONLY)
        except OSError as error:
            try:
                return os.open(self.path, os.O_RDONLY)
            except OSError:
                raise SignInNeeded(f"{self.path} cannot be locked ({error})") from error


def try_lock(descriptor: int) -> bool:
    """Return whether the lock is ours now."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
