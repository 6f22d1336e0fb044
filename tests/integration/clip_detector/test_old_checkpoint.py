"""A checkpoint that the job cannot read: it refuses it, starts three hours back and repeats nothing."""

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from confluent_kafka import Producer
from integration.support.clip_detector_process import START, ChatLog, DetectorRun, results, wait_for_progress

from clip_detector.recovery.checkpoints import START_LIMIT
from contracts import topics
from contracts.codec import encode
from contracts.job_progress import JOB, SCHEMA_VERSION, JobProgress
from embedded.servers.kafka import Kafka

CHANNEL = "900001"
# Of Python beside the JVM, written by the job of commit 0a8c808 after the seconds before STOPPED_AT of this chat.
CHECKPOINT = Path(__file__).with_name("checkpoint_version_2.tar.gz")
STOPPED_AT = 205  # amid an open moment
ANSWER_SECONDS = 240  # a start, and three restarts of the job
pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def partitions() -> topics.Partitions:
    """The checkpoint holds a place in each of these."""
    return topics.LARGE


def chatters(second: int) -> int:
    return 30 if second % 400 in range(200, 206) else 2


def test_a_checkpoint_of_another_format_is_refused(
    start: Callable[[], DetectorRun], own_kafka: Kafka, tmp_path: Path
) -> None:
    kafka = own_kafka.bootstrap_servers
    producer = Producer({"bootstrap.servers": kafka, "partitioner": topics.PARTITIONER})
    with tarfile.open(CHECKPOINT) as archive:
        archive.extractall(tmp_path / "checkpoints", filter="data")
    progress = JobProgress(schema_version=SCHEMA_VERSION, job=JOB, event_at=(START + STOPPED_AT) * 1000, late=0)
    producer.produce(topics.JOB_PROGRESS.name, encode(progress), JOB)
    chat = ChatLog(producer, CHANNEL)
    chat.chat(range(STOPPED_AT), chatters)
    before = {record.value for record in chat.recount(STOPPED_AT - 1)}
    chat.chat(range(STOPPED_AT, 360), chatters)

    for _ in range(START_LIMIT):
        run = start()
        assert run.process.wait(ANSWER_SECONDS) == 1
        assert "Cannot map checkpoint/savepoint state" in run.log.read_text()
    run = start()
    wait_for_progress(kafka, run, 360)
    assert run.stop() == 0

    assert "starting three hours back" in run.log.read_text()
    for topic in (topics.MOMENTS.name, topics.CHAT_COUNTS.name):
        later = {
            (each.key, each.value) for each in chat.recount(359) if each.topic == topic and each.value not in before
        }
        assert results(kafka, topic, CHANNEL) == later
