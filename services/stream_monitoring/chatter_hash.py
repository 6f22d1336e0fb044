"""The keyed hash that stands for a chatter: the same person, the same hash, and no way back without the key."""

import hashlib
import secrets
from pathlib import Path

from service_runtime.files import replace_durably

KEY_BYTES = 32
DIGEST_BYTES = 8  # 16 hex digits: 2^64, no collision to expect among 10^8 people
CACHE_ENTRIES = 200_000  # about 25 MB; people who talk now talk again


class ChatterHash(dict[bytes, bytes]):
    """16 hex digits for each user id; remembers those seen of late: most messages come from people seen before.

    A dict, so that the parser looks up a whole list of ids without a call of ours for those that are known.
    """

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._keyed = hashlib.blake2b(digest_size=DIGEST_BYTES, key=key)
        self._older: dict[bytes, bytes] = {}

    def __missing__(self, user_id: bytes) -> bytes:
        digest = self._older.get(user_id)
        if digest is None:
            hashed = self._keyed.copy()  # has taken in the key already: half of the work
            hashed.update(user_id)
            digest = hashed.hexdigest().encode()
        if len(self) >= CACHE_ENTRIES // 2:
            self._older = dict(self)
            self.clear()
        self[user_id] = digest
        return digest

    def of(self, user_id: bytes) -> bytes:
        """16 hex digits for a user id."""
        return self[user_id]


def load_or_make_key(path: Path) -> bytes:
    """The secret key in `path`; made with tight permissions where the file is not there yet."""
    try:
        key = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        key = secrets.token_bytes(KEY_BYTES)
        replace_durably(path, key.hex().encode())  # half a key, or one that a power cut takes, is another key
    if len(key) < 16:
        raise ValueError(f"{path}: the chatter key is shorter than 16 bytes")
    return key
