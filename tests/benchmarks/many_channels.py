"""Ten thousand talking channels in one job: its memory, and what it costs.

`python tests/benchmarks/many_channels.py` loads twelve minutes in which every channel talks, so that all baselines are
full, lets the service read them as fast as it can, checkpoints and all, and looks at the memory (PSS) of the JVM and
all its Python processes once a second. The limit is 1.5 GB. Writes results/many_channels.json.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import job  # beside this file
import psutil
from _result import write_result
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from contracts import topics
from embedded.processes.ports import free_ports
from embedded.records import read_topic
from embedded.servers.kafka import Kafka
from service_runtime.topic_setup import create_topics

sys.path.insert(0, str(Path(__file__).parents[1]))
from integration.support.clip_detector_process import DetectorRun, progress

CHANNELS = int(os.environ.get("MANY_CHANNELS", "10000"))
SECONDS = int(os.environ.get("MANY_CHANNELS_SECONDS", "700"))
RATE = CHANNELS * 2 // 5  # messages per second in all: as much as all of Twitch writes
FLOOR_MB = 1500.0  # millions of bytes
EMPTY_SECONDS = 120  # of ticks after the last message: minutes and moments close
CONFIGURATION = job.FLINK_JARS.parents[2] / "configs" / "detector.toml"


def messages(rnd: random.Random, second: int) -> Iterator[tuple[str, str]]:
    """Make one second's (channel id, JSON); channels take turns, each with a chatter of its own thousand."""
    for number in range(RATE):
        channel = 10_000_000 + (second * RATE + number) % CHANNELS
        sent_at = (job.START + second) * 1000 + rnd.randrange(1000)
        words = " ".join(rnd.choices(job.WORDS, k=rnd.randint(1, 5)))
        yield (
            str(channel),
            f'{{"kind":"message","schema_version":1,"channel_id":"{channel}","sent_at":{sent_at},'
            f'"received_at":{sent_at + 120},"instance":"b",'
            f'"message_id":"{rnd.getrandbits(32):08x}-4c1d-4e5f-9a1b-{rnd.getrandbits(48):012x}",'
            f'"chatter":"{channel % 65536:04x}{rnd.randrange(1000):012x}","text":"{words}","emotes":[]}}',
        )


def load(bootstrap: str) -> None:
    """Write the messages with a tick per second into every partition."""
    create_topics(AdminClient({"bootstrap.servers": bootstrap}))
    limits = {"queue.buffering.max.messages": 1_000_000, "linger.ms": 50, "compression.type": "zstd"}
    producer = Producer({"bootstrap.servers": bootstrap, "partitioner": topics.PARTITIONER, **limits})
    rnd = random.Random(1)
    for second in range(SECONDS):
        for channel_id, value in messages(rnd, second):
            job.send(producer, channel_id, value)
        job.tick(producer, second)
    for second in range(SECONDS, SECONDS + EMPTY_SECONDS + 1):
        job.tick(producer, second)
    producer.flush()


def run(bootstrap: str, folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Run the service over all that is in Kafka; return its figures and its parts' peak memory in millions of bytes."""
    end = (job.START + SECONDS + EMPTY_SECONDS - 10) * 1000
    most: dict[str, float] = {"all": 0.0}
    began, cpu_seconds = time.monotonic(), 0.0
    detector = DetectorRun(bootstrap, folder, DETECTOR_CONFIG=str(CONFIGURATION), DETECTOR_CHECKPOINT_SECONDS="3")
    try:
        while max(progress(bootstrap), default=0) < end:
            if detector.process.poll() is not None:
                raise SystemExit(f"the job failed:\n{detector.log.read_text()[-4000:]}")
            time.sleep(1)
            now = memory(detector.process.pid)
            if sum(now.values()) > most["all"]:
                most = {"all": round(sum(now.values())), **{name: round(size) for name, size in now.items()}}
            cpu_seconds = used(detector.process.pid) or cpu_seconds
    finally:
        detector.end()
    return {"cpu_seconds": round(cpu_seconds, 1), "wall_seconds": round(time.monotonic() - began, 1)}, most


def used(pid: int) -> float:
    """Return the CPU seconds of a process and all that it started; 0 if one of them has just ended."""
    try:
        return sum(sum(each.cpu_times()[:2]) for each in (psutil.Process(pid), *psutil.Process(pid).children(True)))
    except psutil.Error:
        return 0.0


def memory(pid: int) -> dict[str, float]:
    """Return the millions of bytes (PSS) of a process and all that it started, by their names."""
    found: dict[str, float] = {}
    try:
        for each in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
            name = "jvm" if each.name() == "java" else "python"
            found[name] = found.get(name, 0.0) + each.memory_full_info().pss / 1e6
    except psutil.Error:
        return {}  # one of them has just ended
    return found


def main() -> int:
    """Measure and write the result; return 1 if it took too much."""
    with tempfile.TemporaryDirectory() as directory, Kafka(Path(directory) / "kafka", *free_ports(2)) as server:
        load(server.bootstrap_servers)
        figures, most = run(server.bootstrap_servers, Path(directory))
        counted = {each.key for each in read_topic(server.bootstrap_servers, topics.CHAT_COUNTS.name)}
    channels = len({(key or b"").partition(b":")[0] for key in counted})
    assert channels == CHANNELS, f"the job counted {channels} channels, not {CHANNELS}"
    write_result(
        "many_channels",
        {
            "channels": CHANNELS,
            "messages": RATE * SECONDS,
            "messages_per_cpu_second": round(RATE * SECONDS / figures["cpu_seconds"]),
            "most_memory_mb": most,
            "floor_mb": FLOOR_MB,
            **figures,
        },
    )
    return 0 if most["all"] < FLOOR_MB else 1


if __name__ == "__main__":
    raise SystemExit(main())
