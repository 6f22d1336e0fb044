"""A store, two machines' sources and a collector."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.support.log_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Not started yet."""
    made = World(tmp_path)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Started once for a module whose tests disturb nothing."""
    made = World(tmp_path_factory.mktemp("logs"))
    try:
        made.start()
        yield made
    finally:
        made.stop()
