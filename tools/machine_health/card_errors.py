"""Adds up the error counters of an SD card's host and of ext4. Pure."""

import re

# Commands fail while a card is being recognised, and tuning fails and is repeated: neither is a fault.
ERRORS = re.compile(r"^# (?:Data .*|ADMA .*|Request Timedout|Controller Timedout.*):\s*(\d+)$", re.MULTILINE)


def host_errors(err_stats: str) -> int:
    """Return the errors that a card's host has counted since boot (debugfs, `err_stats`)."""
    return sum(int(number) for number in ERRORS.findall(err_stats))


def number(text: str) -> int:
    """Return a counter of sysfs; 0 if it holds none."""
    return int(text) if text.strip().isdigit() else 0
