"""clip_creator as a process, and channels that no other test uses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.support.clip_creator_process import ClipCreator, Simulator, Start, channels


@pytest.fixture
def service(isolated: Start) -> ClipCreator:
    """A process with default settings."""
    return isolated()


@pytest.fixture
def channel(twitch: Simulator) -> str:
    """A channel that no other test here uses, so that no cool-down applies."""
    return next(channels(twitch))


@pytest.fixture
def isolated(empty_topics: str, twitch: Simulator, tmp_path: Path) -> Iterator[Start]:
    """`isolated(**settings)`: a process with settings of its own."""
    started: list[ClipCreator] = []

    def start(**settings: str) -> ClipCreator:
        started.append(ClipCreator(empty_topics, twitch.url, tmp_path, **settings))
        return started[-1]

    yield start
    for each in started:
        assert each.stop() == 0, each.log.read_text()[-3000:]
