"""A simulated Discord for the tests of one file."""

from collections.abc import Iterator
from typing import Any

import pytest

from discord_simulator.process import DiscordProcess


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DiscordProcess]:
    """Three servers with the bot and one without."""
    with DiscordProcess(tmp_path_factory.mktemp("discord") / "truth") as process:
        yield process


@pytest.fixture
def guild(simulator: DiscordProcess) -> dict[str, Any]:
    """A new server, so that no test sees another's."""
    return simulator.order("guild", name="Test")
