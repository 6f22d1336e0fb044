"""Where a run begins: at a checkpoint, three hours before the place that was lost, or at the topic's start."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from clip_detector.recovery.checkpoints import CheckpointShelf
from clip_detector.recovery.last_progress import Standing
from service_runtime.files import replace_durably

log = structlog.get_logger()
BACK_MS = 3 * 3600 * 1000  # fills every baseline and finds every stream
MINUTE_MS = 60_000  # the first minute after a cold start is cut: its counts are not told
COLD_START_FILE = "cold_start.json"


@dataclass(frozen=True)
class Start:
    """A run's beginning. `emit_after`: milliseconds; what became due at or before it is not emitted."""

    source: Mapping[str, str]
    checkpoint: Path | None = None
    emit_after: int = 0
    config: Mapping[str, str] = field(default_factory=dict)


# In a backlog a reader whose partitions hold less would run ahead of the other, further the longer the backlog, and all
# the seconds between them are windows in memory. Event time is read at 200 times its pace at most.
LEVEL = {
    "scan.watermark.alignment.group": "chat",
    "scan.watermark.alignment.max-drift": "20 s",
    "scan.watermark.alignment.update-interval": "100 ms",
}
EARLIEST = {"scan.startup.mode": "earliest-offset", **LEVEL}


def plan_start(shelf: CheckpointShelf, standing: Standing, now: int) -> Start:
    """Decide on the start. `now`: milliseconds since 1970 UTC."""
    for failed in shelf.failed():
        log.error("checkpoint could not be restored, it is skipped", checkpoint=str(failed))
    checkpoint = shelf.choose()
    if checkpoint:
        config = {"execution.state-recovery.path": checkpoint.absolute().as_uri()}
        return Start(EARLIEST, checkpoint, _cold_emit_after(shelf.directory), config)
    if not standing.began:
        return Start(EARLIEST)
    return _cold(shelf.directory, standing, now)


def _cold(directory: Path, standing: Standing, now: int) -> Start:
    begin = min(now, standing.event_at or now) - BACK_MS
    emit_after = max(standing.event_at, begin + MINUTE_MS)
    log.error("no usable checkpoint, starting three hours back", begin=begin, emit_after=emit_after)
    replace_durably(directory / COLD_START_FILE, json.dumps({"emit_after": emit_after}).encode())
    source = {"scan.startup.mode": "timestamp", "scan.startup.timestamp-millis": str(begin), **LEVEL}
    return Start(source, None, emit_after)


def _cold_emit_after(directory: Path) -> int:
    """What the last cold start must not emit still holds for runs that resume it."""
    try:
        return int(json.loads((directory / COLD_START_FILE).read_text())["emit_after"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
