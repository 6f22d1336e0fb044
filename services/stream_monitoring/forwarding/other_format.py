"""What an instance says and does where Kafka or its own spool was written by another version of Stream Scout."""

from contextlib import suppress
from pathlib import Path

import structlog

from contracts.chat_messages import FORMAT_VERSION
from service_runtime.kafka import KafkaAwayError
from stream_monitoring.forwarding.kafka_log import LogReader
from stream_monitoring.forwarding.resume import LastTick
from stream_monitoring.spool import segment
from stream_monitoring.spool.frame import DamagedFrameError, Frame
from stream_monitoring.spool.spool import COVERED_FILE, ID_FILE, SpoolFormatError

log = structlog.get_logger()

SILENT_SECONDS = 10.0  # an instance that runs writes a tick once per second

NEWER = (
    "Kafka was last written by a newer version of Stream Scout, this instance does not forward: "
    "update this machine too (DEPLOYMENT.md, Updates)"
)
OLDER = (
    "Kafka was last written by an older version of Stream Scout, this instance waits: stop stream_monitoring on both "
    "machines, update both (DEPLOYMENT.md, Updates); it goes on once no older instance has written for {seconds:.0f} s"
)
UNDELIVERED = (
    "SPOOL_DIRECTORY: {directory} holds chat that an older version of Stream Scout has not delivered: start that "
    "version again until Kafka has all of it, stop it on both machines, then update (DEPLOYMENT.md, Updates); "
    "or delete its *.segment files to lose that chat"
)
UNKNOWN = (
    "SPOOL_DIRECTORY: {directory} was written by an older version of Stream Scout, and whether Kafka has all of it is "
    "not known yet, start again when Kafka answers: {why}"
)


def problem(last: LastTick | None, older_format_seconds: float, stalled_seconds: float) -> str:
    """Return what to do about the last tick's format, "" where it is ours, or an older one's that nobody writes now."""
    if last is None or last.format_version == FORMAT_VERSION:
        return ""
    if last.format_version > FORMAT_VERSION:
        return NEWER
    return OLDER.format(seconds=older_format_seconds) if stalled_seconds < SILENT_SECONDS else ""


def retire_older_spool(directory: Path, read_log: LogReader) -> None:
    """Delete what an older version has spooled, once Kafka has all of it, so that the spool begins anew.

    Kafka has it when its last tick is no earlier than the spool's, whoever wrote it. Raises SpoolFormatError where it
    has not, or does not answer.
    """
    paths = segment.paths_in(directory)
    found = {segment.format_version(path) for path in paths} - {0}
    if not found or max(found) >= FORMAT_VERSION:  # ours, or a newer one's, which `Spool` refuses
        return
    last = last_frame(paths)
    if last is not None and last.tick_at > last_tick_at(directory, read_log):
        raise SpoolFormatError(UNDELIVERED.format(directory=directory))
    for name in (ID_FILE, COVERED_FILE):  # positions and coverage begin anew as well
        (directory / name).unlink(missing_ok=True)
    for path in paths:  # the newest goes last: a crash between them leaves the tick to compare with
        path.unlink()
    log.info("spool: an older version's segments were all delivered and are deleted", segments=len(paths))


def last_tick_at(directory: Path, read_log: LogReader) -> int:
    """Return the event time of Kafka's last tick, 0 where there is none."""
    try:
        with read_log() as reader:
            tick = reader.latest_tick()
    except KafkaAwayError as error:
        raise SpoolFormatError(UNKNOWN.format(directory=directory, why=error)) from error
    return tick.sent_at if tick else 0


def last_frame(paths: list[Path]) -> Frame | None:
    """Return the last whole frame of these segments, oldest first."""
    for path in reversed(paths):
        last = None
        with suppress(DamagedFrameError):
            for _, last in segment.frames(path):  # noqa: B007 - it outlives the loop
                pass
        if last is not None:
            return last
    return None
