"""The keyed hash that stands for a chatter: the same person, the same hash, and no way back without the key.

It is AES-256 of the user id, cut to 64 bits: a pseudorandom function of what fits into one block. A whole chunk's ids
are one call, for less than remembering each person's hash takes; and nothing has to be remembered.
"""

import hashlib
import secrets
from array import array
from itertools import repeat
from pathlib import Path

from Crypto.Cipher import AES

from service_runtime.files import replace_durably

KEY_BYTES = 32
BLOCK_BYTES = AES.block_size  # 16; user ids have 10 digits
DIGEST_BYTES = 8  # 16 hex digits: 2^64, no collision to expect among 10^8 people
PURPOSE = b"chatter"


class ChatterHash:
    """16 hex digits for each user id. Of use in one thread."""

    def __init__(self, key: bytes) -> None:
        """`key`: of 16 to 64 bytes."""
        aes_key = hashlib.blake2b(key=key, person=PURPOSE, digest_size=32).digest()
        # ECB: each block for itself, so that the same person is the same block.
        self._cipher = AES.new(aes_key, AES.MODE_ECB)

    def of(self, user_id: bytes) -> bytes:
        """16 hex digits for a user id."""
        return self.of_all([user_id])[0]

    def of_all(self, user_ids: list[bytes]) -> list[bytes]:
        """16 hex digits for each user id (at least one), each step for all of them."""
        padded = b"".join(map(bytes.rjust, user_ids, repeat(BLOCK_BYTES)))
        if len(padded) > BLOCK_BYTES * len(user_ids):
            padded = b"".join(map(block_of, user_ids))
        halves = array("Q", self._cipher.encrypt(padded))
        return halves[::2].tobytes().hex("\n", DIGEST_BYTES).encode().split(b"\n")


def block_of(user_id: bytes) -> bytes:
    """One block for a user id of any length."""
    is_short = len(user_id) <= BLOCK_BYTES
    return user_id.rjust(BLOCK_BYTES) if is_short else hashlib.blake2b(user_id, digest_size=BLOCK_BYTES).digest()


def load_or_make_key(path: Path) -> bytes:
    """The secret key in `path`; made with tight permissions where the file is not there yet."""
    try:
        key = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        key = secrets.token_bytes(KEY_BYTES)
        replace_durably(path, key.hex().encode())  # half a key, or one that a power cut takes, is another key
    if not 16 <= len(key) <= hashlib.blake2b.MAX_KEY_SIZE:
        raise ValueError(f"{path}: the chatter key has {len(key)} bytes, not 16 to {hashlib.blake2b.MAX_KEY_SIZE}")
    return key
