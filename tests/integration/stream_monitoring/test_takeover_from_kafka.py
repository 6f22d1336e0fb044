"""A new holder reads back what Kafka has once every transaction is decided, and repairs what some partitions lost."""

import shutil
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import Producer

from contracts import codec
from contracts.chat_messages import FORMAT_VERSION, Tick
from contracts.topics import CHAT_MESSAGES, STREAM_LIFECYCLE
from embedded.processes.waiting import wait_for
from embedded.records import Record, read_topic
from embedded.servers.kafka import Kafka
from service_runtime.kafka import KafkaAwayError, consumer_config, producer_config
from service_runtime.settings import KafkaSettings
from stream_monitoring.forwarding import holder_start
from stream_monitoring.forwarding.forwarder import Forwarder
from stream_monitoring.forwarding.holder_start import wait_for_open_transactions
from stream_monitoring.forwarding.kafka_log import TICKED, KafkaLog, PartitionId
from stream_monitoring.forwarding.lease import Lease, LeaseTimeouts
from stream_monitoring.forwarding.transactions import PRODUCER_SETTINGS, Transactions
from stream_monitoring.forwarding.unread import AHEAD_MS
from stream_monitoring.spool.batch import TICK_KEY
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.frame_queue import FrameQueue
from stream_monitoring.spool.spool import Spool, SpoolLimits

ANSWER_SECONDS = 10.0
PARTITION = 2
COORDINATOR = "__transaction_state-*"
BATCH_HEAD = 12  # bytes: the base offset (8) and the length of what follows


@pytest.fixture
def open_transaction(own_kafka: Kafka) -> Producer:
    """A record whose transaction is neither committed nor aborted."""
    producer = Producer({"bootstrap.servers": own_kafka.bootstrap_servers, "transactional.id": "another"})
    producer.init_transactions(ANSWER_SECONDS)
    producer.begin_transaction()
    producer.produce(CHAT_MESSAGES.name, TICK, partition=PARTITION)
    assert producer.flush(ANSWER_SECONDS) == 0
    return producer


TICK = (
    b'{"kind":"tick","schema_version":1,"sent_at":1790000000000,"received_at":1790000000001,"instance":"a",'
    b'"spool_id":"somebody","spool_position":7}'
)


LATER_TICK = TICK.replace(b'"spool_position":7', b'"spool_position":9')
MESSAGE = b'{"kind":"message","sent_at":1790000000500,"message_id":"twice?"}'
OTHER = MESSAGE.replace(b"twice?", b"twice!")
NOTICE = b'{"kind":"notice","sent_at":1790000000500,"notice_id":"twice, too"}'


def holder(kafka: Kafka) -> Transactions:
    with reader(kafka) as log:
        wait_for("every partition has its leader", lambda: undecided(log) is not None, 60)
        return Transactions(config_of(kafka), log.half_committed)


def config_of(kafka: Kafka) -> dict[str, Any]:
    return producer_config(KafkaSettings(bootstrap_servers=kafka.bootstrap_servers), **PRODUCER_SETTINGS)


def undecided(log: KafkaLog) -> list[PartitionId] | None:
    """Return the partitions with an open transaction, None while the broker is not quite up."""
    try:
        return log.open_transactions()
    except KafkaAwayError:
        return None


def one_frame() -> list[Frame]:
    return [Frame.of(0, [b"12826", MESSAGE, TICK_KEY, TICK], 1_790_000_000_000)]


def is_idle(data: Path) -> bool:
    """Whether the coordinator's log does not grow."""
    sizes = [each.stat().st_size for each in data.glob(f"{COORDINATOR}/*.log")]
    time.sleep(1.0)
    return sizes == [each.stat().st_size for each in data.glob(f"{COORDINATOR}/*.log")]


def reader(kafka: Kafka) -> KafkaLog:
    return KafkaLog(consumer_config(KafkaSettings(bootstrap_servers=kafka.bootstrap_servers), "chat-forwarder"))


def test_it_waits_for_a_transaction_that_is_still_open(own_kafka: Kafka, open_transaction: Producer) -> None:
    with reader(own_kafka) as log:
        assert log.open_transactions() == [(CHAT_MESSAGES.name, PARTITION)]
        commit = threading.Timer(1.0, open_transaction.commit_transaction, [ANSWER_SECONDS])
        commit.start()
        assert wait_for_open_transactions(log) == []
        assert [tick.spool_position for tick in log.last_ticks(CHAT_MESSAGES).values()] == [7]
        commit.join()


def test_the_wait_for_an_open_transaction_is_bounded(
    own_kafka: Kafka, open_transaction: Producer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holder_start, "OPEN_SECONDS", 0.5)
    with reader(own_kafka) as log:
        assert wait_for_open_transactions(log) == [(CHAT_MESSAGES.name, PARTITION)]
        assert log.last_ticks(CHAT_MESSAGES) == {}
    open_transaction.abort_transaction()


