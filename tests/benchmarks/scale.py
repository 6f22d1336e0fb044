"""2,000 channels at 5,000 messages a second for ten minutes: nothing lost by count, and what it takes.

All of Twitch writes some 1,600 to 5,000 messages a second. The whole system and the simulator run on this machine.
`SCALE_SECONDS=120 python tests/benchmarks/scale.py` is a shorter run. Writes results/scale.json.
"""

import json
import os
import tempfile
import time
from pathlib import Path

import httpx
import psutil
import whole_system  # beside this file
from _progress import ProgressWatch
from _result import write_result

from contracts import codec
from contracts.chat_messages import Coverage, Message, Tick
from contracts.topics import CHAT_MESSAGES, LARGE
from embedded.addresses import Ports
from embedded.processes.waiting import wait_for
from embedded.records import iterate_topic
from embedded.system import System
from service_runtime.clock import now_ms

CHANNELS = int(os.environ.get("SCALE_CHANNELS", "2000"))
RATE = int(os.environ.get("SCALE_RATE", "5000"))
SECONDS = float(os.environ.get("SCALE_SECONDS", "600"))
JOINED_SECONDS = 300.0  # 23 sockets, one each 550 ms, 20 joins in 10 s on each: about a minute
CAUGHT_UP_SECONDS = 600.0
PARTITIONS = {"KAFKA_CHAT_PARTITIONS": str(LARGE.chat), "KAFKA_OTHER_PARTITIONS": str(LARGE.others)}
OPTIONS = {
    "channels": CHANNELS,
    "messages_per_second": RATE,
    "bursts_per_minute": 6,
    "notices_per_minute": 60,
    "always_live": True,
}


def metric(system: System, name: str) -> float:
    """Return the sum of one of stream_monitoring's metrics."""
    port = system.ports.settings()["MONITORING_METRICS_PORT"]
    lines = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))


def family(system: System, name: str) -> list[psutil.Process]:
    """Return a program and its children."""
    parent = psutil.Process(system.pid(name))
    return [parent, *parent.children(recursive=True)]


def cpu_seconds(system: System) -> dict[str, float]:
    """Return the CPU seconds of each program since it started."""
    return {
        name: sum(sum(each.cpu_times()[:2]) for each in family(system, name))
        for name in (*system.names, "twitch_simulator")
    }


def pss_mb(system: System) -> dict[str, float]:
    """Return the proportional set size of each program, MB."""
    return {
        name: round(sum(each.memory_full_info().pss for each in family(system, name)) / 1e6, 1) for name in system.names
    }


def recount(system: System, begin: int, end: int) -> dict[str, object]:
    """Compare what was sent in this time (milliseconds) with Kafka; messages in a recorded gap are not lost."""
    sent: dict[bytes, tuple[str, int]] = {}
    with (system.directory / "truth" / "messages.jsonl").open() as file:
        for row in map(json.loads, file):
            if begin <= row["sent_at"] < end:
                sent[row["message_id"].encode()] = (row["channel_id"], row["sent_at"])
    total, doubled, gaps, seen = len(sent), 0, [], set()
    for record in iterate_topic(system.address("KAFKA_BOOTSTRAP_SERVERS"), CHAT_MESSAGES.name):
        each = codec.decode(CHAT_MESSAGES.name, record.value or b"")
        if isinstance(each, Message):
            message_id = each.message_id.encode()
            doubled += message_id in seen
            seen.add(message_id)
            sent.pop(message_id, None)
        elif isinstance(each, Coverage) and each.event == "gap":
            gaps.append(each)
    told = sum(
        any(gap.channel_id == channel and (gap.gap_from_at or 0) <= sent_at <= (gap.gap_until_at or 0) for gap in gaps)
        for channel, sent_at in sent.values()
    )
    return {"sent": total, "lost": len(sent) - told, "in_told_gaps": told, "doubled": doubled, "gaps": len(gaps)}


def measure(system: System, seconds: float = SECONDS) -> dict[str, object]:
    """Wait until all is joined, let it run, recount."""
    began = time.monotonic()
    wait_for("all channels are read", lambda: read_channels(system) >= CHANNELS, JOINED_SECONDS, 1)
    joined = time.monotonic() - began
    begin, before, start = now_ms(), cpu_seconds(system), time.monotonic()
    with ProgressWatch(system.address("KAFKA_BOOTSTRAP_SERVERS")) as progress:
        time.sleep(seconds)  # the load
    used, wall, end = cpu_seconds(system), time.monotonic() - start, now_ms()
    memory = pss_mb(system)
    wait_for("everything is in Kafka", lambda: kafka_until(system) > end, CAUGHT_UP_SECONDS, 2)
    return {
        "channels": CHANNELS,
        "messages_per_second_wanted": RATE,
        "seconds": round(wall),
        "seconds_to_join_all": round(joined),
        "cores": {name: round((used[name] - before[name]) / wall, 3) for name in used},
        "pss_mb": memory,
        "job_behind_seconds": whole_system.spread(progress.behind_seconds),
        **recount(system, begin, end),
    }


def read_channels(system: System) -> float:
    """Return the number of channels that are read now."""
    return metric(system, 'stream_monitoring_channels{state="read"}')


def kafka_until(system: System) -> int:
    """Return the newest tick in Kafka, milliseconds."""
    newest = 0
    for record in iterate_topic(system.address("KAFKA_BOOTSTRAP_SERVERS"), "stream-lifecycle"):
        each = codec.decode("stream-lifecycle", record.value or b"")
        if isinstance(each, Tick):
            newest = max(newest, each.sent_at)
    return newest


def main() -> int:
    """Run and write the result; return 1 if something was lost or doubled."""
    environment = {"stream_monitoring": {"MONITORING_TOP_CHANNELS": str(CHANNELS)}, "topic_setup": PARTITIONS}
    with (
        tempfile.TemporaryDirectory() as folder,
        System(Path(folder), Ports.free(), simulator_options=OPTIONS, environment=environment) as system,
    ):
        figures = measure(system)
    write_result("scale", figures)
    return 1 if figures["lost"] or figures["doubled"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
