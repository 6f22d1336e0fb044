"""A machine A with some moments, clips and people's words, to be backed up and lost."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.support.backup_world import NEEDS_RESTIC, World
from integration.support.recorder_process import fresh_moments
from integration.support.recorder_writer import Writer, example
from msgspec.structs import replace

MOMENTS = 200
ALWAYS = "test_a_lost_machine_comes_back_as_it_was"  # what the rest is for


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave all but one to `make test-backup`: each restores a database, which takes half a minute."""
    if os.environ.get("BACKUP"):
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and item.name != ALWAYS:
            item.add_marker(pytest.mark.skip(reason="make test-backup"))


@pytest.fixture
def world() -> Iterator[World]:
    """A migrated, empty machine A, with backups set up and a first one made."""
    if shutil.which("restic") is None:
        pytest.skip(NEEDS_RESTIC)
    made = World(Path(tempfile.mkdtemp(prefix="bk", dir="/tmp")))  # short
    try:
        made.migrate()
        made.setup()
        yield made
    finally:
        made.close()


@pytest.fixture
def channel(world: World) -> str:
    """A channel with moments and their clips."""
    return fill(world, MOMENTS)


def fill(world: World, number: int) -> str:
    """Write moments and clips of a new channel, as the recorder does; return the channel."""
    channel, moments = fresh_moments(number)
    writer = Writer(world.dsn)
    writer.write("moments", *moments)
    clip = replace(example("clips", "made"), channel_id=channel)
    writer.write("clips", *(replace(clip, moment_id=each.moment_id) for each in moments))
    writer.store.close()
    return channel
