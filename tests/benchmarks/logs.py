"""What the logs of both machines take: VictoriaLogs, a source on each machine and the collector, as processes.

`python tests/benchmarks/logs.py` first has the collector catch up with 200,000 lines, then logs 30 lines per second for
two minutes, and asks for a moment's lines. Needs `make victoria-logs`. The floors are those of the containers (16 MB a
source, 72 the collector, 128 the store) and what logs may have of a core and of the disk's syncs. Writes
results/logs.json.
"""

import json
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._bounds import Bound, judge, missed
from benchmarks._result import write_result
from benchmarks._syncs import choose_counter
from integration.support.docker_logs import DockerLog
from integration.support.log_collector_process import Program
from integration.support.log_store import LogStore
from integration.support.log_world import World

from embedded.processes.waiting import wait_for

SERVICES = ("recorder", "clip-creator", "stream-monitoring", "kafka", "flink-jobmanager")
BACKLOG, RATE, LIVE_SECONDS = 200_000, 30, 120
CATCH_UP_SECONDS = 600.0
SAMPLE_SECONDS = 0.5
MB = 1e6
BOUNDS = (
    Bound("source_mb", 16, 10),
    Bound("collector_mb", 72, 60),
    Bound("store_mb", 128, 100),
    Bound("core_percent", 6, 3),  # of all three, at the live rate
    Bound("syncs_per_second", 2, 1),
    Bound("question_seconds", 5, 1),
)


def log_line(rng: random.Random, service: str) -> str:
    """Return a line like those of our services and of a JVM's."""
    if service in ("kafka", "flink-jobmanager"):
        number = rng.randrange(10**6)
        return f"[2026-11-30 14:00:00,123] INFO [Log partition=chat-{number % 4}] Rolled segment at {number} (k.Log)"
    events = ("rows written", "clip recorded", "commit took long", "channel is live")
    moment, channel = f"{rng.getrandbits(64):016x}", f"channel{rng.randrange(200)}"
    stamp = f"2026-11-30T14:00:{rng.random() * 59:09.6f}Z"
    fields = {"service": service, "event": rng.choice(events), "level": "info", "timestamp": stamp}
    return json.dumps(fields | {"moment": moment, "channel": channel, "seconds": round(rng.random(), 4)})


class Watched:
    """The memory of a process at its highest, and its CPU."""

    def __init__(self, program: Program | LogStore) -> None:
        assert program.process
        self.process = psutil.Process(program.process.pid)
        self.highest = self.highest_private = 0.0

    def sample(self) -> None:
        found = self.process.memory_full_info()
        self.highest = max(self.highest, found.rss / MB)
        self.highest_private = max(self.highest_private, found.uss / MB)

    def cpu(self) -> float:
        return sum(self.process.cpu_times()[:2])


def backlog(logs: list[DockerLog], rng: random.Random) -> int:
    """Write as many lines as a week has; return their bytes."""
    for number in range(BACKLOG):
        log = logs[number % len(logs)]
        log.write(log_line(rng, SERVICES[number % len(logs)]))
    return sum(path.stat().st_size for log in logs for path in log.folder.glob("*-json.log*"))


def stored(world: World) -> int:
    """Return how many lines the store took."""
    return int(world.collector.metric("log_collector_lines_total"))


