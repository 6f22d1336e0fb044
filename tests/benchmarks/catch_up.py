"""A catch-up as it is after an outage: the job reads three million messages while spool, forwarder and recorder work.

The baseline is the same job on the same messages alone, in the same run; the floor is 80 % of its messages per CPU
second. Afterwards Postgres must have every moment. With SLOW_SYNC (see `_syncs.py`) all of it comes once more on a disk
that takes 5 ms longer for a sync; the floor is 80 % of the messages per second. Writes results/catch_up.json.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import job  # beside this file
import psycopg
from _result import write_result
from _syncs import SOURCE, SlowDisk

from contracts import topics
from embedded.addresses import Ports
from embedded.processes.waiting import wait_for
from embedded.records import read_topic
from embedded.system import System
from twitch_simulator.process import SimulatorProcess

sys.path.insert(0, str(Path(__file__).parents[1]))
from integration.support.stream_monitoring_process import MonitoringProcess

MESSAGES = int(os.environ.get("CATCH_UP_MESSAGES", "3000000"))
LIVE_RATE = 300  # messages per second that are read meanwhile
RECORDED_SECONDS = 300.0
FLOOR = 0.8
SLOW_PAUSE_MS = 5  # what a consumer's SSD takes for a sync
NOT_NEEDED = (
    "twitch_simulator",
    "stream_monitoring",
    "clip_detector",
    "clip_creator",
    "emote_counter",
    "api_frontend",
    "redis",
)


def run_job(bootstrap: str, slowly: Mapping[str, str]) -> dict[str, float]:
    """Run the job over all that is in Kafka now and return its figures."""
    command = [sys.executable, job.__file__, "--run", "windows", "--texts", "--bootstrap", bootstrap]
    environment = {**os.environ, **slowly}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=job.RUN_SECONDS, check=False
    )
    if done.returncode:
        raise SystemExit(f"the job failed:\n{done.stderr[-4000:]}")
    figures = job.figures_in(done.stdout)
    return figures | {"messages_per_cpu_second": round(MESSAGES / figures["cpu_seconds"])}


def moments_in_kafka(bootstrap: str) -> int:
    """Return the moments that the job reported."""
    return len({each.key for each in read_topic(bootstrap, topics.MOMENTS.name)})


def moments_in_postgres(system: System) -> int:
    """Return the number of moments that the recorder wrote."""
    with psycopg.connect(system.dsn()) as connection:
        row = connection.execute("SELECT count(*) FROM moments").fetchone()
    return int(row[0]) if row else 0


def measure(system: System, folder: Path, slowly: Mapping[str, str]) -> dict[str, Any]:
    """Measure the job alone, then beside live chat and the recorder. `slowly`: environment that slows syncs down."""
    bootstrap = system.address("KAFKA_BOOTSTRAP_SERVERS")
    job.load(bootstrap, MESSAGES)
    system.stop_program("recorder")
    alone = run_job(bootstrap, slowly)
    (folder / "twitch").mkdir()
    flags = ("--messages-per-second", str(LIVE_RATE), "--bursts-per-minute", "0")
    with SimulatorProcess(folder / "twitch" / "truth", *flags) as twitch:
        pinned = ",".join(each["login"] for each in twitch.state()["channels"])
        settings = {"MONITORING_PINNED_CHANNELS": pinned, **slowly}
        reader = MonitoringProcess(folder / "monitoring.log", folder / "spool", twitch, bootstrap, **settings)
        reader.start()
        try:
            wait_for("chat is forwarded", lambda: reader.ready() and is_holder(reader), RECORDED_SECONDS, 0.5)
            system.start_program("recorder")
            beside = run_job(bootstrap, slowly)
        finally:
            reader.end()
    wanted = moments_in_kafka(bootstrap)
    wait_for("all moments are rows", lambda: moments_in_postgres(system) >= wanted, RECORDED_SECONDS, 0.5)
    return {
        "messages": MESSAGES,
        "live_messages_per_second": LIVE_RATE,
        "job_alone": alone,
        "job_beside": beside,
        "moments_recorded": wanted,
        "ratio": round(beside["messages_per_cpu_second"] / alone["messages_per_cpu_second"], 3),
        "floor": FLOOR,
    }


def is_holder(reader: MonitoringProcess) -> bool:
    """Return whether the process forwards."""
    return reader.measured("stream_monitoring_holder") == 1


def measured_on(pause_ms: int | None) -> dict[str, Any]:
    """Measure on this disk, or on one whose syncs take so many milliseconds longer."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        slowly = {} if pause_ms is None else SlowDisk(folder, pause_ms).environment
        environment = dict.fromkeys(("kafka", "postgres", "recorder"), slowly)
        with System(folder / "system", Ports.free(), without=NOT_NEEDED, environment=environment) as system:
            return measure(system, folder, slowly)


def main() -> int:
    """Measure and write the result; return 1 if a floor is missed."""
    figures = measured_on(None)
    ratios = [figures["ratio"]]
    if SOURCE:
        slow = figures["on_a_slow_disk"] = measured_on(SLOW_PAUSE_MS)
        slow["milliseconds_more_a_sync"] = SLOW_PAUSE_MS
        slow["speed_ratio"] = round(figures["job_beside"]["wall_seconds"] / slow["job_beside"]["wall_seconds"], 3)
        ratios.append(slow["speed_ratio"])
    write_result("catch_up", figures)
    return 0 if min(ratios) >= FLOOR else 1


if __name__ == "__main__":
    raise SystemExit(main())
