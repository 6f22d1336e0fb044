"""Counts what the kernel's log says about disks and voltage. Pure.

A record of /dev/kmsg is `priority,sequence,microseconds,flags;message`, a line each, and perhaps lines of details.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

KERNEL = 0  # the facility: programs can write to this log as well, under another
UNDER_VOLTAGE = re.compile(r"Under-?voltage detected!", re.IGNORECASE)
STORAGE = (
    re.compile(r"(?:I/O|critical \w+) error, dev (\w+)"),
    re.compile(r"Buffer I/O error on dev(?:ice)? (\w+)"),
    re.compile(r"(?:EXT4-fs|F2FS-fs|BTRFS) (?:error|critical) \(device (\w+)"),
    re.compile(r"Aborting journal on device (\w+)"),
    re.compile(
        r"^(mmc(?:blk)?\d+): (?!sdhci:)"
        r".*(?:\berror -\d+|timeout|timed out|recovery failed|stuck in wrong state|never released)",
        re.IGNORECASE,
    ),
)
PARTITION = re.compile(r"(?<=\d)p\d+$|(?<=^sd[a-z])\d+$|(?<=^sd[a-z]{2})\d+$|(?<=^vd[a-z])\d+$")


@dataclass(frozen=True)
class Counts:
    """What was counted since the machine started. `next`: the sequence number of the first record not read yet."""

    next: int = 0
    storage: Mapping[str, int] = field(default_factory=dict)
    under_voltage: int = 0


def count(before: Counts, records: Iterable[str], disks: Collection[str]) -> Counts:
    """Add the records that are new; what is about no disk of `disks` is left out, a stick that was pulled out say."""
    sequence, storage, under_voltage = before.next, dict(before.storage), before.under_voltage
    for record in records:
        head, _, message = record.partition(";")
        parts = head.split(",")
        if len(parts) < 3 or not parts[0].isdigit() or not parts[1].isdigit() or int(parts[1]) < before.next:
            continue
        sequence = max(sequence, int(parts[1]) + 1)
        if int(parts[0]) >> 3 != KERNEL:
            continue
        line = message.split("\n", 1)[0]
        disk = disk_of(line, disks)
        if disk:
            storage[disk] = storage.get(disk, 0) + 1
        under_voltage += bool(UNDER_VOLTAGE.search(line))
    return Counts(sequence, storage, under_voltage)


def disk_of(line: str, disks: Collection[str]) -> str:
    """Return the disk that a line reports an error of; empty if there is none."""
    for pattern in STORAGE:
        found = pattern.search(line)
        if found:
            name = PARTITION.sub("", found[1])
            name = name.replace("mmc", "mmcblk", 1) if re.fullmatch(r"mmc\d+", name) else name  # a card's host
            return name if name in disks else ""
    return ""
