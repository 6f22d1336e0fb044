"""The job's messages per CPU second against per-message Python in Flink, with and without texts and emotes.

`python tests/benchmarks/job.py [--messages 3000000]` starts a Kafka, loads the messages once and lets both jobs read
them from start to end, same mode, parallelism and serialisation. Results must be equal; results/job.json keeps the
figures. CPU seconds are those of the JVM and Python, from the job's submission to its end.
"""

import argparse
import gc
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

import psutil
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from contracts import topics
from embedded.paths import FLINK_JARS
from embedded.processes.ports import free_ports
from embedded.records import Record, read_topic
from embedded.servers.kafka import Kafka
from service_runtime.topic_setup import create_topics

RESULT = Path(__file__).parent / "results" / "job.json"
START = 1_790_000_040  # second
CHANNELS = 60
RATE = 833  # messages per second in all: 14 a channel, sizes heavy-tailed
BURST_EVERY, BURST_SECONDS, BURST_TIMES = 60, 8, 10  # one channel a minute is loud for 8 s
WORDS = (
    "lol",
    "gg",
    "what",
    "no",
    "way",
    "that",
    "was",
    "insane",
    "nice",
    "clip",
    "it",
    "omg",
    "haha",
    "why",
    "is",
    "he",
    "like",
    "this",
    "go",
    "again",
)
EMOTES = (("25", "Kappa"), ("425618", "LUL"), ("305954156", "PogChamp"))
JOBS = ("windows", "per_message")
RUN_SECONDS = 3600
HEAP_MB = 1024  # a bounded read is not held together by event time: the windows between its ends are in memory