def test_a_transaction_the_coordinator_forgot_is_not_committed(own_kafka: Kafka, tmp_path: Path) -> None:
    """After an unclean shutdown the broker may have a transaction's records, but not that it was begun."""
    last = holder(own_kafka)
    last.send([Frame.of(0, [TICK_KEY, TICK], 1_790_000_000_000)], TICK)
    data = own_kafka.directory / "data"
    wait_for("the coordinator has written what it knows", lambda: is_idle(data), 30)
    memory = [shutil.copytree(each, tmp_path / each.name) for each in data.glob(COORDINATOR)]
    last._producer.begin_transaction()
    last._produce_frame(one_frame()[0])
    last._produce_tick(LATER_TICK)
    assert last._producer.flush(ANSWER_SECONDS) == 0
    own_kafka.kill()
    for partition in memory:
        shutil.rmtree(data / partition.name)
        shutil.copytree(partition, data / partition.name)
    own_kafka.stop()
    own_kafka.start()
    following = holder(own_kafka)
    with reader(own_kafka) as log:
        wait_for("every partition is decided", lambda: log.open_transactions() == [], 30)
    following.send(one_frame(), LATER_TICK)
    assert committed(own_kafka).count(MESSAGE) == 1


def test_a_half_written_commit_is_finished(own_kafka: Kafka) -> None:
    """A broker killed in a commit considers it complete when it is back, whatever its partitions have."""
    last = holder(own_kafka)
    last.send([Frame.of(0, [TICK_KEY, TICK], 1_790_000_000_000)], TICK)
    last.send(one_frame(), LATER_TICK)
    cut = partitions_but(own_kafka, 0)
    lose_markers(own_kafka, cut)
    with reader(own_kafka) as log:
        wait_for("the markers are missing", lambda: undecided(log) == cut, 60)
        assert MESSAGE not in committed(own_kafka)
        holder(own_kafka)
        wait_for("every partition is decided", lambda: log.open_transactions() == [], 30)
        assert len(set(log.last_ticks(*TICKED).values())) == 1
    assert committed(own_kafka).count(MESSAGE) == 1


def test_records_lost_in_some_partitions_are_sent_again(own_kafka: Kafka, tmp_path: Path) -> None:
    """As above, but the last holder's next transaction aborted the rest of the half-written commit."""
    spool, kept = with_a_second_transaction(own_kafka, tmp_path)
    lose_all_but(own_kafka, kept)
    assert_all_is_sent_again(own_kafka, spool)


def test_what_the_spool_lacks_of_them_is_told_as_a_gap(own_kafka: Kafka, tmp_path: Path) -> None:
    spool, kept = with_a_second_transaction(own_kafka, tmp_path)
    lose_all_but(own_kafka, kept)
    (segment,) = spool.directory.glob("*.segment")
    segment.write_bytes(segment.read_bytes()[:-1] + b"?")  # the second transaction's frame
    forwarder_of(own_kafka, spool)._resume(holder(own_kafka))
    gap = gap_lines([(1_790_000_000_000, 1_790_000_001_000 + AHEAD_MS)])[1]
    with reader(own_kafka) as log:
        wait_for("every partition is decided", lambda: log.open_transactions() == [], 30)
        assert len(set(log.last_ticks(*TICKED).values())) == 1
    assert [committed(own_kafka).count(each) for each in (MESSAGE, OTHER, gap)] == [0, 1, 1]
    assert [each.value for each in records(own_kafka, STREAM_LIFECYCLE.name)].count(gap) == 1


def lose_all_but(kafka: Kafka, kept: int) -> None:
    """Lose the second transaction in all partitions but this one of the chat."""
    cut = partitions_but(kafka, kept)
    lose_markers(kafka, cut)
    with reader(kafka) as log:
        wait_for("the markers are missing", lambda: undecided(log) == cut, 60)
        Transactions(config_of(kafka))  # aborts what is open
        wait_for("every partition is decided", lambda: log.open_transactions() == [], 30)
        assert [MESSAGE in committed(kafka), OTHER in committed(kafka)] == [False, True]


def test_a_commit_that_a_partition_has_lost_is_not_finished(own_kafka: Kafka, tmp_path: Path) -> None:
    """After a power cut a partition may lack the records as well: the tick of that commit would not be true there."""
    spool, kept = with_a_second_transaction(own_kafka, tmp_path)
    lacks = next(each.partition for each in records(own_kafka, CHAT_MESSAGES.name) if each.value == MESSAGE)
    assert lacks != kept
    cut = partitions_but(own_kafka, kept)
    lose_markers(own_kafka, [*cut, (CHAT_MESSAGES.name, lacks)])
    with reader(own_kafka) as log:
        rest = [each for each in cut if each != (CHAT_MESSAGES.name, lacks)]
        wait_for("the markers are missing", lambda: undecided(log) == rest, 60)
    assert_all_is_sent_again(own_kafka, spool)


