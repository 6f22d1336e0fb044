"""The Flink job on a real Kafka: exact through disorder, bad records, kill -9 and lost checkpoints."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer

from contracts import topics
from contracts.codec import decode
from embedded.kafka import Kafka

from .clip_detector_process import START, ChatLog, DetectorRun, results, wait_for_progress

CHANNEL = "900001"
NEXT_YEAR_AT = (START + 365 * 24 * 3600) * 1000
pytestmark = pytest.mark.timeout(900)


def loudness(second: int) -> int:
    """Two people a second; thirty of them for six seconds, twice."""
    return 30 if second % 400 in range(200, 206) else 2


def bad_records(chat: ChatLog) -> None:
    """What must do no harm: no JSON, an unknown kind, absent and absurd times, no channel, next year."""
    for value in (
        "no json",
        "[]",
        json.dumps({"kind": "whisper", "channel_id": CHANNEL, "sent_at": START * 1000}),
        json.dumps({"kind": "message", "channel_id": CHANNEL, "chatter": "x", "text": "no time"}),
        json.dumps({"kind": "message", "channel_id": CHANNEL, "sent_at": 10**18, "chatter": "x", "text": "absurd"}),
        json.dumps({"kind": "message", "sent_at": START * 1000, "chatter": "x", "text": "no channel"}),
        json.dumps({"kind": "message", "channel_id": CHANNEL, "sent_at": NEXT_YEAR_AT, "chatter": "x"}),
        json.dumps({"kind": "coverage", "channel_id": CHANNEL, "sent_at": "soon", "event": None}),
    ):
        chat.raw(value)


def opted_out(chat: ChatLog) -> str:
    """Another channel in the same log, which talks for 180 s and opts out after 90; its id."""
    other = ChatLog(chat.producer, "900002")
    for second in range(180):
        other.message(second, f"chatter{second % 9}", "hello")
    word = {"kind": "opt_out", "schema_version": 1, "channel_id": other.channel_id, "sent_at": (START + 90) * 1000}
    other.raw(json.dumps(word | {"received_at": 0, "instance": "test", "event": "out"}))
    return other.channel_id


@pytest.fixture
def start(own_kafka: Kafka, tmp_path: Path) -> Iterator[Callable[[], DetectorRun]]:
    """`start()` runs the detector on the test's folder; none is left at the end."""
    runs: list[DetectorRun] = []

    def start_one() -> DetectorRun:
        runs.append(DetectorRun(own_kafka.bootstrap_servers, tmp_path))
        return runs[-1]

    yield start_one
    for run in runs:
        run.end()


def test_a_burst_through_disorder_bad_records_and_kills(
    start: Callable[[], DetectorRun], own_kafka: Kafka, tmp_path: Path
) -> None:
    kafka = own_kafka.bootstrap_servers
    chat = ChatLog(Producer({"bootstrap.servers": kafka, "partitioner": topics.PARTITIONER}), CHANNEL)
    bad_records(chat)
    gone = opted_out(chat)
    chat.chat(range(100), loudness)
    run = start()
    wait_for_progress(kafka, run, 100)
    chat.chat(range(100, 205), loudness)
    wait_for_progress(kafka, run, 205)
    assert run.kill_jvm() != 0

    chat.chat(range(205, 400), loudness)
    run = start()
    wait_for_progress(kafka, run, 400)
    chat.chat(range(400, 605), loudness)
    wait_for_progress(kafka, run, 605)
    run.kill_python()

    chat.chat(range(605, 720), loudness)
    run = start()
    wait_for_progress(kafka, run, 720)
    assert run.stop() == 0

    expected = chat.recount(719)
    for topic in (topics.MOMENTS.name, topics.CHAT_COUNTS.name):
        told = {(record.key, record.value) for record in expected if record.topic == topic}
        assert results(kafka, topic, CHANNEL) == told
    revisions = [decode(record.topic, record.value) for record in expected if record.topic == topics.MOMENTS.name]
    assert [moment.revision for moment in revisions] == ["raised", "peaked", "closed"] * 2
    assert {json.loads(key_and_value[1])["minute_at"] for key_and_value in results(kafka, "chat-counts", gone)} == {
        START * 1000
    }
    closed = revisions[2]
    assert (closed.evidence.emotes[0].name, closed.evidence.emotes[0].chatters) == ("Kappa", 27)
    assert [word.word for word in closed.evidence.words] == ["wow"]
    assert closed.evidence.window_chatters == 30

    cold_start(kafka, chat, start, tmp_path)


def cold_start(kafka: str, chat: ChatLog, start: Callable[[], DetectorRun], directory: Path) -> None:
    """Without checkpoints the job starts three hours back and tells nothing that was due before where it stood."""
    before = {topic: len(results_of_all(kafka, topic)) for topic in (topics.MOMENTS.name, topics.CHAT_COUNTS.name)}
    shutil.rmtree(directory / "checkpoints")
    chat.chat(range(720, 1080), loudness)
    run = start()
    wait_for_progress(kafka, run, 1080)
    assert run.stop() == 0
    assert "starting three hours back" in run.log.read_text()
    repeated = results_of_all(kafka, topics.MOMENTS.name)[before[topics.MOMENTS.name] :]
    assert [decode(topics.MOMENTS.name, value).crossed_at for value in repeated] == [(START + 1001) * 1000] * 3
    counts = results_of_all(kafka, topics.CHAT_COUNTS.name)[before[topics.CHAT_COUNTS.name] :]
    assert min(decode(topics.CHAT_COUNTS.name, value).minute_at for value in counts) == (START + 720) * 1000
    expected = {record.value for record in chat.recount(1079) if record.topic == topics.MOMENTS.name}
    assert {value for _, value in results(kafka, topics.MOMENTS.name, CHANNEL)} == expected


def results_of_all(kafka: str, topic: str) -> list[bytes]:
    """The topic's values in the order of their partitions."""
    from embedded.records import read_topic

    return [each.value or b"" for each in sorted(read_topic(kafka, topic), key=lambda each: each.timestamp)]
