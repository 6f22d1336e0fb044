"""Where a run starts: at a checkpoint, three hours before the last progress, or at the topic's start."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from clip_detector.recovery.checkpoints import CheckpointShelf
from clip_detector.recovery.last_progress import LastProgress
from service_runtime.files import replace_durably

log = structlog.get_logger()
BACK_MS = 3 * 3600 * 1000  # fills every baseline and the two hours of the rate; CONTRIBUTING.md says what is lost
MINUTE_MS = 60_000  # the first minute after a cold start is incomplete: its counts are not emitted
COLD_START_FILE = "cold_start.json"


@dataclass(frozen=True)
class Start:
    """The start of a run. `emit_after`: milliseconds; what became due at or before it is not emitted."""

    source: Mapping[str, str]
    checkpoint: Path | None = None
    emit_after: int = 0
    config: Mapping[str, str] = field(default_factory=dict)


# In a backlog, the reader of the emptier partition runs ahead, and Flink keeps a window in memory for every second
# between the readers. With these values a backlog is read at most 120 times as fast as it was written. An update costs
# CPU at live chat too: ten a second took a tenth of the JVM's at 300 messages a second.
ALIGNMENT = {
    "scan.watermark.alignment.group": "chat",
    "scan.watermark.alignment.max-drift": "30 s",
    "scan.watermark.alignment.update-interval": "250 ms",
}
EARLIEST = {"scan.startup.mode": "earliest-offset", **ALIGNMENT}


def plan_start(shelf: CheckpointShelf, last: LastProgress, now: int) -> Start:
    """Plan the start. `now`: milliseconds since 1970 UTC."""
    for failed in shelf.failed():
        log.error("skipping a checkpoint that could not be restored", checkpoint=str(failed))
    checkpoint = shelf.choose()
    if checkpoint:
        config = {"execution.state-recovery.path": checkpoint.absolute().as_uri()}
        return Start(EARLIEST, checkpoint, _cold_emit_after(shelf.directory), config)
    if not last.has_results:
        return Start(EARLIEST)
    return _cold(shelf.directory, last, now)


def _cold(directory: Path, last: LastProgress, now: int) -> Start:
    begin = min(now, last.event_at or now) - BACK_MS
    emit_after = max(last.event_at, begin + MINUTE_MS)
    log.error("no usable checkpoint, starting three hours back", begin=begin, emit_after=emit_after)
    replace_durably(directory / COLD_START_FILE, json.dumps({"emit_after": emit_after}).encode())
    source = {"scan.startup.mode": "timestamp", "scan.startup.timestamp-millis": str(begin), **ALIGNMENT}
    return Start(source, None, emit_after)


def _cold_emit_after(directory: Path) -> int:
    """Return what the last cold start must not emit; runs that resume it must not emit it either."""
    try:
        return int(json.loads((directory / COLD_START_FILE).read_text())["emit_after"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
