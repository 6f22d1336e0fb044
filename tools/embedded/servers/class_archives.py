"""Makes class data archives for Kafka and Flink, which halve the CPU time of a start.

The JDK's class data sharing (JEP 350): a JVM that exits normally writes an archive that the next one maps into memory.
`make jars` makes them. A JVM without an archive, or with one for other jars or another JDK, starts normally.
"""

import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from contracts import topics
from embedded.paths import CLASS_ARCHIVES, FLINK_JARS, FLINK_LOGGING, KAFKA_JARS, REPOSITORY
from embedded.preflight import JDK, output_of, require
from embedded.problems import exit_code
from embedded.processes.ports import free_ports
from embedded.processes.waiting import TooLateError, wait_for
from embedded.records import read_topic
from embedded.servers import jars
from embedded.servers.kafka import Kafka
from embedded.servers.made_once import make_once
from service_runtime.kafka import partitions_of
from service_runtime.topic_setup import create_topics

JOB_SECONDS = 180.0  # until the job has processed one second: takes 25 s on two idle cores
EXIT_SECONDS = 120.0  # a JVM that writes its archive exits slowly
TICK_SECONDS = 0.5
ANSWER_SECONDS = 10.0
FIRST_TICK = 1_790_000_000_000


def ensure() -> None:
    """Make the archives if they are missing or outdated. Safe to call from several processes at once."""
    jars.ensure()
    make_once(CLASS_ARCHIVES, _fingerprint(), _make_anew)


def _make_anew() -> None:
    for archive in CLASS_ARCHIVES.glob("*.jsa"):
        archive.unlink()
    with tempfile.TemporaryDirectory() as folder:
        _make(Path(folder))


def _fingerprint() -> str:
    """Identify the jars and the JDK for which the archives are valid."""
    files = [(jar.name, jar.stat().st_size, jar.stat().st_mtime_ns) for jar in _all_jars()]
    return hashlib.sha256(f"{files} {REPOSITORY} {output_of(require(JDK), '-version')}".encode()).hexdigest()


def _all_jars() -> list[Path]:
    return sorted([*KAFKA_JARS.glob("*.jar"), *FLINK_JARS.glob("*.jar")])


def _make(folder: Path) -> None:
    """Run a broker and a job once and stop both normally, so that each writes its archive."""
    with Kafka(folder / "kafka", *free_ports(2), archive_classes=True) as kafka:
        create_topics(AdminClient({"bootstrap.servers": kafka.bootstrap_servers}))
        _run_job(kafka.bootstrap_servers, folder)


def _run_job(bootstrap: str, folder: Path) -> None:
    """Run the job until it has processed one second, then stop its JVM with SIGTERM."""
    rest_port, metrics_port = free_ports(2)
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "DETECTOR_CHECKPOINT_DIRECTORY": str(folder / "checkpoints"),
        "DETECTOR_CHECKPOINT_SECONDS": "1",
        "DETECTOR_REST_PORT": str(rest_port),
        "DETECTOR_METRICS_PORT": str(metrics_port),
        "DETECTOR_FLINK_JARS": str(FLINK_JARS),
        "DETECTOR_LOG_CONFIG": str(FLINK_LOGGING),
        "DETECTOR_WORK_DIRECTORY": str(folder / "flink"),
        "DETECTOR_JVM_OPTIONS": f"-XX:ArchiveClassesAtExit={CLASS_ARCHIVES / 'flink.jsa'}",
    }
    with (folder / "detector.log").open("wb") as log:
        job = subprocess.Popen(
            [sys.executable, "-m", "clip_detector"], env={**os.environ, **settings}, stdout=log, stderr=log
        )
    try:
        with _ticking(bootstrap):
            processed = lambda: job.poll() is not None or bool(read_topic(bootstrap, topics.JOB_PROGRESS.name))  # noqa: E731
            wait_for("the job has processed one second", processed, JOB_SECONDS)
        for child in psutil.Process(job.pid).children():
            if child.name() == "java":
                child.send_signal(signal.SIGTERM)
                child.wait(EXIT_SECONDS)
    except (TooLateError, psutil.Error) as error:
        sys.stderr.write(f"No class archive for Flink, it will start more slowly: {error}\n")
    finally:
        job.kill()
        job.wait()


@contextmanager
def _ticking(bootstrap: str) -> Iterator[None]:
    """Send a tick to every partition, twice per second."""
    ended = threading.Event()

    def tick() -> None:
        producer, at = Producer({"bootstrap.servers": bootstrap}), FIRST_TICK
        partitions = partitions_of(producer, topics.CHAT_MESSAGES.name, ANSWER_SECONDS)
        while not ended.wait(TICK_SECONDS):
            at += 1_000
            record = f'{{"kind":"tick","schema_version":1,"sent_at":{at},"received_at":{at},"instance":"archive"}}'
            for partition in partitions:
                producer.produce(topics.CHAT_MESSAGES.name, record, partition=partition)
            producer.flush()

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


if __name__ == "__main__":
    raise SystemExit(exit_code(ensure))
