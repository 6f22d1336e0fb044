"""The hash of a chatter, and its key: made once, readable by its owner only, whole or not there."""

import errno
import os
import re
import stat
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_monitoring.privacy.chatter_hash import ChatterHash, load_or_make_key

KEY = bytes(range(32))

user_ids = st.text(string.digits, min_size=1, max_size=20).map(str.encode)


def test_the_key_is_made_once_for_its_owner_only(tmp_path):
    path = tmp_path / "chatter.key"
    key = load_or_make_key(path)
    assert load_or_make_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_full_disk_leaves_no_half_key_behind(tmp_path, monkeypatch):
    path = tmp_path / "chatter.key"

    def no_room(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_room)
        with pytest.raises(OSError, match="No space left"):
            load_or_make_key(path)
    assert len(load_or_make_key(path)) == 32


@given(st.sets(user_ids, min_size=1, max_size=50))
def test_no_two_people_have_one_hash(ids):
    chatters = ChatterHash(KEY)
    found = [chatters.of(each) for each in ids]
    assert found == [chatters.of(each) for each in ids]
    assert all(re.fullmatch(rb"[0-9a-f]{16}", each) for each in found)
    assert len(set(found)) == len(ids)


def test_the_hash_depends_on_the_key():
    assert ChatterHash(KEY).of(b"123") != ChatterHash(KEY[::-1]).of(b"123")


def test_a_person_keeps_the_hash_for_ever():
    """The value is made by `hashlib.blake2b` in one call, without the copied state."""
    assert ChatterHash(KEY).of(b"123456789") == b"83f5200203a3949a"


@pytest.mark.parametrize("size", [15, 65])
def test_a_key_of_the_wrong_size_is_told(tmp_path, size):
    path = tmp_path / "chatter.key"
    path.write_text((b"k" * size).hex())
    with pytest.raises(ValueError, match=f"has {size} bytes, not 16 to 64"):
        load_or_make_key(path)
