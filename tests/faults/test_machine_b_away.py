"""Machine B is down for ten minutes of a busy evening: the standby on A records chat, and nothing is missing."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from end_to_end.world import World, closed_with_outcome
from faults import table
from faults.play import CLIP_TIMEOUTS, RECOVERY_SECONDS, Fault, measure, play
from faults.recount import read_log
from integration.support.stream_monitoring_process import DEADLINE, MonitoringProcess

from embedded.addresses import Ports
from embedded.processes.waiting import wait_for
from embedded.system import System
from twitch_simulator.process import SimulatorProcess

AWAY_SECONDS = float(os.environ.get("AWAY_SECONDS", "600"))
NAME = f"machine B away for {AWAY_SECONDS:.0f} s, a standby on A"
pytestmark = [pytest.mark.fault, pytest.mark.timeout(1800 + AWAY_SECONDS)]
MACHINE_B = ("kafka", "clip_detector", "stream_monitoring", "recorder", "clip_creator", "emote_counter")
OWN = ("MONITORING_HEALTH_PORT", "MONITORING_METRICS_PORT", "SPOOL_DIRECTORY", "MONITORING_CHANNEL_LIST_FILE")
OFF_SECONDS = 60


@pytest.fixture
def system(tmp_path: Path, ports_beside_twitch: Ports) -> Iterator[System]:
    """The programs of both machines except the standby; the holder waits for it, as on machine B."""
    holder = {
        "MONITORING_HAS_STANDBY": "true",
        "MONITORING_CHATTER_KEY_FILE": str(tmp_path / "chatter.key"),
    }
    settings = {"clip_creator": CLIP_TIMEOUTS, "stream_monitoring": holder}
    (tmp_path / "chatter.key").write_text("5a" * 32)
    with System(
        tmp_path / "system", ports_beside_twitch, environment=settings, without=("twitch_simulator",)
    ) as running:
        yield running


@pytest.fixture
def standby(tmp_path: Path, system: System, twitch: SimulatorProcess) -> Iterator[MonitoringProcess]:
    """The same program on machine A, with its own role and spool."""
    settings = {name: value for name, value in system.environment("stream_monitoring").items() if name not in OWN}
    settings |= {
        "MONITORING_ROLE": "standby",
        "MONITORING_INSTANCE": "reliable",
        "MONITORING_CHOOSER": "false",  # on machine A it is the chooser; here the system has to be ready before it
        "MONITORING_HAS_STANDBY": "false",
        "MONITORING_CHANNEL_LIST_FILE": str(tmp_path / "standby.json"),
    }
    servers = settings.pop("KAFKA_BOOTSTRAP_SERVERS")
    process = MonitoringProcess(tmp_path / "standby.log", tmp_path / "spool-standby", twitch, servers, **settings)
    process.start()
    yield process
    process.end(signal.SIGKILL)


def power_off(world: World) -> None:
    """Kill everything on machine B at once and keep it stopped."""
    world.kill_at_once(MACHINE_B)

    def is_off() -> bool:
        alive = [each for each in MACHINE_B if world.system.state(each).state != "STOPPED"]
        for name in alive:
            world.system.stop_program(name)
        return not alive

    wait_for("machine B is off", is_off, OFF_SECONDS)


def power_on(world: World) -> None:
    """Start machine B's programs, Kafka first."""
    for name in MACHINE_B:
        world.system.start_program(name)


@pytest.mark.skipif(not table.is_chosen(NAME), reason="not selected by FAULTS; run: make test-faults")
def test_ten_minutes_without_machine_b_leave_no_gap(
    system: System, standby: MonitoringProcess, twitch: SimulatorProcess
) -> None:
    world = World(system, truth_folder=twitch.truth)
    world.wait_for_baseline()
    every = len(world.channel_ids)
    wait_for("the standby is ready", standby.ready, DEADLINE)
    wait_for(
        "the standby reads all channels",
        lambda: standby.measured("stream_monitoring_channels", state="read") == every,
        DEADLINE,
    )
    meanwhile = world.fresh_channel()

    def burst_while_away(world: World) -> None:
        if world.channel_ids[meanwhile] not in bursts:
            bursts.add(world.channel_ids[meanwhile])
            world.burst(meanwhile, seconds=16)

    bursts: set[str] = set()
    fault = Fault(NAME, power_off, power_on, AWAY_SECONDS, burst_while_away, every_seconds=30)
    line = measure(world, play(world, fault), read_log(world))
    table.add(line)
    assert line.harm == {}, str(line)
    assert line.gap_seconds == 0.0, str(line)
    assert line.page_percent == 100.0, str(line)
    found = world.wait_for_moment(meanwhile, closed_with_outcome, RECOVERY_SECONDS)
    assert found["clip"]["status"] == "too_late"
    assert "t=" in found["clip"]["vod_url"]
    assert "Watch the VOD" in world.http.get(f"{system.url('api')}/moments/{found['id']}").text