def live(world: World, logs: list[DockerLog], watched: dict[str, Watched], rng: random.Random) -> dict[str, object]:
    """Log at a steady rate; return CPU, syncs and bytes written."""
    counter = choose_counter(None, world.folder)
    parts = {name: [each.process.pid] for name, each in watched.items()}
    if counter:
        counter.start(parts)
    begun = {name: (each.cpu(), each.process.io_counters().write_bytes) for name, each in watched.items()}
    until = time.monotonic() + LIVE_SECONDS
    while time.monotonic() < until:
        for _ in range(RATE // 2):
            number = rng.randrange(len(logs))
            logs[number].write(log_line(rng, SERVICES[number]))
        for each in watched.values():
            each.sample()
        time.sleep(SAMPLE_SECONDS)
    syncs = counter.stop() if counter else {}
    figures: dict[str, object] = {
        "lines_per_second": RATE,
        "syncs_counted_by": counter.name if counter else "not counted",
    }
    for name, each in watched.items():
        cpu, written = begun[name]
        figures[name] = {
            "core_percent": round((each.cpu() - cpu) / LIVE_SECONDS * 100, 2),
            "syncs_per_second": round(syncs[name] / LIVE_SECONDS, 2) if name in syncs else None,
            "written_kb_per_second": round((each.process.io_counters().write_bytes - written) / LIVE_SECONDS / 1e3, 1),
        }
    return figures


def killed(world: World, watched: dict[str, Watched]) -> float:
    """Kill the store while most is in its memory; return the seconds until all is stored again."""
    world.store.stop(signal.SIGKILL)
    world.store.start()
    watched["store"].process = psutil.Process(world.store.process.pid if world.store.process else 0)
    begun = time.monotonic()

    def is_whole() -> bool:
        for each in watched.values():
            each.sample()
        (found,) = world.store.ask("* | count() lines")
        return int(found["lines"]) >= BACKLOG

    wait_for("all is stored again", is_whole, CATCH_UP_SECONDS, SAMPLE_SECONDS)
    seconds = time.monotonic() - begun
    assert world.store.ask("* | count() lines") == [{"lines": str(BACKLOG)}]
    return round(seconds, 1)


def measure(world: World) -> dict[str, Any]:
    """Return all figures."""
    rng = random.Random(7)
    logs = [world.container(service, max_size=200 << 20) for service in SERVICES]
    size = backlog(logs, rng)
    world.start()
    watched = {
        "store": Watched(world.store),
        "collector": Watched(world.collector),
        "source": Watched(world.sources["processing"]),
    }
    begun = time.monotonic()

    def all_stored() -> bool:
        for each in watched.values():
            each.sample()
        return stored(world) >= BACKLOG

    wait_for("the backlog is stored", all_stored, CATCH_UP_SECONDS, SAMPLE_SECONDS)
    seconds = time.monotonic() - begun
    recovered = killed(world, watched)
    at_live = live(world, logs, watched, rng)
    asked = time.monotonic()
    (found,) = world.store.ask("moment_id:* | sort by (_time desc) limit 1")
    world.store.ask(f"moment_id:={found['moment_id']}")
    asked_seconds = time.monotonic() - asked
    kept = sum(
        value for name, value in world.store.metrics().items() if name.startswith("vl_compressed_data_size_bytes")
    )
    return {
        "catch_up": {
            "lines": BACKLOG,
            "log_bytes_per_line": round(size / BACKLOG),
            "lines_per_second": round(BACKLOG / seconds),
            "stored_bytes_per_line": round(kept / stored(world), 1),
        },
        "seconds_after_a_killed_store": recovered,
        "live": at_live,
        "highest_mb": {
            name: {"resident": round(each.highest, 1), "own": round(each.highest_private, 1)}
            for name, each in watched.items()
        },
        "question_seconds": round(asked_seconds, 2),
    }


def bounded(figures: dict[str, Any]) -> dict[str, float]:
    """Return the figures that have a floor."""
    live_parts = [part for part in figures["live"].values() if isinstance(part, dict)]
    syncs = [part["syncs_per_second"] for part in live_parts if part["syncs_per_second"] is not None]
    owed = {f"{name}_mb": each["own"] for name, each in figures["highest_mb"].items()}
    owed["core_percent"] = round(sum(part["core_percent"] for part in live_parts), 2)
    owed["question_seconds"] = figures["question_seconds"]
    return owed | ({"syncs_per_second": round(sum(syncs), 2)} if syncs else {})


def main() -> int:
    """Measure, write the result, and return 1 if a floor is missed."""
    with tempfile.TemporaryDirectory(prefix="logs-bench") as folder:
        world = World(Path(folder), poll_seconds="1")
        try:
            figures = measure(world)
        finally:
            world.stop()
    table = judge(bounded(figures), BOUNDS)
    write_result("logs", figures | {"owed": table})
    for line in missed(table):
        sys.stderr.write(f"{line}\n")
    return 1 if missed(table) else 0


if __name__ == "__main__":
    sys.exit(main())
