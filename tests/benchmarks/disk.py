"""What the system asks of a disk: syncs, bytes, CPU, memory, and how late moments come when a sync takes long.

`SLOW_SYNC=FOLDER make bench BENCHES=tests/benchmarks/disk.py` runs the whole system and the standby once for each of
DISK_PAUSES (milliseconds that a sync takes longer, 0,5,20), and once with many channels (DISK_MANY=0 leaves it out);
what SLOW_SYNC names is described in `_syncs.py`. Without it only the disk's own speed is measured. Two minutes:

    SLOW_SYNC=FOLDER DISK_PAUSES=5 DISK_MANY=0 DISK_BURSTS=8 DISK_SETTLE_SECONDS=40 python tests/benchmarks/disk.py

CPU, syncs and bytes are counted for DISK_COUNT_SECONDS of even chat, after DISK_SETTLE_SECONDS; then come the bursts.
Rows that were not measured now are kept. Writes results/disk.json and its table in docs/scale.md; ends with 1 if a
floor is missed.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import _checkpoints  # beside this file
import psycopg
import scale
import whole_system
from _bounds import Bound, judge, missed
from _disk_table import markdown, of_machine, replaced
from _result import RESULTS, write_result
from _standby import Standby
from _syncs import LATER, MACHINE, SOURCE, SlowDisk, choose_counter
from _usage import Part, limits_mb, pss_mb, usage

from embedded.addresses import Ports
from embedded.paths import REPOSITORY
from embedded.system import System

PAUSES = [int(each) for each in os.environ.get("DISK_PAUSES", "0,5,20").split(",") if each]
WITH_MANY = os.environ.get("DISK_MANY", "1") == "1"
BURSTS = int(os.environ.get("DISK_BURSTS", "24"))
SETTLE_SECONDS = float(os.environ.get("DISK_SETTLE_SECONDS", "60"))  # Flink's JVM still compiles
COUNT_SECONDS = float(os.environ.get("DISK_COUNT_SECONDS", "40"))
MANY_SECONDS = float(os.environ.get("DISK_MANY_SECONDS", "120"))
MANY_PAUSE_MS = 5
MANY_PARTITIONS = {"KAFKA_CHAT_PARTITIONS": "20", "KAFKA_OTHER_PARTITIONS": "5"}
LEAST_BASELINE_SECONDS = 80.0  # a baseline needs 73 covered seconds
DAY_SECONDS = 86_400
GRAPHS = 10  # of emotes that are open at once
LOOK_AT = """
    INSERT INTO emote_interest
    SELECT channel_id, now() + interval '5 minutes' FROM watched_channels ORDER BY channel_id LIMIT %(graphs)s
"""
HOLDING = "forwarder: taking the lease"  # a line of the log each time the instance becomes the holder
STANDBY = "standby"
PARTS = (
    Part("kafka", "B", "kafka"),
    Part("flink_jvm", "B", "clip_detector", "jvm"),
    Part("job_python", "B", "clip_detector", "not jvm"),
    Part("capture", "B", "stream_monitoring"),
    Part("recorder", "B", "recorder"),
    Part("clip_creator", "B", "clip_creator"),
    Part("emote_counter", "B", "emote_counter"),
    Part("viewer_clips", "B", "viewer_clips"),
    Part("postgres", "A", "postgres"),
    Part("redis", "A", "redis"),
    Part("site", "A", "api_frontend"),
    Part("standby", "A", STANDBY),
)
PAGE = REPOSITORY / "docs" / "scale.md"
PROGRAMS = {part.program for part in PARTS} - {STANDBY}
BOUNDS = (
    Bound("B, syncs a second", 40, 25),
    Bound("Kafka, share of a core", 0.12, 0.06),
    Bound("B, GB written a day", 20, 8),
    Bound("burst to Kafka p95, 0 ms more a sync, s", 3.8, 3.2),
    Bound("burst to Kafka p95, 5 ms more a sync, s", 4.0, 3.4),
    Bound("burst to Kafka p95, 20 ms more a sync, s", 6.0, 4.5),
    Bound("A, syncs a second", 8, 6),
    Bound("A, syncs a second, graphs of emotes open", 12, 8),
    Bound("B, share of a core", 0.40, 0.25),
    Bound("B, PSS, MB", 1500, 1100),
    Bound("B, sum of the containers' limits, MB", 3584, 3080),  # with logs, exporters and viewers' clips
    Bound("many channels: messages lost or doubled", 0, 0),
    Bound("many channels: the job is behind, s", 6, 4),
)
Row = dict[str, Any]


@contextmanager
def running(pause_ms: int, **options: Any) -> Iterator[tuple[System, SlowDisk | None, Path]]:
    """Run a system whose syncs take longer. `options`: of the system; its environment is extended."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        disk = SlowDisk(folder, pause_ms) if SOURCE else None
        key = folder / "chatter.key"
        key.write_text("5a" * 32)  # one key for both instances
        environment = {each: dict(disk.environment) if disk else {} for each in PROGRAMS}
        environment["stream_monitoring"]["MONITORING_CHATTER_KEY_FILE"] = str(key)
        for program, settings in options.pop("environment", {}).items():
            environment.setdefault(program, {}).update(settings)
        with System(folder / "system", Ports.free(), environment=environment, **options) as system:
            yield system, disk, folder


