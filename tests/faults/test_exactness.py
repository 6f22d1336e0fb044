"""Three million messages while Kafka was away, kept by two instances, drained through a kill of the holder, read by a
job that is killed: nothing is lost or doubled, and the results equal an uninterrupted run's.

On the wire messages come twice and out of order, and one claims to be from next year; the standby's clock is 30 s off,
and for a while the holder is deaf.
"""

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from benchmarks._result import keep
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic
from faults import table
from integration.support.clip_detector_process import DetectorRun, progress
from integration.support.instance_pair import CLOCK_OFF, Pair

from contracts import topics
from contracts.chat_messages import Tick
from contracts.codec import decode
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.records import iterate_topic, read_topic
from embedded.servers.kafka import Kafka
from service_runtime.clock import now_ms
from service_runtime.kafka import consumer_config
from service_runtime.settings import KafkaSettings
from service_runtime.topic_reader import TopicReader
from service_runtime.topic_setup import create_topics
from twitch_simulator.process import SimulatorProcess

MESSAGES = int(os.environ.get("EXACTNESS_MESSAGES", "3000000"))
RATE = int(os.environ.get("EXACTNESS_RATE", "5000"))  # messages a second
CHANNELS = 400
NAME = f"{MESSAGES:,} messages kept by two instances, drained and read through kills"
pytestmark = [pytest.mark.fault, pytest.mark.timeout(5400)]
SECONDS = 1800.0
DEAF_SECONDS = 40
KILLED_AT = (0.25, 0.5, 0.75)  # of the event time
DRAINED_AT = 0.75  # of the backlog: then who drains is killed, and the other one hears again since before that
AFTER_MS = 240_000  # of ticks alone: every moment closes
NEXT_YEAR_MS = 365 * 24 * 3600 * 1000
RESULTS = (topics.MOMENTS, topics.CHAT_COUNTS, topics.JOB_PROGRESS)
Told = set[tuple[bytes | None, bytes | None]]


class Said(msgspec.Struct):
    """A row of the simulator's truth."""

    message_id: str
    channel_id: str
    sent_at: int


class Marks(msgspec.Struct):
    """What the recount looks at in a record of the log."""

    kind: str
    sent_at: int
    channel_id: str = ""
    message_id: str = ""
    event: str = ""
    gap_from_at: int = 0
    gap_until_at: int = 0


class Truth:
    """The simulator's messages, counted as the file grows."""

    def __init__(self, file: Path) -> None:
        self._file, self._read, self.messages = file, 0, 0

    def grown(self) -> int:
        """How many messages there are now."""
        with self._file.open("rb") as rows:
            rows.seek(self._read)
            while chunk := rows.read(1 << 20):
                self.messages += chunk.count(b"\n")
                self._read += len(chunk)
        return self.messages

    def rows(self) -> Iterator[Said]:
        """All of them."""
        decoder = msgspec.json.Decoder(Said)
        with self._file.open("rb") as rows:
            yield from map(decoder.decode, rows)


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[Kafka]:
    """A Kafka of the test's own."""
    with Kafka(tmp_path / "kafka", *free_ports(2)) as server:
        create_topics(AdminClient({"bootstrap.servers": server.bootstrap_servers}))
        yield server


