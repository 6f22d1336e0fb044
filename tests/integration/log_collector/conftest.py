"""A store, two machines' sources and a collector."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.log_collector.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    try:
        yield made
    finally:
        made.stop()