def pids(system: System, standby: Standby) -> dict[str, list[int]]:
    """Return the present process ids of each part."""
    roots = {program: system.pid(program) for program in PROGRAMS} | {STANDBY: standby.pid}
    return {part.name: part.pids(roots[part.program]) for part in PARTS}


def even_load(system: System, standby: Standby, disk: SlowDisk | None) -> Row:
    """Count what each part takes of CPU and disk while chat is even."""
    counter = choose_counter(disk, system.directory)
    before = pids(system, standby)
    used = {name: usage(family) for name, family in before.items()}
    began = time.monotonic()
    if counter:
        counter.start(before)
    time.sleep(COUNT_SECONDS)  # the load
    syncs = counter.stop() if counter else {}
    seconds = time.monotonic() - began
    taken = {name: usage(family) - used[name] for name, family in pids(system, standby).items()}
    return {
        "syncs_counted_by": counter.name if counter else "nothing: neither SLOW_SYNC, perf nor /proc/diskstats",
        "parts": {
            part.name: {
                "machine": part.machine,
                "syncs_per_second": round(syncs[part.name] / seconds, 1) if part.name in syncs else None,
                "share_of_a_core": round(taken[part.name].cpu_seconds / seconds, 3),
                "written_bytes_per_second": round(taken[part.name].written_bytes / seconds),
                "written_gb_per_day": round(taken[part.name].written_bytes / seconds * DAY_SECONDS / 1e9, 2),
            }
            for part in PARTS
        },
        "other_syncs_per_second": {
            name: round(syncs[name] / seconds, 1) for name in (LATER, MACHINE) if syncs.get(name)
        },
    }


def measure(pause_ms: int) -> Row:
    """Measure the system at one speed of the disk."""
    holder = {"stream_monitoring": {"MONITORING_HAS_STANDBY": "true"}}
    options = {"simulator_options": whole_system.OPTIONS, "environment": holder}
    with running(pause_ms, **options) as (system, disk, folder), Standby(system, folder, {}) as standby:
        began = time.monotonic()
        arrivals = whole_system.watch(system)
        time.sleep(SETTLE_SECONDS)
        row = even_load(system, standby, disk)
        row["with_graphs_open"] = with_graphs_open(system, standby, disk)
        time.sleep(max(0.0, LEAST_BASELINE_SECONDS - (time.monotonic() - began)))
        row |= {"bursts": BURSTS, **whole_system.reaction(system, arrivals, BURSTS)}
        row["seconds_to_kafka_by_checkpoint"] = by_checkpoint(system, arrivals)
        for name, family in pids(system, standby).items():
            row["parts"][name]["pss_mb"] = pss_mb(family)
        arrivals.stop.set()
        logs = system.log("stream_monitoring").read_text() + standby.log
    return row | {"changes_of_holder": logs.count(HOLDING) - 1}


