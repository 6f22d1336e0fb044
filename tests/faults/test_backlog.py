"""The job reads a backlog of three million messages through kills: the results equal a recount, none is late."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from random import Random

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from faults import table
from integration.support.clip_detector_process import START, ChatLog, DetectorRun, progress, wait_for_progress

from contracts import topics
from contracts.codec import decode
from embedded.processes.ports import free_ports
from embedded.records import read_topic
from embedded.servers.kafka import Kafka
from service_runtime.topic_setup import create_topics

BACKLOG = int(os.environ.get("BACKLOG", "3000000"))  # messages
NAME = f"backlog of {BACKLOG:,} messages, three kills of the job"
pytestmark = [pytest.mark.fault, pytest.mark.timeout(3600)]
CHANNELS, RATE = 60, 833  # messages per second in total
BLOCK_SECONDS = 5  # messages within a block are in any order; then a tick
LOUD_EVERY, LOUD_SECONDS, LOUD_TIMES = 60, 8, 10
WORDS = ("lol", "gg", "what", "no way", "that was insane", "clip it", "omg", "haha")
AFTERWARDS = 240  # seconds with ticks only, so that every moment closes
YEAR = 365 * 24 * 3600
KILLED_AT = (0.25, 0.5, 0.75)  # of the backlog
Records = set[tuple[bytes, bytes]]


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[str]:
    """A Kafka for this test alone."""
    with Kafka(tmp_path / "kafka", *free_ports(2)) as server:
        create_topics(AdminClient({"bootstrap.servers": server.bootstrap_servers}))
        yield server.bootstrap_servers


def write(kafka: str) -> tuple[list[ChatLog], int]:
    """Write the backlog: channels of heavy-tailed sizes with bursts, out of order, with wrong timestamps."""
    producer = Producer(
        {
            "bootstrap.servers": kafka,
            "partitioner": topics.PARTITIONER,
            "compression.type": "zstd",
            "linger.ms": 50,
            "queue.buffering.max.messages": 200_000,
        }
    )
    channels = [ChatLog(producer, str(10_000_000 + number)) for number in range(CHANNELS)]
    rnd, seconds = Random(7), BACKLOG // RATE
    weights = [1 / (rank + 1) ** 0.8 for rank in range(CHANNELS)]
    for begin in range(0, seconds, BLOCK_SECONDS):
        block = range(begin, min(begin + BLOCK_SECONDS, seconds))
        messages = [(second, number) for second in block for number in speakers(rnd, weights, second)]
        rnd.shuffle(messages)
        for second, number in messages:
            channels[number].message(second, f"{number:02}{rnd.randrange(4000):06}", rnd.choice(WORDS))
        add_invalid(channels[begin % CHANNELS], begin)
        channels[0].tick(block.stop)
    for second in range(seconds, seconds + AFTERWARDS, BLOCK_SECONDS):
        channels[0].tick(second)
    return channels, seconds


@contextmanager
def ticking(channel: ChatLog, second: int) -> Iterator[None]:
    """Keep sending ticks: a resumed job has no event time in a partition it had read to the end until the next tick."""
    stop = threading.Event()

    def tick() -> None:
        at = second
        while not stop.wait(1.0):
            channel.tick(at)
            at += 1

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def speakers(rnd: Random, weights: list[float], second: int) -> list[int]:
    """Draw the channels of a second's messages."""
    total = list(accumulate(weights))
    chosen = rnd.choices(range(CHANNELS), cum_weights=total, k=RATE)
    if second > 120 and second % LOUD_EVERY < LOUD_SECONDS:
        loud = second // LOUD_EVERY % CHANNELS
        extra = round(RATE * weights[loud] / total[-1] * LOUD_TIMES)
        chosen[:extra] = [loud] * extra
    return chosen


def add_invalid(channel: ChatLog, second: int) -> None:
    """Write records that must be ignored: an invalid one, and one from next year."""
    channel.raw("no json")
    at = (START + second + YEAR) * 1000
    channel.raw(f'{{"kind":"message","channel_id":"{channel.channel_id}","sent_at":{at},"chatter":"x","text":"later"}}')


def recounted(channels: list[ChatLog], until: int) -> dict[str, Records]:
    """Return the records that the pure detection makes of the messages, by topic."""
    found: dict[str, Records] = {topics.MOMENTS.name: set(), topics.CHAT_COUNTS.name: set()}
    for channel in channels:
        for record in channel.recount(until):
            found[record.topic].add((record.key, record.value))
    return found


def in_kafka(kafka: str, topic: str) -> Records:
    """Return the records of a topic without repeats."""
    return {(each.key or b"", each.value or b"") for each in read_topic(kafka, topic)}


def late(kafka: str) -> int:
    """Return the job's count of records that came at or before their partition's last tick."""
    return max(
        decode(topics.JOB_PROGRESS.name, each.value or b"").late for each in read_topic(kafka, topics.JOB_PROGRESS.name)
    )


def read_back(kafka: str, folder: Path, seconds: int) -> None:
    """Run the job over the backlog, killing and restarting it at each of the shares."""
    run = DetectorRun(kafka, folder)
    try:
        for number, share in enumerate(KILLED_AT):
            wait_for_progress(kafka, run, round(seconds * share))
            if number % 2:
                run.kill_python()
            else:
                run.kill_jvm()
            assert max(progress(kafka)) < (START + seconds) * 1000, "the kill came after the backlog's end"
            run = DetectorRun(kafka, folder)
        wait_for_progress(kafka, run, seconds + AFTERWARDS - BLOCK_SECONDS)
        assert run.stop() == 0
    finally:
        run.end()


@pytest.mark.skipif(not table.is_chosen(NAME), reason="not selected by FAULTS; run: make test-faults")
def test_a_backlog_read_back_through_kills_equals_the_recount(kafka: str, tmp_path: Path) -> None:
    channels, seconds = write(kafka)
    began = time.monotonic()
    with ticking(channels[0], seconds + AFTERWARDS):
        read_back(kafka, tmp_path, seconds)
    print(f"{BACKLOG:,} messages, three kills: {time.monotonic() - began:.0f} s")
    expected = recounted(channels, seconds + AFTERWARDS - BLOCK_SECONDS - 1)
    for topic, records in expected.items():
        assert in_kafka(kafka, topic) == records, topic
    assert len(expected[topics.MOMENTS.name]) > 3 * 3, "too few moments were compared"
    assert late(kafka) == 0
