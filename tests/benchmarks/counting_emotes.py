"""Measures the counter of emotes as a process with 200 channels: `python counting_emotes.py`.

Memory with all catalogues known, CPU per message of a backlog, and the time from chat in Kafka to the open minute.
EMOTE_CHANNELS (200) and EMOTE_MESSAGES (280,000: five minutes of them) make it smaller. EMOTE_FULL=1000 gives each
channel so many emotes more, of which each is in three or four channels; nothing is written then.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import accumulate
from pathlib import Path

import psutil
import psycopg
from confluent_kafka.admin import AdminClient

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._bounds import Bound, judge, missed
from benchmarks._result import write_result
from benchmarks._usage import pss_mb, usage
from integration.support.database import as_role, prepare
from integration.support.emote_counter_process import Chat
from integration.support.metrics_page import total
from integration.support.quiet_simulator import QUIET

from contracts.chat_messages import Emote
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.servers.kafka import Kafka
from embedded.servers.postgres import Postgres
from embedded.twitch import emote_providers
from service_runtime.clock import now_ms
from service_runtime.topic_setup import create_topics
from twitch_simulator.process import SimulatorProcess

CHANNELS = int(os.environ.get("EMOTE_CHANNELS", "200"))
MESSAGES = int(os.environ.get("EMOTE_MESSAGES", "280000"))
FULL = int(os.environ.get("EMOTE_FULL", "0"))
POOLS = 60
RATE = 928  # messages per second of 200 channels
SHARE = 0.45  # of the messages have an emote, one in ten of these several
LOOKS = 40  # at the open minute
DEADLINE = 300.0
KAPPA = Emote("twitch", "25", 0, 4)
BOUNDS = (
    Bound("cpu_us_a_message", 10.0, 1e6 / 300_000),
    Bound("anonymous_mb", 80.0, 64.0),
    Bound("kafka_to_open_minute_p95_s", 4.0, 2.5),
)


class Bench:
    """The servers, and the counter and the recorder as processes."""

    def __init__(self, kafka: Kafka, postgres: Postgres, folder: Path, simulator: SimulatorProcess) -> None:
        self.dsn = postgres.dsn
        create_topics(AdminClient({"bootstrap.servers": kafka.bootstrap_servers}))
        prepare(self.dsn)
        self.channels = [each["channel_id"] for each in simulator.state()["channels"]]
        self.chat = Chat(kafka.bootstrap_servers)
        metrics, health, recorder = free_ports(3)
        self.metrics = metrics
        self.environment = os.environ | emote_providers(f"{simulator.url}/emotes") | {
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
            "RECORDER_METRICS_PORT": str(recorder),
            "RECORDER_INSPECT_CHAT": "false",
            "EMOTE_COUNTER_DIRECTORY": str(folder / "emotes"),
            "EMOTE_COUNTER_METRICS_PORT": str(metrics),
            "EMOTE_COUNTER_HEALTH_PORT": str(health),
            "EMOTE_COUNTER_REQUESTS_PER_SECOND": "20",
            "MALLOC_ARENA_MAX": "2",
        }  # fmt: skip

    @contextmanager
    def process(self, name: str) -> Iterator[int]:
        """Run a service inside the block."""
        environment = self.environment | {"POSTGRES_DSN": as_role(self.dsn, name)}
        process = subprocess.Popen([sys.executable, "-m", name], env=environment, stderr=subprocess.DEVNULL)
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(30)

    def rows(self, sql: str, *values: object) -> list[tuple]:
        """Return the rows of a query."""
        with psycopg.connect(self.dsn) as connection:
            return connection.execute(sql, values).fetchall()  # type: ignore[call-overload]

    def read(self) -> float:
        """Return how many messages the counter has read."""
        return total(self.metrics, "emote_counts_messages_total")


def anonymous_mb(pid: int) -> float:
    """Return the memory of a process that no file backs, which no limit can take back, MB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    (line,) = (line for line in text.splitlines() if line.startswith("Anonymous:"))
    return round(int(line.split()[1]) / 1024, 1)


def learn(bench: Bench) -> float:
    """Let the counter learn all catalogues; return how long it takes, seconds."""
    began = time.monotonic()
    for channel_id in bench.channels:
        bench.chat.join(channel_id, now_ms())
    bench.chat.tick(now_ms() - 120_000)
    known = "SELECT count(*) FROM emote_catalogues WHERE known_from <= now()"
    wait_for("all are known", lambda: bench.rows(known)[0][0] >= 3 * (CHANNELS + 1), DEADLINE, 0.5)
    return round(time.monotonic() - began, 1)


