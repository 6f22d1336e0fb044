"""The whole system under the simulator's load: from a burst to Kafka and to the open page, and what memory it takes."""

import statistics
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
from _result import write_result
from confluent_kafka import Consumer

from contracts import codec, topics
from contracts.moments import Moment
from embedded.addresses import Ports
from embedded.processes.waiting import wait_for
from embedded.system import System

CHANNELS = 40
LOAD = 300  # messages a second in all channels together
BURSTS = 24
BURST_PAUSE_SECONDS = 3.0
BASELINE_SECONDS = 80
MACHINE_A = ("postgres", "redis", "api_frontend")
MACHINE_B = ("kafka", "clip_detector", "stream_monitoring", "recorder", "clip_creator", "emote_counter")
ARRIVAL_SECONDS = 90
OPTIONS = {
    "channels": CHANNELS,
    "messages_per_second": LOAD,
    "bursts_per_minute": 0,
    "notices_per_minute": 0,
    "always_live": True,
}
BURST = {"seconds": 10, "messages_per_second": 60, "chatters": 400, "emote": "LUL"}


@dataclass
class Arrivals:
    """Wall-clock seconds at which each moment was first seen in Kafka and in the open page."""

    raised: dict[str, Moment] = field(default_factory=dict)
    in_kafka: dict[str, float] = field(default_factory=dict)
    in_page: dict[str, float] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)

    def watch_kafka(self, servers: str) -> None:
        """Note each raised moment as a consumer gets it."""
        reader = Consumer({"bootstrap.servers": servers, "group.id": "bench", "isolation.level": "read_committed"})
        reader.subscribe([topics.MOMENTS.name])
        while not self.stop.is_set():
            record = reader.poll(0.1)
            if record is None or record.error() or record.value() is None:
                continue
            moment = codec.decode(topics.MOMENTS.name, record.value())
            if moment.revision == "raised" and moment.moment_id not in self.in_kafka:
                self.in_kafka[moment.moment_id] = time.time()
                self.raised[moment.moment_id] = moment
        reader.close()

    def watch_page(self, url: str) -> None:
        """Note each moment's card as the page's event stream brings it."""
        with suppress(httpx.RemoteProtocolError):  # the website ends before its readers
            self._read_page(url)

    def _read_page(self, url: str) -> None:
        with httpx.Client(timeout=None) as client, client.stream("GET", f"{url}/events") as stream:
            for line in stream.iter_lines():
                if self.stop.is_set():
                    return
                for moment_id in [each for each in list(self.in_kafka) if f"m-{each}" in line]:
                    self.in_page.setdefault(moment_id, time.time())


def pss_mb(system: System, name: str) -> float:
    """Return the proportional set size of a program with its children, MB."""
    parent = psutil.Process(system.pid(name))
    family = [parent, *parent.children(recursive=True)]
    return sum(each.memory_full_info().pss for each in family) / 1e6


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` of the values lie, by nearest rank."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def spread(values: list[float]) -> dict[str, float]:
    """Return median and 95th percentile, seconds."""
    return {"p50": round(statistics.median(values), 2), "p95": round(percentile(values, 0.95), 2)}


def erupt(system: System, logins: list[str]) -> None:
    """Play one burst after the other, each in a channel of its own."""
    with httpx.Client(timeout=10) as client:
        for login in logins:
            url = f"{system.url('simulator_http')}/control/burst"
            client.post(url, json={"login": login, **BURST}).raise_for_status()
            time.sleep(BURST_PAUSE_SECONDS)  # the load, not a wait for anything


def watch(system: System) -> Arrivals:
    """Begin to note each moment's arrival in Kafka and in the open page."""
    arrivals = Arrivals()
    for work, address in (
        (arrivals.watch_kafka, system.address("KAFKA_BOOTSTRAP_SERVERS")),
        (arrivals.watch_page, system.url("api")),
    ):
        threading.Thread(target=work, args=(address,), daemon=True).start()
    return arrivals


def reaction(system: System, arrivals: Arrivals, bursts: int = BURSTS) -> dict[str, dict[str, float]]:
    """Play bursts in channels that have a baseline; return the seconds until each one's moment arrived."""
    state = httpx.get(f"{system.url('simulator_http')}/control/state").json()
    chosen = {each["login"]: each["channel_id"] for each in state["channels"] if each["live"]}
    logins = list(chosen)[:bursts]
    erupt(system, logins)
    wanted = {chosen[login] for login in logins}

    def seen() -> list[str]:
        return [name for name, moment in arrivals.raised.items() if moment.channel_id in wanted]

    wait_for("the bursts are in the page", lambda: len(set(seen()) & set(arrivals.in_page)) >= bursts, ARRIVAL_SECONDS)
    # From the start of the second whose chat crossed the threshold: its earliest message waited longest.
    crossing = {name: arrivals.raised[name].crossed_at / 1000 - 1 for name in seen()}
    return {
        "seconds_from_crossing_to_kafka": spread([arrivals.in_kafka[name] - at for name, at in crossing.items()]),
        "seconds_from_crossing_to_page": spread([arrivals.in_page[name] - at for name, at in crossing.items()]),
    }


def measure(system: System) -> dict[str, object]:
    """Measure a running system and return its figures."""
    arrivals = watch(system)
    time.sleep(BASELINE_SECONDS)  # chat that makes the baseline
    delays = reaction(system, arrivals)
    memory = {name: round(pss_mb(system, name), 1) for name in (*MACHINE_A, *MACHINE_B)}
    arrivals.stop.set()
    return {
        "channels": CHANNELS,
        "messages_per_second": LOAD,
        "bursts": BURSTS,
        **delays,
        "pss_mb": memory,
        "pss_mb_machine_a": round(sum(memory[name] for name in MACHINE_A), 1),
        "pss_mb_machine_b": round(sum(memory[name] for name in MACHINE_B), 1),
    }


def main() -> int:
    """Run the bench and write its result."""
    with (
        tempfile.TemporaryDirectory() as folder,
        System(Path(folder), Ports.free(), simulator_options=OPTIONS) as system,
    ):
        figures = measure(system)
    write_result("whole_system", figures)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
