"""A Twitch in memory, a store in a folder, and what asks the one and fills the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from unit.support.viewer_clips_twitch import FakeTwitch, make_asker

from contracts.viewer_clips import ViewerClip
from viewer_clips.asking.asker import Asker
from viewer_clips.kept.store import Store


@pytest.fixture
def twitch() -> FakeTwitch:
    return FakeTwitch()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "store.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def sent() -> list[ViewerClip]:
    return []


@pytest.fixture
def asker(twitch: FakeTwitch, store: Store, sent: list[ViewerClip]) -> Asker:
    """Our account is `us`; the time is NOW."""
    return make_asker(twitch, store, sent.extend)