def write_backlog(bench: Bench, dice: random.Random) -> None:
    """Write chat of some minutes, whose emotes have a heavy tail."""
    names = defaultdict(list)
    for scope, name in bench.rows("SELECT scope, name FROM emote_versions ORDER BY scope, name"):
        names[scope].append(name)
    shared = names.pop("global")
    lists = {channel_id: dice.sample(own := names[channel_id] + shared, len(own)) for channel_id in bench.channels}
    weights = {
        channel_id: list(accumulate(1 / (rank + 3) ** 1.2 for rank in range(len(own))))
        for channel_id, own in lists.items()
    }
    start = now_ms()
    for number in range(MESSAGES):
        channel_id = dice.choice(bench.channels)
        words = dice.choices(("what", "is", "this", "go", "again", "the", "lol"), k=dice.randint(1, 8))
        if dice.random() < SHARE:
            several = dice.choice((1,) * 9 + (4,))
            words += dice.choices(lists[channel_id], cum_weights=weights[channel_id], k=several)
        sent_at = start + number * 1000 // RATE
        bench.chat.say(channel_id, sent_at, " ".join(words), f"{dice.randrange(40_000):016x}")
        if number % 5_000 == 0:
            bench.chat.lines.clear()
            bench.chat.tick(sent_at - 1000)
    bench.chat.tick(start + MESSAGES * 1000 // RATE)


def catch_up(bench: Bench, pid: int) -> dict[str, float]:
    """Measure CPU and memory while a backlog is counted."""
    write_backlog(bench, random.Random(3))
    psutil.Process(pid).resume()
    before, began, most = usage([pid]), time.monotonic(), [0.0]

    def is_read() -> bool:
        most[0] = max(most[0], anonymous_mb(pid))
        return bench.read() >= MESSAGES

    wait_for("the backlog is counted", is_read, DEADLINE, 0.2)
    cpu = (usage([pid]) - before).cpu_seconds
    return {
        "messages": MESSAGES,
        "seconds": round(time.monotonic() - began, 1),
        "cpu_us_a_message": round(cpu * 1e6 / MESSAGES, 2),
        "messages_a_cpu_second": round(MESSAGES / cpu),
        "anonymous_mb": most[0],
    }


def open_minutes(bench: Bench) -> list[float]:
    """Measure the seconds from a use in Kafka to its channel's open minute in Postgres."""
    channel_id = bench.channels[0]
    with psycopg.connect(bench.dsn, autocommit=True) as connection:
        connection.execute("INSERT INTO emote_interest VALUES (%s, now() + interval '1 hour')", (channel_id,))
    at = now_ms() + 3_000_000
    uses = "SELECT coalesce(sum(uses), 0) FROM emote_minutes WHERE channel_id = %s AND minute_at >= to_timestamp(%s)"
    taken = []
    for number in range(LOOKS):
        time.sleep(random.Random(number).uniform(0, 2))  # a person's, not the beat's
        began = time.monotonic()
        bench.chat.say(channel_id, at - at % 60_000, "Kappa", f"person{number}", [KAPPA])
        bench.chat.flush()
        wait_for("the use", lambda: bench.rows(uses, channel_id, at // 60_000 * 60)[0][0] > number, 30, 0.02)  # noqa: B023
        taken.append(time.monotonic() - began)
    return taken


def main() -> int:
    """Measure, write the result; return 1 if a floor is missed."""
    flags = ("--channels", str(CHANNELS), "--messages-per-second", "0", "--emote-requests-per-minute", "100000", *QUIET)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        kafka = stack.enter_context(Kafka(folder / "kafka", *free_ports(2)))
        postgres = stack.enter_context(Postgres(folder / "postgres", *free_ports(1)))
        simulator = stack.enter_context(SimulatorProcess(folder / "truth", *flags))
        for number, each in enumerate(simulator.state()["channels"] if FULL else ()):
            order = {"provider": "7tv", "action": "add", "emote": f"Pool{number % POOLS}x", "count": FULL}
            simulator.order("emote_change", login=each["login"], **order)
        bench = Bench(kafka, postgres, folder, simulator)
        pid = stack.enter_context(bench.process("emote_counter"))
        known_seconds = learn(bench)
        known = {"pss_mb": pss_mb([pid]), "anonymous_mb": anonymous_mb(pid)}
        psutil.Process(pid).suspend()  # until the backlog is written
        counted = catch_up(bench, pid)
        stack.enter_context(bench.process("recorder"))
        taken = sorted(open_minutes(bench))
        p95 = round(taken[int(len(taken) * 0.95)], 2)
        versions = bench.rows("SELECT count(*) FROM emote_versions")[0][0]
    table = judge(counted | {"kafka_to_open_minute_p95_s": p95}, BOUNDS)
    figures = {
        "channels": CHANNELS,
        "emotes_in_catalogues": versions,
        "seconds_until_all_are_known": known_seconds,
        "memory_with_all_known": known,
        "backlog": counted,
        "kafka_to_open_minute_s": {"median": round(statistics.median(taken), 2), "p95": p95},
        "bounds": table,
    }
    if FULL:
        sys.stdout.write(f"{figures}\n")
    else:
        write_result("emote_counter", figures)
    return 1 if missed(table) else 0


if __name__ == "__main__":
    raise SystemExit(main())
