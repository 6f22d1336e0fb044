"""Writes metrics in Prometheus's text format. Pure; `contracts.metrics` defines the same names, and a test compares."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DISK_ERRORS = ("machine_disk_errors_total", "counter", "Errors of a disk since boot, by who counted them")
READ_ONLY = ("machine_read_only", "gauge", "1 if a file system is read-only though /etc/fstab wants it writable")
THROTTLED = ("machine_throttled", "gauge", "1 if a Raspberry Pi is slowed down for this reason, now or since boot")
UNDER_VOLTAGE = ("machine_under_voltage_total", "counter", "Times the kernel saw too little voltage since boot")
Metric = tuple[str, str, str]


@dataclass(frozen=True)
class Health:
    """What was found; a part is empty where the machine has no such sensor."""

    throttled: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    disk_errors: Mapping[tuple[str, str], int] = field(default_factory=dict)  # disk, who counted
    read_only: Mapping[str, bool] = field(default_factory=dict)
    under_voltage: int = 0


def text(health: Health) -> str:
    """Return all of it, each metric with its kind and help."""
    throttled = {_labels(reason=reason, when=when): int(on) for (reason, when), on in health.throttled.items()}
    errors = {_labels(disk=disk, source=source): count for (disk, source), count in health.disk_errors.items()}
    mounts = {_labels(mountpoint=place): int(on) for place, on in health.read_only.items()}
    parts = [
        _samples(DISK_ERRORS, errors),
        _samples(READ_ONLY, mounts),
        _samples(THROTTLED, throttled),
        _samples(UNDER_VOLTAGE, {"": health.under_voltage}),
    ]
    return "".join(parts)


def _labels(**labels: str) -> str:
    escaped = {
        name: value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n") for name, value in labels.items()
    }
    return "{" + ",".join(f'{name}="{value}"' for name, value in escaped.items()) + "}"


def _samples(metric: Metric, samples: Mapping[str, int]) -> str:
    name, kind, told = metric
    lines = [f"# HELP {name} {told}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{labels} {value}" for labels, value in sorted(samples.items())]
    return "\n".join(lines) + "\n" if samples else ""
