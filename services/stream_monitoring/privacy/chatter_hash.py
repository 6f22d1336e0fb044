"""The keyed hash that stands for a chatter: the same person, the same hash, and no way back without the key."""

import hashlib
import secrets
from pathlib import Path

from service_runtime.files import replace_durably

KEY_BYTES = 32
DIGEST_BYTES = 8  # 64 bits: among 10^8 people a collision has a chance of 1 in 3,700
PURPOSE = b"chatter"  # the same key in another use gives other hashes


class ChatterHash:
    """BLAKE2b of the user id, keyed and cut to `DIGEST_BYTES` by its own parameters.

    The keyed state is set up once and copied for each person, which saves the block that absorbs the key. The digest's
    size enters the hash: with another size every person becomes somebody else, as with another key, so changing either
    is a change of `contracts.chat_messages.FORMAT_VERSION`.
    """

    def __init__(self, key: bytes) -> None:
        """`key`: of 16 to 64 bytes."""
        self._copy_state = hashlib.blake2b(key=key, person=PURPOSE, digest_size=DIGEST_BYTES).copy

    def of(self, user_id: bytes) -> bytes:
        """Return 16 hex digits for a user id."""
        state = self._copy_state()
        state.update(user_id)
        return state.hexdigest().encode()


def load_or_make_key(path: Path) -> bytes:
    """Return the secret key in `path`; make it, readable by its owner only, where the file does not exist."""
    try:
        key = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        key = secrets.token_bytes(KEY_BYTES)
        replace_durably(path, key.hex().encode())  # half a key, or one lost in a power cut, would be another key
    if not 16 <= len(key) <= hashlib.blake2b.MAX_KEY_SIZE:
        raise ValueError(f"{path}: the chatter key has {len(key)} bytes, not 16 to {hashlib.blake2b.MAX_KEY_SIZE}")
    return key
