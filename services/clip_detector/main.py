"""Start the detector: check the machine, plan the start, run the job until a signal or its end."""

import errno
import gc
import os
import signal
import sys
import threading
from typing import NoReturn

import stamina
import structlog
from confluent_kafka import KafkaException

from clip_detector.flink import (
    empty_work_directory,
    end_jvm,
    flink_config,
    kafka_options,
    metrics_folder,
    set_environment,
)
from clip_detector.preflight import problems
from clip_detector.recovery.checkpoint_sync import CheckpointNotes, keep_synced
from clip_detector.recovery.checkpoints import CheckpointShelf
from clip_detector.recovery.last_progress import LastProgress, read_last_progress
from clip_detector.recovery.log_ends import LogEnds
from clip_detector.recovery.start_plan import Start, plan_start
from clip_detector.settings import DetectorSettings
from clip_detector.source import source_options
from service_runtime import logs, measures
from service_runtime.clock import now_ms
from service_runtime.settings import KafkaSettings, LogSettings, load_all

log = structlog.get_logger()
KAFKA_WAIT_SECONDS = 60.0  # a broker takes 8-16 s to start


def main() -> int:
    """Run until a stop signal (exit code 0) or the job's end (1); return 2 if the machine or a setting is wrong."""
    log_settings, kafka, settings = load_all(LogSettings, KafkaSettings, DetectorSettings)
    logs.configure("clip_detector", log_settings.level)
    wrong = problems(settings)
    if wrong:
        sys.stderr.write("clip_detector cannot start:\n" + "".join(f"  {line}\n" for line in wrong))
        return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    empty_work_directory(settings)
    measures.serve_folder("clip_detector", metrics_folder(settings), settings.bind_address, settings.metrics_port)
    shelf = CheckpointShelf(settings.checkpoint_directory)
    start = plan_start(shelf, wait_for_last_progress(kafka, shelf), now_ms())
    if start.checkpoint:
        shelf.note_start(start.checkpoint)
    log.info("starting", checkpoint=str(start.checkpoint), emit_after=start.emit_after, pruned=len(shelf.prune()))
    notes = CheckpointNotes(shelf, LogEnds(kafka).now)
    threading.Thread(target=note_checkpoints, args=(notes,), daemon=True, name="synced checkpoints").start()
    run(settings, kafka, start)
    log.error("the job ended unexpectedly")
    return leave(1)


def note_checkpoints(notes: CheckpointNotes) -> None:
    """Sync and note each checkpoint; retry while Kafka is away or the disk full, end the process if it is broken."""
    while True:
        try:
            keep_synced(notes, threading.Event())
        except KafkaException as error:
            log.warning("Kafka is away, a new checkpoint waits for it", error=str(error))
        except OSError as error:
            log.error("checkpoints cannot be synced", error=str(error))
            if error.errno != errno.ENOSPC:  # a second fsync would report success for data that was lost
                leave(1)


def stop(*_: object) -> None:
    """Handle a stop signal: the next run continues from the last checkpoint."""
    leave(0)


def leave(code: int) -> NoReturn:
    """Exit at once; Python would first wait for threads, some of which wait for the killed JVM."""
    end_jvm()
    os._exit(code)


def wait_for_last_progress(kafka: KafkaSettings, shelf: CheckpointShelf) -> LastProgress:
    """Read from Kafka how far earlier runs came, and drop the checkpoints that have read what it lost.

    Waits as long as a broker may take to start.
    """
    try:
        for attempt in stamina.retry_context(
            on=KafkaException, attempts=None, timeout=KAFKA_WAIT_SECONDS, wait_initial=1.0, wait_max=2.0
        ):
            with attempt:
                shelf.drop_overtaken(LogEnds(kafka).are_kept)
                return read_last_progress(kafka)
    except KafkaException as error:
        log.error("Kafka does not answer. Is it running, and do the topics exist?", error=str(error))
        raise SystemExit(1) from error
    raise AssertionError("stamina ends with a result or an error")


def run(settings: DetectorSettings, kafka: KafkaSettings, start: Start) -> None:
    """Start Flink in this process and its JVM and wait for the job's end, which only a failure brings."""
    gc.disable()  # a collection during PyFlink's planner calls raised NullPointerException
    set_environment(settings)
    from py4j.protocol import Py4JError, Py4JNetworkError

    from clip_detector.gateway import close_to_others
    from clip_detector.job import pipeline
    from clip_detector.job.detector_operator import OperatorOptions

    options = pipeline.JobOptions(
        operator=OperatorOptions(settings.rules(), settings.evidence_text, start.emit_after, settings.catalogues()),
        kafka=kafka_options(kafka),
        source=source_options(kafka, start, settings.parallelism),
    )
    try:
        close_to_others()
        env = pipeline.environment(flink_config(settings, start))
        pipeline.build(env, options)
        gc.enable()
        env.execute()
    except (Py4JError, Py4JNetworkError, OSError, RuntimeError) as error:
        log.error("the job failed", error=str(error))
