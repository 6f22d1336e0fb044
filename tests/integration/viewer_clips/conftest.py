"""A simulated Twitch, and the service beside it."""

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from integration.support.quiet_simulator import QUIET
from integration.support.viewer_clips_process import ViewerClipsService, Watching

from twitch_simulator.process import SimulatorProcess

FLAGS = ("--channels", "6", "--messages-per-second", "0", "--clip-delay-seconds", "0", "--vod-offset-seconds", "1")


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """Six live channels in which nothing happens by itself."""
    with SimulatorProcess(tmp_path_factory.mktemp("simulator") / "truth", *FLAGS, *QUIET) as process:
        yield process


@pytest.fixture
def service(
    empty_topics: str, simulator: SimulatorProcess, tmp_path: Path
) -> Iterator[Callable[..., ViewerClipsService]]:
    """`service(**settings)`: the service on empty topics, not started; it ends with the test."""
    made: list[ViewerClipsService] = []

    def make(**settings: str) -> ViewerClipsService:
        made.append(ViewerClipsService(empty_topics, simulator, tmp_path, **settings))
        return made[-1]

    yield make
    for each in made:
        if hasattr(each, "process") and each.process.poll() is None:
            each.end(signal.SIGKILL)
        sys.stdout.write(each.log.read_text() if each.log.exists() else "")


@pytest.fixture
def watching(empty_topics: str, simulator: SimulatorProcess) -> Watching:
    """Says who is watched."""
    return Watching(empty_topics, simulator)