def with_a_second_transaction(kafka: Kafka, folder: Path) -> tuple[Spool, int]:
    """Write an empty transaction and one with records; return the spool, and the partition that OTHER is in."""
    spool, last = Spool(folder / "spool", SpoolLimits()), holder(kafka)
    for number, lines in enumerate(([], [b"12826", MESSAGE, b"54706", OTHER, b"l12826", NOTICE])):
        end = spool.end + len(lines) // 2 + 1
        tick = own_tick(spool, 1_790_000_000_000 + 1000 * number, end)
        frame = spool.append([*lines, TICK_KEY, tick], 1_790_000_000_000 + 1000 * number)
        last.send([frame], tick)
    return spool, next(each.partition for each in records(kafka, CHAT_MESSAGES.name) if each.value == OTHER)


def assert_all_is_sent_again(kafka: Kafka, spool: Spool) -> None:
    """Resume as a holder that has the spool, and count what is in Kafka then."""
    forwarder = forwarder_of(kafka, spool)
    forwarder._resume(holder(kafka))
    with reader(kafka) as log:
        wait_for("every partition is decided", lambda: log.open_transactions() == [], 30)
        assert len(set(log.last_ticks(*TICKED).values())) == 1
    assert forwarder.position == spool.end
    assert [committed(kafka).count(each) for each in (MESSAGE, OTHER, NOTICE)] == [1, 1, 1]
    assert [each.value for each in records(kafka, STREAM_LIFECYCLE.name)].count(NOTICE) == 1


def partitions_but(kafka: Kafka, kept: int) -> list[PartitionId]:
    """Return all partitions with ticks but this one of the chat."""
    with reader(kafka) as log:
        return [partition for partition in log.partitions(*TICKED) if partition != (CHAT_MESSAGES.name, kept)]


def lose_markers(kafka: Kafka, cut: list[PartitionId]) -> None:
    """Kill the broker, cut the last transaction's markers off these partitions, start it again."""
    data = kafka.directory / "data"
    wait_for("the coordinator has written what it knows", lambda: is_idle(data), 30)
    kafka.kill()
    for topic, number in cut:
        cut_last_batch(data / f"{topic}-{number}")
    kafka.stop()
    kafka.start()


def own_tick(spool: Spool, sent_at: int, end: int) -> bytes:
    return codec.encode(
        Tick(
            schema_version=1,
            sent_at=sent_at,
            received_at=sent_at,
            instance="a",
            spool_id=spool.spool_id,
            spool_position=end,
            format_version=FORMAT_VERSION,
        )
    )


def forwarder_of(kafka: Kafka, spool: Spool) -> Forwarder:
    """Return a forwarder as main.py makes it; alone, and without a capture."""
    lease = Lease("holder", LeaseTimeouts(stalled_seconds=10, go_on_seconds=60, take_back_seconds=60), is_alone=True)
    channel = SimpleNamespace(undelivered_lines=lambda lacking: gap_lines(lacking("12826")))
    capture: Any = SimpleNamespace(continuity=channel)  # not asked more while the own log simply continues
    return Forwarder(
        spool=spool,
        queue=FrameQueue(),
        producer_config={},
        read_log=lambda: reader(kafka),
        lease=lease,
        capture=capture,
        instance="a",
    )


def gap_lines(times: Iterable[tuple[int, int]]) -> list[bytes]:
    """Return the lines of MESSAGE's channel with a gap for each of these times."""
    record = b'{"kind":"coverage","event":"gap","sent_at":%d,"gap_until_at":%d}'
    return [line for after, until in times for line in (b"l12826", record % (after + 1, until))]


def cut_last_batch(partition: Path) -> None:
    """Cut the last record batch, the marker of its last transaction, off a partition's log. The broker is down."""
    (log,) = partition.glob("*.log")
    content, at, last = log.read_bytes(), 0, 0
    while at + BATCH_HEAD <= len(content):
        last, at = at, at + BATCH_HEAD + int.from_bytes(content[at + 8 : at + BATCH_HEAD])
    log.write_bytes(content[:last])


def committed(kafka: Kafka) -> list[bytes | None]:
    """Return the values of all committed records."""
    return [each.value for each in records(kafka, CHAT_MESSAGES.name)]


def records(kafka: Kafka, topic: str) -> list[Record]:
    return read_topic(kafka.bootstrap_servers, topic)
