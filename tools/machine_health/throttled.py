"""Decodes what a Raspberry Pi's firmware says about throttling. Pure."""

import re

SINCE_BOOT = 16  # a bit's twin: it happened at least once since the machine started
BITS = {0: "under_voltage", 1: "frequency_capped", 2: "throttled", 3: "soft_temperature_limit"}
ANSWER = re.compile(r"(?:throttled=)?(?:0x)?([0-9a-fA-F]+)")  # vcgencmd's form, and sysfs's


def decode(text: str) -> dict[tuple[str, str], bool]:
    """Return each reason, `now` and `since_boot`; empty if the text is no such answer."""
    found = ANSWER.fullmatch(text.strip())
    if found is None:
        return {}
    word = int(found[1], 16)
    now = {(reason, "now"): bool(word >> bit & 1) for bit, reason in BITS.items()}
    before = {(reason, "since_boot"): bool(word >> (bit + SINCE_BOOT) & 1) for bit, reason in BITS.items()}
    return now | before