@pytest.fixture
def both(tmp_path: Path, kafka: Kafka) -> Iterator[Pair]:
    """A Twitch that sends disorder, and two instances that read it."""
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
    """Both read, Kafka goes away, and the backlog grows; in its middle the holder hears nothing for a while."""
    both.holder.start()
    wait_for("the holder", lambda: both.forwards(both.holder), SECONDS, 1)
    wait_for("the holder reads all", lambda: both.reads_all(both.holder), SECONDS, 1)
    deaf = both.sockets()
    both.standby.start()
    wait_for("the standby", lambda: both.reads_all(both.standby), SECONDS, 1)
    begun = truth.grown()
    wait_for("ticks pass where the standby began", lambda: truth.grown() > begun + 10 * RATE, SECONDS, 1)
    kafka.stop()
    wait_for("half of the backlog", lambda: truth.grown() > MESSAGES // 2, SECONDS, 1)
    for socket in deaf:
        both.twitch.order("silence", socket=socket, seconds=DEAF_SECONDS)
    both.twitch.order("raw", line=next_year(both))
    wait_for("the backlog", lambda: truth.grown() > MESSAGES, SECONDS, 1)


def next_year(both: Pair) -> str:
    """A message whose time is a lie, as Twitch would write it."""
    channel = both.twitch.state()["channels"][0]
    sent_at = now_ms() + NEXT_YEAR_MS
    return (
        "@badge-info=;badges=;color=;display-name=x;emotes=;first-msg=0;flags=;id=00000000-0000-4000-8000-000000000000;"
        f"mod=0;returning-chatter=0;room-id={channel['channel_id']};subscriber=0;tmi-sent-ts={sent_at};turbo=0;"
        f"user-id=1;user-type= :x!x@x.tmi.twitch.tv PRIVMSG #{channel['login']} :from next year"
    )


def drain(both: Pair, kafka: Kafka) -> None:
    """Kafka is back; whoever drains is killed in the middle, the other goes on; then everything is in Kafka."""
    kafka.start()
    wait_for("somebody drains", lambda: any(map(both.forwards, (both.holder, both.standby))), SECONDS, 0.5)
    first, other = (both.holder, both.standby) if both.forwards(both.holder) else (both.standby, both.holder)
    wait_for("it is in the middle", lambda: records_in(kafka) > MESSAGES * DRAINED_AT, SECONDS, 0.2)
    first.end(signal.SIGKILL)
    assert records_in(kafka) < MESSAGES, "the kill came after the drain"
    wait_for("the other drains", lambda: both.forwards(other), SECONDS, 0.5)
    wait_for("all is in Kafka", lambda: other.measured("stream_monitoring_spool_backlog_bytes") == 0, SECONDS, 1)
    assert other.end() == 0


def records_in(kafka: Kafka) -> int:
    """How long the log is, in records and marks; 0 from a broker that is not quite up."""
    config = consumer_config(KafkaSettings(bootstrap_servers=kafka.bootstrap_servers), "length")
    try:
        with TopicReader(config, topics.CHAT_MESSAGES.name, range(topics.CHAT_MESSAGES.partitions), 10.0) as reader:
            return sum(end for _, end in reader.bounds().values())
    except KafkaException:
        return 0


@dataclass(frozen=True)
class Recount:
    """What is in the log. `first`, `last`: event times in milliseconds; `in_gaps`: messages that told gaps excuse."""

    messages: int
    in_gaps: int
    first: int
    last: int


def recount(kafka: Kafka, truth: Truth) -> Recount:
    """Fail where a message is lost, doubled or late."""
    decoder = msgspec.json.Decoder(Marks)
    found: Counter[str] = Counter()
    ticks: dict[int, int] = {}
    gaps: list[Marks] = []
    late = 0
    first, last = sys.maxsize, 0
    for record in iterate_topic(kafka.bootstrap_servers, topics.CHAT_MESSAGES.name):
        marks = decoder.decode(record.value or b"{}")
        before = ticks.get(record.partition, 0)
        if marks.kind == "tick":
            assert marks.sent_at >= before, "a tick went back"
            ticks[record.partition] = marks.sent_at
        elif marks.kind == "message":
            found[marks.message_id] += 1
            late += marks.sent_at <= before
            first, last = min(first, marks.sent_at), max(last, marks.sent_at)
        elif marks.event == "gap":
            gaps.append(marks)
    assert late == 0
    assert [each for each, times in found.items() if times > 1] == []
    lost = [each for each in truth.rows() if each.message_id not in found and first <= each.sent_at < last - 2_000]
    told = {(gap.channel_id, gap.gap_from_at, gap.gap_until_at) for gap in gaps}
    silent = [
        each
        for each in lost
        if not any(channel == each.channel_id and start <= each.sent_at <= end for channel, start, end in told)
    ]
    assert silent == []
    return Recount(len(found), len(lost), first, last)


@contextmanager
def ticking(kafka: Kafka, after: int) -> Iterator[None]:
    """Ticks from `after` on in every partition, as a holder writes them while nobody talks."""
    stop, producer = threading.Event(), Producer({"bootstrap.servers": kafka.bootstrap_servers})

    def tick() -> None:
        at = after
        while not stop.wait(0.2):
            at += 5_000
            record = f'{{"kind":"tick","schema_version":1,"sent_at":{at},"received_at":{at},"instance":"test"}}'
            for number in range(topics.CHAT_MESSAGES.partitions):
                producer.produce(topics.CHAT_MESSAGES.name, record, partition=number)
            producer.flush(10)

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def read_through_kills(kafka: Kafka, folder: Path, first: int, last: int, kills: tuple[float, ...]) -> dict[str, Told]:
    """Run the job over the log until every moment has closed; its results up to there, repeats dropped."""
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
    told = [decode(topics.JOB_PROGRESS.name, each.value or b"") for each in read(kafka, topics.JOB_PROGRESS)]
    assert max(each.late for each in told) == 0
    return {topic.name: {(each.key, each.value) for each in read(kafka, topic)} for topic in RESULTS[:2]}


def writers(kafka: Kafka) -> list[str]:
    """Whose ticks they are, in their order."""
    found: list[str] = []
    for each in read_topic(kafka.bootstrap_servers, topics.STREAM_LIFECYCLE.name):
        record = decode(topics.STREAM_LIFECYCLE.name, each.value or b"") if each.partition == 0 else None
        if isinstance(record, Tick) and found[-1:] != [record.instance]:
            found.append(record.instance)
    return found


def read(kafka: Kafka, topic: topics.Topic) -> list[object]:
    """A topic's records."""
    return list(read_topic(kafka.bootstrap_servers, topic.name))


def wait_for_event_time(kafka: Kafka, run: DetectorRun, event_at: int) -> None:
    """Until the job has told that it passed a time."""

    def passed() -> bool:
        assert run.process.poll() is None, run.log.read_text()[-3000:]
        return max(progress(kafka.bootstrap_servers), default=0) >= event_at

    wait_for("the job goes on", passed, SECONDS, 0.5)


def forget_results(kafka: Kafka) -> None:
    """Empty topics of results, as before the first run."""
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    for future in admin.delete_topics([topic.name for topic in RESULTS]).values():
        future.result(30)

    def made_again() -> bool:
        news = [NewTopic(topic.name, topic.partitions, 1, config=dict(topic.config)) for topic in RESULTS]
        return all(future.exception(30) is None for future in admin.create_topics(news).values())

    wait_for("the topics of results are new", made_again, 60, 1)


@pytest.mark.skipif(not table.is_chosen(NAME), reason="FAULTS names others, or none: make test-faults")
def test_a_backlog_through_all_faults_equals_an_uninterrupted_run(both: Pair, kafka: Kafka, tmp_path: Path) -> None:
    truth = Truth(both.twitch.truth / "messages.jsonl")
    gather(both, kafka, truth)
    drain(both, kafka)
    log = recount(kafka, truth)
    for name in ("killed", "whole"):
        (tmp_path / name).mkdir()
    with ticking(kafka, log.last):
        killed = read_through_kills(kafka, tmp_path / "killed", log.first, log.last, KILLED_AT)
        forget_results(kafka)
        whole = read_through_kills(kafka, tmp_path / "whole", log.first, log.last, ())
    moments = {key for key, _ in whole[topics.MOMENTS.name]}
    assert len(moments) > 10, "too few moments: hardly anything was compared"
    assert killed == whole
    keep(
        "exactness",
        {
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
