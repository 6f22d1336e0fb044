"""Assesses this machine's own health, and chooses the command to type. Pure."""

from status.facts import Machine, NoAnswer
from status.line import StageState, StageStatus
from status.units import age_text, plural

HOT_CELSIUS = 80.0  # a Raspberry Pi slows down from here on
OLD_SECONDS = 900.0  # it is looked at each minute
LOOK = "infrastructure/machine_health.sh"
THROTTLED, LOG = "vcgencmd get_throttled", "sudo dmesg | grep -E 'mmc|nvme|sd[a-z]|EXT4|voltage' | tail -n 30"
REASONS = {
    "under_voltage": "too little voltage",
    "frequency_capped": "frequency capped",
    "throttled": "slowed down",
    "soft_temperature_limit": "above its soft limit of temperature",
}


def machine(fact: Machine | NoAnswer) -> StageStatus:
    """Assess this machine; without sensors it is ok."""
    if isinstance(fact, NoAnswer):
        return StageStatus("machine", StageState.UNKNOWN, details=fact.reason)
    details = [f"{fact.celsius:.0f} °C"] if fact.celsius is not None else []
    troubles = _troubles(fact)
    figures = {"celsius": fact.celsius} if fact.celsius is not None else {}
    return StageStatus(
        "machine",
        StageState.BEHIND if troubles else StageState.OK,
        details="; ".join([*details, *troubles, *_notes(fact)]) or "no sensors",
        figures=figures | {"disk_errors": sum(fact.disk_errors.values()), "under_voltage": fact.under_voltage},
    )


def _troubles(fact: Machine) -> list[str]:
    """Return what has to be mended."""
    return [
        *(
            [f"hot, {HOT_CELSIUS:.0f} °C and more"]
            if (fact.celsius or 0) >= HOT_CELSIUS and fact.is_raspberry_pi
            else []
        ),
        *(f"now: {REASONS.get(reason, reason)}" for reason in fact.throttled),
        *(f"{plural(count, 'error')} of {disk}" for disk, count in sorted(fact.disk_errors.items()) if count),
        *(f"{place} is read-only" for place in fact.read_only),
        *([f"its sensors were read {age_text(fact.read_ago)} ago"] if (fact.read_ago or 0) > OLD_SECONDS else []),
        *([f"throttling is not watched: {LOOK} setup"] if fact.is_raspberry_pi and fact.read_ago is None else []),
    ]


def _notes(fact: Machine) -> list[str]:
    """Return what happened since the machine started and is over."""
    before = [REASONS.get(reason, reason) for reason in fact.throttled_before if reason not in fact.throttled]
    told = [f"since its start: {', '.join(before)}"] if before else []
    if fact.under_voltage:
        told.append(f"{plural(fact.under_voltage, 'drop')} of voltage")
    return told


def machine_command(line: StageStatus) -> str:
    """Return the command for the first of its troubles."""
    if "is read-only" in line.details or line.figures.get("disk_errors"):
        return LOG
    if "now:" in line.details or "hot," in line.details:
        return THROTTLED
    return f"{LOOK} setup" if "not watched" in line.details else f"{LOOK} run"
