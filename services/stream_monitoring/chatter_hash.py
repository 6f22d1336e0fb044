"""The keyed hash that stands for a chatter: the same person, the same hash, and no way back without the key."""

import hashlib
import os
import secrets
from pathlib import Path

KEY_BYTES = 32
DIGEST_BYTES = 8  # 16 hex digits: 2^64, no collision to expect among 10^8 people
CACHE_ENTRIES = 200_000  # about 25 MB; people who talk now talk again


class ChatterHash:
    """Hashes user ids; remembers those seen of late, because most messages come from people seen before."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.recent: dict[bytes, bytes] = {}
        self._older: dict[bytes, bytes] = {}

    def of(self, user_id: bytes) -> bytes:
        """16 hex digits for a user id."""
        known = self.recent.get(user_id)
        return known if known is not None else self._remember(user_id)

    def _remember(self, user_id: bytes) -> bytes:
        digest = self._older.get(user_id)
        if digest is None:
            digest = hashlib.blake2b(user_id, digest_size=DIGEST_BYTES, key=self._key).hexdigest().encode()
        if len(self.recent) >= CACHE_ENTRIES // 2:
            self._older = dict(self.recent)
            self.recent.clear()  # in place: the parser holds this very dict
        self.recent[user_id] = digest
        return digest


def load_or_make_key(path: Path) -> bytes:
    """The secret key in `path`; made with tight permissions where the file is not there yet."""
    try:
        key = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        key = secrets.token_bytes(KEY_BYTES)
        part = path.with_suffix(".part")  # a full disk must not leave half a key behind
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(key.hex())
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    if len(key) < 16:
        raise ValueError(f"{path}: the chatter key is shorter than 16 bytes")
    return key
