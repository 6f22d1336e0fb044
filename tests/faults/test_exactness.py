"""Three million messages through every fault: nothing is lost or doubled, the results equal an uninterrupted run's.

Kafka is down while two instances spool the messages; the holder is killed while the backlog drains, and the job while
it reads. Messages are repeated and out of order, one claims to be from next year; the standby's clock is 30 s off, and
the holder's sockets are silent for a while.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from benchmarks._result import write_result
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic
from faults import table
from faults.exact_count import Truth, recount
from integration.support.clip_detector_process import DetectorRun, progress
from integration.support.instance_pair import CLOCK_OFF, Pair

from contracts import topics
from contracts.chat_messages import Tick
from contracts.codec import decode
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.records import read_topic
from embedded.servers.kafka import Kafka
from service_runtime.clock import now_ms
from service_runtime.kafka import consumer_config, partitions_of
from service_runtime.settings import KafkaSettings
from service_runtime.topic_reader import TopicReader
from service_runtime.topic_setup import create_topics
from twitch_simulator.process import SimulatorProcess

MESSAGES = int(os.environ.get("EXACTNESS_MESSAGES", "3000000"))
RATE = int(os.environ.get("EXACTNESS_RATE", "5000"))  # messages per second
CHANNELS = 400
NAME = f"{MESSAGES:,} messages kept by two instances, drained and read through kills"
pytestmark = [pytest.mark.fault, pytest.mark.timeout(5400)]
SECONDS = 1800.0
SILENT_SECONDS = 40
KILLED_AT = (0.25, 0.5, 0.75)  # of the event time
DRAINED_AT = 0.75  # of the backlog: when the draining instance is killed; the sockets are no longer silent by then
AFTER_MS = 240_000  # with ticks only, so that every moment closes
NEXT_YEAR_MS = 365 * 24 * 3600 * 1000
RESULTS = (topics.MOMENTS, topics.CHAT_COUNTS, topics.JOB_PROGRESS)
Records = set[tuple[bytes | None, bytes | None]]


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[Kafka]:
    """A Kafka for this test alone."""
    with Kafka(tmp_path / "kafka", *free_ports(2)) as server:
        create_topics(AdminClient({"bootstrap.servers": server.bootstrap_servers}))
        yield server


@pytest.fixture
def both(tmp_path: Path, kafka: Kafka) -> Iterator[Pair]:
    """A simulated Twitch that sends repeats out of order, and two instances that read it."""
    flags = ["--channels", str(CHANNELS), "--messages-per-second", str(RATE), "--bursts-per-minute", "30"]
    with ExitStack() as stack:
        twitch = stack.enter_context(SimulatorProcess(tmp_path / "truth", *flags, "--seed", "77"))
        twitch.order("duplicate", share=0.05)
        twitch.order("disorder", share=0.1, seconds=0.8)
        pair = Pair(tmp_path, twitch, kafka.bootstrap_servers)
        pair.standby.command = [sys.executable, str(CLOCK_OFF), "-30"]
        for instance in (pair.holder, pair.standby):
            instance.environment["MONITORING_GO_ON_SECONDS"] = "60"
        stack.callback(pair.print_logs)
        stack.callback(pair.holder.end, signal.SIGKILL)
        stack.callback(pair.standby.end, signal.SIGKILL)
        yield pair


def gather(both: Pair, kafka: Kafka, truth: Truth) -> None:
    """Let both instances spool a backlog while Kafka is down, half-way with the holder's sockets silent."""
    both.holder.start()
    wait_for("the holder", lambda: both.forwards(both.holder), SECONDS, 1)
    wait_for("the holder reads all", lambda: both.reads_all(both.holder), SECONDS, 1)
    silent = both.sockets()
    both.standby.start()
    wait_for("the standby", lambda: both.reads_all(both.standby), SECONDS, 1)
    at_start = truth.count()
    wait_for("ticks pass where the standby began", lambda: truth.count() > at_start + 10 * RATE, SECONDS, 1)
    kafka.stop()
    wait_for("half of the backlog", lambda: truth.count() > MESSAGES // 2, SECONDS, 1)
    for socket in silent:
        both.twitch.order("silence", socket=socket, seconds=SILENT_SECONDS)
    both.twitch.order("raw", line=next_year(both))
    wait_for("the backlog", lambda: truth.count() > MESSAGES, SECONDS, 1)


def next_year(both: Pair) -> str:
    """Return a message with a timestamp from next year, in Twitch's format."""
    channel = both.twitch.state()["channels"][0]
    sent_at = now_ms() + NEXT_YEAR_MS
    return (
        "@badge-info=;badges=;color=;display-name=x;emotes=;first-msg=0;flags=;id=00000000-0000-4000-8000-000000000000;"
        f"mod=0;returning-chatter=0;room-id={channel['channel_id']};subscriber=0;tmi-sent-ts={sent_at};turbo=0;"
        f"user-id=1;user-type= :x!x@x.tmi.twitch.tv PRIVMSG #{channel['login']} :from next year"
    )


def drain(both: Pair, kafka: Kafka) -> None:
    """Start Kafka and kill the draining instance half-way; the other one finishes."""
    kafka.start()
    wait_for("one of the two drains", lambda: any(map(both.forwards, (both.holder, both.standby))), SECONDS, 0.5)
    first, other = (both.holder, both.standby) if both.forwards(both.holder) else (both.standby, both.holder)
    wait_for("most of it is drained", lambda: records_in(kafka) > MESSAGES * DRAINED_AT, SECONDS, 0.2)
    first.end(signal.SIGKILL)
    assert records_in(kafka) < MESSAGES, "the kill came after the drain"
    wait_for("the other drains", lambda: both.forwards(other), SECONDS, 0.5)
    wait_for("all is in Kafka", lambda: other.measured("stream_monitoring_spool_backlog_bytes") == 0, SECONDS, 1)
    assert other.end() == 0


def records_in(kafka: Kafka) -> int:
    """Return the length of the log in records and transaction markers; 0 if the broker is not ready yet."""
    config = consumer_config(KafkaSettings(bootstrap_servers=kafka.bootstrap_servers), "length")
    try:
        with TopicReader(config, topics.CHAT_MESSAGES.name, silent_seconds=10.0) as reader:
            return sum(end for _, end in reader.bounds().values())
    except KafkaException:
        return 0


@contextmanager
def ticking(kafka: Kafka, after: int) -> Iterator[None]:
    """Send ticks after `after` to every partition, as a holder does while there is no chat."""
    stop, producer = threading.Event(), Producer({"bootstrap.servers": kafka.bootstrap_servers})
    partitions = partitions_of(producer, topics.CHAT_MESSAGES.name, 10.0)

    def tick() -> None:
        at = after
        while not stop.wait(0.2):
            at += 5_000
            record = f'{{"kind":"tick","schema_version":1,"sent_at":{at},"received_at":{at},"instance":"test"}}'
            for number in partitions:
                producer.produce(topics.CHAT_MESSAGES.name, record, partition=number)
            producer.flush(10)

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def read_through_kills(
    kafka: Kafka, folder: Path, first: int, last: int, kills: tuple[float, ...]
) -> dict[str, Records]:
    """Run the job over the log until every moment has closed; return its results without repeats."""
    run = DetectorRun(kafka.bootstrap_servers, folder)
    try:
        for number, share in enumerate(kills):
            wait_for_event_time(kafka, run, round(first + (last - first) * share))
            run.kill_python() if number % 2 else run.kill_jvm()
            assert max(progress(kafka.bootstrap_servers)) < last, "the kill came after the backlog's end"
            run = DetectorRun(kafka.bootstrap_servers, folder)
        wait_for_event_time(kafka, run, last + AFTER_MS)
        assert run.stop() == 0
    finally:
        run.end()
    progressed = [decode(topics.JOB_PROGRESS.name, each.value or b"") for each in read(kafka, topics.JOB_PROGRESS)]
    assert max(each.late for each in progressed) == 0
    return {topic.name: {(each.key, each.value) for each in read(kafka, topic)} for topic in RESULTS[:2]}


def writers(kafka: Kafka) -> list[str]:
    """Return the instances that wrote ticks, in order."""
    found: list[str] = []
    for each in read_topic(kafka.bootstrap_servers, topics.STREAM_LIFECYCLE.name):
        record = decode(topics.STREAM_LIFECYCLE.name, each.value or b"") if each.partition == 0 else None
        if isinstance(record, Tick) and found[-1:] != [record.instance]:
            found.append(record.instance)
    return found


def read(kafka: Kafka, topic: topics.Topic) -> list[object]:
    """Return a topic's records."""
    return list(read_topic(kafka.bootstrap_servers, topic.name))


def wait_for_event_time(kafka: Kafka, run: DetectorRun, event_at: int) -> None:
    """Wait until the job has reported an event time."""

    def passed() -> bool:
        assert run.process.poll() is None, run.log.read_text()[-3000:]
        return max(progress(kafka.bootstrap_servers), default=0) >= event_at

    wait_for("the job's progress", passed, SECONDS, 0.5)


def clear_results(kafka: Kafka) -> None:
    """Delete and recreate the topics of results."""
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    counts = [(topic, len(partitions_of(admin, topic.name, 10.0))) for topic in RESULTS]
    for future in admin.delete_topics([topic.name for topic in RESULTS]).values():
        future.result(30)

    def recreated() -> bool:
        news = [NewTopic(topic.name, count, 1, config=topic.config_for(count)) for topic, count in counts]
        return all(future.exception(30) is None for future in admin.create_topics(news).values())

    def known() -> bool:
        there = admin.list_topics(timeout=10.0).topics
        return all(topic.name in there and len(there[topic.name].partitions) == count for topic, count in counts)

    wait_for("the recreated topics", recreated, 60, 1)
    wait_for("the broker tells of them", known, 60, 0.5)


@pytest.mark.skipif(not table.is_chosen(NAME), reason="not selected by FAULTS; run: make test-faults")
def test_all_faults_give_the_results_of_an_uninterrupted_run(both: Pair, kafka: Kafka, tmp_path: Path) -> None:
    truth = Truth(both.twitch.truth / "messages.jsonl")
    gather(both, kafka, truth)
    drain(both, kafka)
    log = recount(kafka, truth)
    for name in ("killed", "whole"):
        (tmp_path / name).mkdir()
    with ticking(kafka, log.last):
        killed = read_through_kills(kafka, tmp_path / "killed", log.first, log.last, KILLED_AT)
        clear_results(kafka)
        whole = read_through_kills(kafka, tmp_path / "whole", log.first, log.last, ())
    moments = {key for key, _ in whole[topics.MOMENTS.name]}
    assert len(moments) > 10, "too few moments were compared"
    assert killed == whole
    write_result(
        f"exactness_{table.MORE_A_SYNC_MS}_ms" if table.MORE_A_SYNC_MS else "exactness",
        {
            "more_a_sync_ms": table.MORE_A_SYNC_MS,
            "messages": log.messages,
            "lost": 0,
            "doubled": 0,
            "late": 0,
            "in_told_gaps": log.in_gaps,
            "writers": writers(kafka),
            "moments": len(moments),
            "minutes_of_counts": len(whole[topics.CHAT_COUNTS.name]),
            "equal_to_an_uninterrupted_run": True,
        },
    )