def messages(count: int) -> Iterator[tuple[int, str, str]]:
    """Yield `count` messages: (second, channel id, JSON of about 240 bytes)."""
    rnd = random.Random(1)
    weights = [1 / (rank + 1) ** 0.8 for rank in range(CHANNELS)]
    total = list(accumulate(weights))
    for second in range(count // RATE + 1):
        loud = second // BURST_EVERY % CHANNELS if second % BURST_EVERY < BURST_SECONDS and second > 120 else None
        chosen = rnd.choices(range(CHANNELS), cum_weights=total, k=RATE)
        if loud is not None:
            extra = round(RATE * weights[loud] / total[-1] * BURST_TIMES)
            chosen = chosen[extra:] + [loud] * extra
        for channel in chosen[: max(0, count - second * RATE)]:
            yield second, str(10_000_000 + channel), message(rnd, channel, second)


def message(rnd: random.Random, channel: int, second: int) -> str:
    """Encode one message as stream_monitoring writes it."""
    words = " ".join(rnd.choices(WORDS, k=rnd.randint(1, 5)))
    emotes = []
    if rnd.random() < 0.2:
        emote_id, name = rnd.choice(EMOTES)
        words = f"{name} {words}"
        emotes = [{"provider": "twitch", "id": emote_id, "start": 0, "end": len(name) - 1}]
    sent_at = (START + second) * 1000 + rnd.randrange(1000)
    record = {
        "kind": "message",
        "schema_version": 1,
        "channel_id": str(10_000_000 + channel),
        "sent_at": sent_at,
        "received_at": sent_at + 120,
        "instance": "b",
        "message_id": f"{rnd.getrandbits(32):08x}-4c1d-4e5f-9a1b-{rnd.getrandbits(48):012x}",
        "chatter": f"{channel:04x}{rnd.randrange(4000):012x}",
        "text": words,
        "emotes": emotes,
    }
    return json.dumps(record, separators=(",", ":"))


def load(bootstrap: str, count: int) -> float:
    """Write the messages with a tick per second into every partition; returns the mean size of a message in bytes."""
    create_topics(AdminClient({"bootstrap.servers": bootstrap}))
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "partitioner": topics.PARTITIONER,
            "enable.idempotence": True,
            "compression.type": "zstd",
            "linger.ms": 50,
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    size, at = 0, 0
    for second, channel_id, value in messages(count):
        if second > at:
            tick(producer, at)
            at = second
        send(producer, channel_id, value)
        size += len(value)
    for last in (at, at + 120):
        tick(producer, last)
    producer.flush()
    return size / count


def send(producer: Producer, channel_id: str, value: str) -> None:
    """Send one message; wait while the queue is full."""
    while True:
        try:
            producer.produce(topics.CHAT_MESSAGES.name, value, channel_id)
            return
        except BufferError:
            producer.poll(0.1)


def tick(producer: Producer, second: int) -> None:
    """Send a tick: nothing in or before `second` follows."""
    record = {"kind": "tick", "schema_version": 1, "sent_at": (START + second) * 1000 + 999, "received_at": 0}
    value = json.dumps({**record, "instance": "b", "spool_id": "b", "spool_position": second})
    for partition in range(topics.DEFAULT.chat):
        producer.produce(topics.CHAT_MESSAGES.name, value, partition=partition)
    producer.poll(0)


def run_job(
    name: str, with_texts: bool, mode: str | None, parallelism: int, bootstrap: str, catalogues: Path | None = None
) -> dict[str, float]:
    """Run one job over the whole topic in this process; return CPU seconds and memory in MB (PSS).

    `mode`: where Python runs, beside the JVM ("process") or in it ("thread"); by default as the job itself wants it.
    `catalogues`: file of other providers' emotes.
    """
    gc.disable()
    import per_message_job  # beside this file

    from clip_detector.flink import flink_config, set_environment
    from clip_detector.job import pipeline as windows

    try:
        from clip_detector.job.detector_operator import OperatorOptions
    except ImportError:  # job_before.py runs an earlier commit
        from clip_detector.job.detector_operator import ProcessOptions as OperatorOptions
    from clip_detector.recovery.start_plan import Start
    from clip_detector.settings import DetectorSettings

    directory = Path(tempfile.mkdtemp())
    folders = ("work_directory", "log_directory")  # the second is that of an earlier commit
    rest_port, metrics_port = free_ports(2)
    settings = DetectorSettings(
        checkpoint_directory=directory,
        rest_port=rest_port,
        metrics_port=metrics_port,
        parallelism=parallelism,
        heap_mb=HEAP_MB,
        flink_jars=FLINK_JARS,
        **{name: directory / name for name in folders if name in DetectorSettings.model_fields},
    )
    (directory / "work_directory" / "metrics").mkdir(parents=True)
    set_environment(settings)
    if mode == "process":
        os.environ.pop("_python_worker_execution_mode", None)
    source = {"scan.startup.mode": "earliest-offset", "scan.bounded.mode": "latest-offset"}
    known = {"catalogues": catalogues} if catalogues else {}  # earlier commits do not have it
    options = windows.JobOptions(
        OperatorOptions(settings.rules(), with_texts, **known), {"properties.bootstrap.servers": bootstrap}, source
    )
    bundle = {"python.fn-execution.bundle.time": "50", "python.fn-execution.bundle.size": "1000"}
    modes = {**bundle, "python.execution-mode": mode} if mode else {}
    env = windows.environment({**flink_config(settings, Start(source)), **modes, "restart-strategy.type": "none"})
    (windows if name == "windows" else per_message_job).build(env, options)
    gc.enable()
    before, began = cpu_seconds(), time.monotonic()
    env.execute()
    used, wall = cpu_seconds(), time.monotonic() - began
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    memory = sum(each.memory_full_info().pss for each in family) / 2**20
    return {
        "cpu_seconds": round(sum(used) - sum(before), 1),
        "python_cpu_seconds": round(used[0] - before[0], 1),
        "wall_seconds": round(wall, 1),
        "memory_mb": round(memory),
    }


def figures_in(output: str) -> dict[str, float]:
    """Return what a run printed last; its JVM logs to the same output."""
    found: dict[str, float] = json.loads([line for line in output.splitlines() if line.startswith("{")][-1])
    return found


def cpu_seconds() -> tuple[float, float]:
    """Return the CPU seconds of this process and of its children (the JVM and what it started)."""
    me = psutil.Process()
    own = me.cpu_times()
    children = sum(sum(each.cpu_times()[:2]) for each in me.children(recursive=True))
    return own.user + own.system, children


def results(bootstrap: str, since: dict[str, int]) -> dict[str, list[tuple[bytes | None, bytes | None]]]:
    """Return the records of moments and chat-counts that came after the first `since` of each, sorted."""
    found: dict[str, list[Record]] = {}
    for topic in (topics.MOMENTS.name, topics.CHAT_COUNTS.name):
        records = sorted(read_topic(bootstrap, topic), key=lambda each: each.timestamp)
        found[topic] = records[since.get(topic, 0) :]
        since[topic] = len(records)
    return {topic: sorted((each.key, each.value) for each in records) for topic, records in found.items()}


def compare(bootstrap: str, options: argparse.Namespace) -> dict[str, object]:
    """Run both jobs with and without texts; raise AssertionError if their results differ."""
    since: dict[str, int] = {}
    found: dict[str, object] = {}
    for with_texts in (False, True):
        runs, emitted = {}, []
        for name in JOBS:
            command = [sys.executable, __file__, "--run", name, "--bootstrap", bootstrap]
            command += ["--parallelism", str(options.parallelism)] + (["--texts"] if with_texts else [])
            command += ["--mode", options.mode] if options.mode else []
            done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS, check=False)
            if done.returncode:
                raise SystemExit(f"{name} failed:\n{done.stderr[-4000:]}")
            runs[name] = figures_in(done.stdout)
            runs[name]["messages_per_cpu_second"] = round(options.messages / runs[name]["cpu_seconds"])
            emitted.append(results(bootstrap, since))
            sys.stderr.write(f"{name} texts={with_texts}: {runs[name]}\n")
        assert emitted[0] == emitted[1], "the jobs' results differ"
        assert emitted[0][topics.MOMENTS.name], "no moments: nothing was compared"
        times = runs["per_message"]["cpu_seconds"] / runs["windows"]["cpu_seconds"]
        counts = {topic: len(records) for topic, records in emitted[0].items()}
        found["with texts" if with_texts else "without texts"] = {**runs, "times": round(times, 2), "results": counts}
    return found


def main() -> int:
    """Load, compare, write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=int(os.environ.get("JOB_MESSAGES", "3000000")))
    parser.add_argument("--mode", choices=("process", "thread"), help="default: the job's own")
    parser.add_argument("--parallelism", type=int, default=2)
    parser.add_argument("--run", choices=JOBS, help=argparse.SUPPRESS)
    parser.add_argument("--bootstrap", help=argparse.SUPPRESS)
    parser.add_argument("--texts", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--catalogues", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        figures = run_job(
            options.run, options.texts, options.mode, options.parallelism, options.bootstrap, options.catalogues
        )
        sys.stdout.write(json.dumps(figures) + "\n")
        return 0
    with tempfile.TemporaryDirectory() as directory, Kafka(Path(directory) / "kafka", *free_ports(2)) as server:
        size = load(server.bootstrap_servers, options.messages)
        figures = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "messages": options.messages,
            "message_bytes": round(size),
            "channels": CHANNELS,
            "mode": options.mode,
            "parallelism": options.parallelism,
            **compare(server.bootstrap_servers, options),
        }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=2) + "\n")
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
