"""A system with disks and a link that can fail; prints the table at the end."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks._syncs import SlowDisk
from end_to_end.world import World
from faults import discord_table, disk, table
from faults import link as links
from faults.catalogue import FaultPoints
from faults.disk import Disk
from faults.link import Link
from faults.packets import Packets
from faults.play import CHANNELS, CLIP_TIMEOUTS

from embedded.addresses import Ports
from embedded.processes.ports import free_ports
from embedded.system import System
from twitch_simulator.process import SimulatorProcess

ACROSS_THE_LINK = {  # of machine B to its role in Postgres on A
    "stream_monitoring": "chooser",
    "recorder": "recorder",
    "emote_counter": "emote_counter",
    "viewer_clips": "viewer_clips",
}
SPOOL_MEGABYTES, KAFKA_MEGABYTES = 192, 1024


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip everything here without FAULTS: a fault takes a minute or more."""
    if os.environ.get("FAULTS"):
        return
    for item in items:
        if item.get_closest_marker("fault"):
            item.add_marker(pytest.mark.skip(reason="a long fault run: make test-faults"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    if table.lines:
        terminalreporter.section("faults")
        terminalreporter.write_line(table.text(table.lines))
    if discord_table.lines:
        terminalreporter.section("faults of the Discord bot")
        terminalreporter.write_line(discord_table.text())


@pytest.fixture(scope="session", autouse=True)
def slow_disk() -> Iterator[None]:
    """Each sync of every program takes SYNC_MS milliseconds longer; SLOW_SYNC names the shim, see `_syncs.py`."""
    with ExitStack() as stack:
        if table.MORE_A_SYNC_MS:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))  # where Postgres's user may read too
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            for name, value in SlowDisk(folder, table.MORE_A_SYNC_MS).environment.items():
                patch.setenv(name, value)
        yield


@pytest.fixture
def twitch(tmp_path: Path) -> Iterator[SimulatorProcess]:
    """A simulated Twitch outside of the system, which our faults do not affect."""
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in CHANNELS.items() if not isinstance(value, bool)]
    with SimulatorProcess(tmp_path / "truth", *flags) as simulator:
        yield simulator


@pytest.fixture
def ports_beside_twitch(twitch: SimulatorProcess) -> Ports:
    """Free ports for a system that reads from `twitch`."""
    return replace(
        Ports.free(),
        simulator_irc=twitch.ports["irc"],
        simulator_websocket=twitch.ports["websocket"],
        simulator_http=twitch.ports["http"],
    )


@pytest.fixture(scope="module")
def disks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Disk]]:
    """The disks of the spool and of Kafka; empty if this machine cannot make any."""
    made: dict[str, Disk] = {}
    folder = tmp_path_factory.mktemp("disks")
    try:
        if not disk.why_not():
            for name, megabytes in (("spool", SPOOL_MEGABYTES), ("kafka", KAFKA_MEGABYTES)):
                made[name] = Disk(folder / f"{name}.image", folder / name, megabytes)
        yield made
    finally:
        for each in made.values():
            each.close()


@pytest.fixture(scope="module")
def points(disks: dict[str, Disk]) -> Iterator[tuple[FaultPoints, Ports]]:
    """The points where faults are injected, and the system's ports."""
    ports = Ports.free()
    link = None if links.why_not() else Link(free_ports(1)[0], ports.postgres)
    to_kafka = Packets(ports.kafka)
    yield FaultPoints(link, disks.get("spool"), disks.get("kafka"), to_kafka), ports
    to_kafka.restore()
    if link is not None:
        link.close()


@pytest.fixture(scope="module")
def faulty(
    tmp_path_factory: pytest.TempPathFactory, points: tuple[FaultPoints, Ports], disks: dict[str, Disk]
) -> Iterator[World]:
    """A running system with the spool and Kafka on separate disks, and a link between B and Postgres."""
    directory, (where, ports) = tmp_path_factory.mktemp("faulty"), points
    settings = environment(where, ports)
    if disks:
        kafka = disks["kafka"].mount / "kafka"
        kafka.mkdir()
        (directory / "kafka").symlink_to(kafka)
        settings["stream_monitoring"]["SPOOL_DIRECTORY"] = str(disks["spool"].mount / "spool")
    with System(directory, ports, simulator_options=CHANNELS, environment=settings) as system:
        world = World(system)
        world.wait_for_baseline()
        yield world


def environment(where: FaultPoints, ports: Ports) -> dict[str, dict[str, str]]:
    """Return the settings that differ from the usual system."""
    settings: dict[str, dict[str, str]] = {name: {} for name in (*ACROSS_THE_LINK, "clip_creator")}
    if where.link is not None:
        place = f"{where.link.host}:{where.link.port}/stream_scout"
        settings |= {name: {"POSTGRES_DSN": f"postgresql://{role}@{place}"} for name, role in ACROSS_THE_LINK.items()}
    settings["clip_creator"] |= CLIP_TIMEOUTS
    return settings
