"""The chatter hash's key: made once, readable by its owner only, whole or not there."""

import errno
import os
import stat

import pytest

from stream_monitoring.chatter_hash import load_or_make_key


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
