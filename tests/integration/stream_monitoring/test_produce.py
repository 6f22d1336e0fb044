"""Both ways of handing records to librdkafka put the same records into the same partitions."""

from collections.abc import Iterator

import pytest
from confluent_kafka import KafkaError, KafkaException, Producer

from contracts.topics import CHAT_MESSAGES
from embedded.records import read_topic
from service_runtime.kafka import producer_config
from service_runtime.settings import KafkaSettings
from stream_monitoring.forwarding import hand_over
from stream_monitoring.forwarding.hand_over import HandOver, hand_over_to
from stream_monitoring.spool.batch import TICK_KEY
from stream_monitoring.spool.frame import PIECE_BYTES, Frame

TEXTS = ["", "hi", "你好 \\ \x01", "long " * 500]
RECORDS = 2_000
LARGEST = 1_000_000  # bytes; librdkafka takes no larger record


@pytest.fixture(params=["columns", "dicts"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which of the two ways is taken."""
    assert hand_over.is_known(), "try the new version of confluent-kafka, then say so in KNOWN"
    if request.param == "dicts":
        monkeypatch.setattr(hand_over, "KNOWN", ("0.0.0", "0.0.0"))
    return str(request.param)


def producer_of(kafka: str, **more: int) -> Producer:
    return Producer(producer_config(KafkaSettings(bootstrap_servers=kafka), **more))


@pytest.fixture
def producer(kafka: str) -> Iterator[Producer]:
    plain = producer_of(kafka)
    yield plain
    assert plain.flush(30) == 0


def frame() -> Frame:
    lines = []
    for number in range(RECORDS):
        text = TEXTS[number % len(TEXTS)]
        lines += [b"%d" % (number * 7919), b'{"number":%d,"text":"%b"}' % (number, text.encode())]
    return Frame.of(0, [*lines, TICK_KEY, b"{}"], 1)


def send(to: HandOver, sent: Frame) -> None:
    for piece in sent.pieces():
        to(piece, piece.split(b"\n"))


@pytest.mark.usefixtures("empty_topics", "way")
def test_every_record_arrives_in_the_partition_of_its_key(kafka: str, producer: Producer) -> None:
    sent = frame()
    assert sent.size > 3 * PIECE_BYTES
    send(hand_over_to(producer, CHAT_MESSAGES.name), sent)
    lines = sent.lines[:-2]
    for key, value in zip(lines[0::2], lines[1::2], strict=True):
        producer.produce(CHAT_MESSAGES.name, value, key)
    assert producer.flush(30) == 0
    arrived = [(each.partition, each.key, each.value) for each in read_topic(kafka, CHAT_MESSAGES.name)]
    assert len(arrived) == 2 * RECORDS
    assert len(set(arrived)) == RECORDS  # each twice: once from each producer call, in the same partition
    assert {(key, value) for _, key, value in arrived} == set(zip(lines[0::2], lines[1::2], strict=True))


@pytest.mark.usefixtures("way")
def test_a_record_that_is_too_large_raises(producer: Producer) -> None:
    lines = [b"1", b"{}", b"2", b'"' + b"x" * LARGEST + b'"', b"3", b"{}"]
    with pytest.raises(KafkaException) as raised:
        hand_over_to(producer, CHAT_MESSAGES.name)(b"\n".join(lines), lines)
    assert raised.value.args[0].code() == KafkaError.MSG_SIZE_TOO_LARGE


@pytest.mark.usefixtures("way")
def test_a_full_queue_raises(kafka: str) -> None:
    small = producer_of(kafka, **{"queue.buffering.max.messages": 100, "linger.ms": 60_000})
    with pytest.raises(KafkaException) as raised:
        send(hand_over_to(small, CHAT_MESSAGES.name), frame())
    assert raised.value.args[0].code() == KafkaError._QUEUE_FULL
    small.purge()


def test_the_parameter_selects_the_way(producer: Producer, way: str) -> None:
    taken = hand_over_to(producer, CHAT_MESSAGES.name)
    assert isinstance(taken, hand_over.Columns) == (way == "columns")
