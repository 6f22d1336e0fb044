"""Encrypts the tokens that Twitch gives for a person: what lies in Postgres and its backups says nothing by itself."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence

import msgspec


class PersonTokens(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept encrypted. `ends_at`: seconds since 1970; 0 where Twitch did not say."""

    access_token: str
    refresh_token: str = ""
    ends_at: float = 0.0

    def __repr__(self) -> str:
        return "PersonTokens(…)"


class UnreadableError(Exception):
    """The tokens were encrypted with a key that is not in the file (any more)."""


class Keyring:
    """The first key encrypts; every one of them reads. Fernet: AES-128-CBC with HMAC-SHA256."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        # Takes 10 MB, which a site without the feature does not need.
        from cryptography.fernet import Fernet, InvalidToken, MultiFernet

        fernets = [Fernet(urlsafe_b64encode(each)) for each in keys]
        self._newest, self._all, self._invalid = fernets[0], MultiFernet(fernets), InvalidToken

    def locked(self, tokens: PersonTokens) -> bytes:
        """Encrypt tokens."""
        return self._newest.encrypt(msgspec.json.encode(tokens))

    def opened(self, stored: bytes) -> PersonTokens:
        """Decrypt tokens. Raises `UnreadableError`."""
        try:
            return msgspec.json.decode(self._all.decrypt(stored), type=PersonTokens)
        except (self._invalid, msgspec.MsgspecError) as error:
            raise UnreadableError("no key of the file opens the tokens") from error

    def renewed(self, stored: bytes) -> bytes | None:
        """Encrypt with the first key what another encrypted; None if the first one did. Raises `UnreadableError`."""
        try:
            self._newest.decrypt(stored)
        except self._invalid:
            return self.locked(self.opened(stored))
        return None
