"""Reads this machine's health: what tools/machine_health wrote, and the sensors that anybody may read."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from contracts import metrics
from contracts.metrics import Metric
from status.facts import Machine

LABEL = re.compile(r'(\w+)="([^"]*)"')
MODEL = "proc/device-tree/model"
PROCESSORS = ("cpu-thermal", "cpu_thermal", "x86_pkg_temp", "coretemp", "k10temp")


def query(health: Path, root: Path = Path("/"), now: Callable[[], float] = time.time) -> Machine:
    """Return what is known; a sensor that is not there is left out."""
    try:
        text, age = health.read_text(), now() - health.stat().st_mtime
    except OSError:
        text, age = "", None
    throttled = [labels for labels, value in samples(text, metrics.MACHINE_THROTTLED) if value]
    errors: dict[str, float] = {}
    for labels, value in samples(text, metrics.MACHINE_DISK_ERRORS):
        errors[labels["disk"]] = errors.get(labels["disk"], 0.0) + value
    return Machine(
        celsius=celsius(root),
        throttled=tuple(each["reason"] for each in throttled if each["when"] == "now"),
        throttled_before=tuple(each["reason"] for each in throttled if each["when"] == "since_boot"),
        under_voltage=sum(value for _, value in samples(text, metrics.MACHINE_UNDER_VOLTAGE)),
        disk_errors=errors,
        read_only=tuple(labels["mountpoint"] for labels, value in samples(text, metrics.MACHINE_READ_ONLY) if value),
        read_ago=max(0.0, age) if text and age is not None else None,
        is_raspberry_pi="Raspberry Pi" in _text(root / MODEL),
    )


def samples(text: str, metric: Metric) -> Iterator[tuple[dict[str, str], float]]:
    """Yield each sample of a metric: its labels and its value."""
    for line in text.splitlines():
        if line.startswith((f"{metric.name} ", f"{metric.name}{{")):
            yield dict(LABEL.findall(line)), float(line.rsplit(" ", 1)[1])


def celsius(root: Path) -> float | None:
    """Return the processor's temperature; None if no sensor tells it."""
    zones = {zone: _text(zone / "type") for zone in sorted((root / "sys/class/thermal").glob("thermal_zone*"))}
    chips = {chip / "temp1_input": _text(chip / "name") for chip in sorted((root / "sys/class/hwmon").glob("hwmon*"))}
    sensors = {zone / "temp": kind for zone, kind in zones.items()} | chips
    found = [_text(file) for file, kind in sensors.items() if kind in PROCESSORS]
    return max((int(text) / 1000 for text in found if text.lstrip("-").isdigit()), default=None)


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""
