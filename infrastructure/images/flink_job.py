"""The job in a Flink cluster of its own: `flink_job.py plan FILE RESUME_FROM` decides where to begin; Flink runs it.

Both the decision and the job are clip_detector's code; this file only connects them to a Flink cluster.
"""

import json
import sys
from pathlib import Path

from clip_detector.flink import flink_config, kafka_options
from clip_detector.job import pipeline
from clip_detector.job.detector_operator import OperatorOptions
from clip_detector.main import wait_for_last_progress
from clip_detector.recovery.checkpoints import CheckpointShelf
from clip_detector.recovery.start_plan import EARLIEST, Start, plan_start
from clip_detector.settings import DetectorSettings
from clip_detector.source import source_options
from moment_detection.causes import vocabulary
from service_runtime import logs
from service_runtime.clock import now_ms
from service_runtime.settings import KafkaSettings, LogSettings, load_all

# The rest of the configuration is the cluster's: configs/flink/config.yaml and flink-start.
JOB_SETTINGS = ("execution.checkpointing.", "parallelism.", "python.")


def plan(file: Path, resume_from: str) -> None:
    """Write the start to `file`, print the checkpoint's path. `resume_from`: newest, no, or a checkpoint's folder."""
    log_settings, kafka, settings = load_all(LogSettings, KafkaSettings, DetectorSettings)
    logs.configure("clip_detector", log_settings.level)
    if wrong := vocabulary.problems():
        raise SystemExit("clip_detector cannot start:\n" + "\n".join(wrong))
    settings.checkpoint_directory.mkdir(parents=True, exist_ok=True)
    shelf = CheckpointShelf(settings.checkpoint_directory)
    last = wait_for_last_progress(kafka, shelf)
    if resume_from == "newest":
        start = plan_start(shelf, last, now_ms())
        if start.checkpoint:
            shelf.note_start(start.checkpoint)
        shelf.prune()
    else:
        start = Start(EARLIEST, None if resume_from == "no" else Path(resume_from))
    file.write_text(json.dumps({"source": dict(start.source), "emit_after": start.emit_after}))
    sys.stdout.write(str(start.checkpoint or ""))


def run(file: Path) -> None:
    """Put the job together as it was planned and hand it to the cluster."""
    log_settings, kafka, settings = load_all(LogSettings, KafkaSettings, DetectorSettings)
    logs.configure("clip_detector", log_settings.level)
    planned = json.loads(file.read_text())
    start = Start(planned["source"], None, planned["emit_after"])
    options = pipeline.JobOptions(
        operator=OperatorOptions(settings.rules(), settings.evidence_text, start.emit_after, settings.catalogues()),
        kafka=kafka_options(kafka),
        source=source_options(kafka, start, settings.parallelism),
        detectors=settings.parallelism,
    )
    config = {name: value for name, value in flink_config(settings, start).items() if name.startswith(JOB_SETTINGS)}
    env = pipeline.environment({**config, "execution.target": "embedded"})  # this cluster, not one of the job's own
    pipeline.build(env, options)
    env.execute()


if __name__ == "__main__":
    if sys.argv[1] == "plan":
        plan(Path(sys.argv[2]), sys.argv[3])
    else:
        run(Path(sys.argv[1]))