def with_graphs_open(system: System, standby: Standby, disk: SlowDisk | None) -> Row:
    """Count the same while somebody looks at the emotes of GRAPHS channels."""
    with psycopg.connect(system.dsn()) as connection:
        connection.execute(LOOK_AT, {"graphs": GRAPHS})
    return {"graphs": GRAPHS, **even_load(system, standby, disk)}


def by_checkpoint(system: System, arrivals: whole_system.Arrivals) -> Row:
    """Tell the delay of the moments that came while a checkpoint was written from that of the others."""
    checkpoints = _checkpoints.written(system.url("detector_rest"))
    oldest = min((begin for begin, _ in checkpoints), default=time.time())
    ways = [(arrivals.raised[name].crossed_at / 1000 - 1, at) for name, at in list(arrivals.in_kafka.items())]
    during, others = _checkpoints.split([way for way in ways if way[0] >= oldest], checkpoints)
    told = {"while one is written": during, "otherwise": others}
    return {
        "seconds_of_a_checkpoint": [round(end - begin, 2) for begin, end in checkpoints],
        **{name: {"moments": len(each), **whole_system.spread(each)} for name, each in told.items() if each},
    }


def measure_many() -> Row:
    """Measure 2,000 channels at 5,000 messages a second: what is lost, and how far the job is behind."""
    environment = {
        "stream_monitoring": {"MONITORING_TOP_CHANNELS": str(scale.CHANNELS)},
        "topic_setup": MANY_PARTITIONS,
    }
    with running(MANY_PAUSE_MS, simulator_options=scale.OPTIONS, environment=environment) as (system, _, _):
        return scale.measure(system, MANY_SECONDS)


def summary(rows: dict[str, Row]) -> dict[str, float]:
    """Return the figures that have bounds, as far as they were measured."""
    compose = (REPOSITORY / "docker-compose.processing.yml").read_text()
    found: dict[str, float] = {"B, sum of the containers' limits, MB": limits_mb(compose)}
    if row := rows.get("0 ms more a sync"):
        sums = {
            "Kafka, share of a core": row["parts"]["kafka"]["share_of_a_core"],
            "B, GB written a day": of_machine(row, "B", "written_gb_per_day"),
            "B, share of a core": of_machine(row, "B", "share_of_a_core"),
            "B, PSS, MB": of_machine(row, "B", "pss_mb"),
            "A, syncs a second": of_machine(row, "A", "syncs_per_second"),
            "B, syncs a second": of_machine(row, "B", "syncs_per_second"),
        }
        if graphs := row.get("with_graphs_open"):
            sums["A, syncs a second, graphs of emotes open"] = of_machine(graphs, "A", "syncs_per_second")
        found |= {name: value for name, value in sums.items() if value is not None}
    for name, each in rows.items():
        if "seconds_from_crossing_to_kafka" in each:
            found[f"burst to Kafka p95, {name}, s"] = each["seconds_from_crossing_to_kafka"]["p95"]
    if many := next((each for name, each in rows.items() if name.startswith("many")), None):
        found["many channels: messages lost or doubled"] = many["lost"] + many["doubled"]
        found["many channels: the job is behind, s"] = many["job_behind_seconds"]["p95"]
    return found


def measured_now() -> Iterator[tuple[str, Row]]:
    """Measure each chosen row."""
    for pause_ms in PAUSES if SOURCE else [0]:
        yield f"{pause_ms} ms more a sync", measure(pause_ms)
    if WITH_MANY and SOURCE:
        yield f"many channels, {MANY_PAUSE_MS} ms more a sync", measure_many()


def main() -> int:
    """Run the bench; return 1 if a floor is missed."""
    file = RESULTS / "disk.json"
    rows: dict[str, Row] = json.loads(file.read_text())["figures"]["rows"] if file.exists() else {}
    for name, row in measured_now():
        rows[name] = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), **row}
        table = judge(summary(rows), BOUNDS)
        load = {"channels": whole_system.CHANNELS, "messages_per_second": whole_system.LOAD}
        write_result("disk", {**load, "table": table, "rows": rows})
        PAGE.write_text(replaced(PAGE.read_text(), markdown(rows)))
    for line in missed(table):
        sys.stderr.write(f"missed: {line}\n")
    return 1 if missed(table) else 0


if __name__ == "__main__":
    raise SystemExit(main())
