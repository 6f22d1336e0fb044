"""This machine's line: what is read of a Raspberry Pi and of a PC, and what to type."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from machine_health.exposition import Health, text
from status.commands import with_commands
from status.facts import Machine
from status.machine import query
from status.machine_line import machine

PI_SENSORS = Path(__file__).parents[1] / "machine_health/fixtures"
PI = Machine(celsius=62.3, read_ago=30.0, is_raspberry_pi=True)
NOW = 1_000_000.0


def written(folder: Path, health: Health) -> Path:
    file = folder / "stream_scout_machine.prom"
    file.write_text(text(health))
    os.utime(file, (NOW - 40, NOW - 40))
    return file


def test_what_machine_health_wrote_is_read(tmp_path: Path) -> None:
    throttled = {("under_voltage", "now"): True, ("throttled", "now"): False, ("throttled", "since_boot"): True}
    errors = {("mmcblk0", "kernel_log"): 2, ("mmcblk0", "card_host"): 1, ("sda", "kernel_log"): 0}
    health = Health(throttled, errors, {"/": True, "/boot": False}, 5)
    found = query(written(tmp_path, health), PI_SENSORS, lambda: NOW)
    assert found == Machine(
        celsius=62.322, throttled=("under_voltage",), throttled_before=("throttled",), under_voltage=5.0,
        disk_errors={"mmcblk0": 3.0, "sda": 0.0}, read_only=("/",), read_ago=40.0,
    )  # fmt: skip


def test_a_pi_is_known_by_its_model(tmp_path: Path) -> None:
    (tmp_path / "proc/device-tree").mkdir(parents=True)
    (tmp_path / "proc/device-tree/model").write_text("Raspberry Pi 4 Model B Rev 1.4\0")
    assert query(tmp_path / "none", tmp_path).is_raspberry_pi


def test_a_machine_without_sensors_is_ok(tmp_path: Path) -> None:
    found = query(Path("/dev/null"), tmp_path)
    assert found == Machine()
    assert machine(found).details == "no sensors"


@pytest.mark.parametrize(
    ("fact", "told", "command"),
    [
        (PI, "62 °C", ""),
        (replace(PI, celsius=80.0), "80 °C; hot, 80 °C and more", "vcgencmd get_throttled"),
        (replace(PI, throttled=("throttled",)), "62 °C; now: slowed down", "vcgencmd get_throttled"),
        (
            replace(PI, throttled_before=("under_voltage",), under_voltage=2.0),
            "62 °C; since its start: too little voltage; 2 drops of voltage",
            "",
        ),
        (replace(PI, disk_errors={"mmcblk0": 3.0}), "62 °C; 3 errors of mmcblk0", "sudo dmesg | "),
        (replace(PI, read_only=("/",)), "62 °C; / is read-only", "sudo dmesg | "),
        (replace(PI, read_ago=None), "throttling is not watched", "infrastructure/machine_health.sh setup"),
        (replace(PI, read_ago=1000.0), "its sensors were read 16 min ago", "infrastructure/machine_health.sh run"),
    ],
)
def test_the_line_says_it_and_what_to_type(fact: Machine, told: str, command: str) -> None:
    for here in ("demo", "A", "B"):
        (line,) = with_commands([machine(fact)], here)  # type: ignore[arg-type]
        assert told in line.details
        assert line.next.startswith(command) if command else line.next == ""
