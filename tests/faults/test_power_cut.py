"""A power cut on the machine with everything: unsynced data is gone, and nothing acknowledged is lost."""

import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from end_to_end.world import World
from faults import table
from faults.disk import Disk, why_not
from faults.play import CLIP_TIMEOUTS, Fault, measure, play
from faults.recount import read_log

from embedded.addresses import Ports
from embedded.processes.processes import marked
from embedded.system import System
from twitch_simulator.process import SimulatorProcess

pytestmark = [pytest.mark.fault, pytest.mark.timeout(1800)]
NAME = "power cut: all that was not synced is gone"
MEGABYTES = 3072


class Machine:
    """A computer with everything on one disk; the simulated Twitch runs elsewhere."""

    def __init__(self, folder: Path, ports: Ports) -> None:
        self._disk = Disk(folder / "machine.image", folder / "machine", MEGABYTES)
        self._ports = ports
        self.system = self._start()

    def _start(self) -> System:
        system = System(
            self._disk.mount / "system",
            self._ports,
            environment={"clip_creator": CLIP_TIMEOUTS},
            without=("twitch_simulator",),
        )
        system.directory.mkdir(exist_ok=True)
        return system.start()

    def cut_power(self) -> None:
        """Freeze all processes, cut the disk's power, and kill the processes."""
        processes = marked(self.system.directory)
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for each in processes:
                with suppress(psutil.NoSuchProcess):
                    each.send_signal(number)
            if number is signal.SIGSTOP:
                self._disk.cut_power()
        psutil.wait_procs(processes, timeout=10)
        self.system.stop()

    def power_on(self) -> System:
        """Replay the disk's journal and start everything."""
        self._disk.power_on()
        self.system = self._start()
        return self.system

    def close(self) -> None:
        """Stop everything and delete the disk."""
        self.system.stop()
        self._disk.close()


@pytest.fixture
def machine(tmp_path: Path, ports_beside_twitch: Ports) -> Iterator[Machine]:
    """A running machine."""
    if why_not():
        pytest.skip(why_not())
    machine = Machine(tmp_path, ports_beside_twitch)
    yield machine
    machine.close()


@pytest.mark.skipif(not table.is_chosen(NAME), reason="not selected by FAULTS; run: make test-faults")
def test_a_power_cut_loses_and_doubles_nothing(machine: Machine, twitch: SimulatorProcess) -> None:
    world = World(machine.system, truth_folder=twitch.truth)
    world.wait_for_baseline()

    def boot(world: World) -> None:
        world.use(machine.power_on())

    fault = Fault(NAME, lambda _: machine.cut_power(), boot, stops_reader=True, stops_page=True)
    line = measure(world, play(world, fault), read_log(world))
    table.add(line)
    assert line.harm == {}, str(line)
