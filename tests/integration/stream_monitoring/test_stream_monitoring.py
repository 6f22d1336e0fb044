"""The whole service against a simulated Twitch and a real Kafka: each message once, in order, whatever is killed."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.records import Record, read_topic

DEADLINE = 60.0  # seconds; the machine may be busy
CHANNELS = 8
seeds = count(101)


class Twitch:
    """The simulator as a process of its own."""

    def __init__(self, directory: Path, messages_per_second: int = 200) -> None:
        self.irc, websocket, self.http = free_ports(3)
        self.truth = directory / "truth"
        command = [sys.executable, "-m", "twitch_simulator", "--truth-file", str(self.truth), "--always-live", "true"]
        command += ["--irc-port", str(self.irc), "--websocket-port", str(websocket), "--http-port", str(self.http)]
        command += ["--channels", str(CHANNELS), "--messages-per-second", str(messages_per_second)]
        command += ["--seed", str(next(seeds))]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        wait_for("the simulator", self.answers, DEADLINE, 0.1)
        self.logins = {each["login"]: each["channel_id"] for each in self.state()["channels"]}

    def answers(self) -> bool:
        try:
            return bool(self.state()["ready"])
        except OSError:
            return False

    def state(self) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/control/state", timeout=5) as answer:
            return json.load(answer)

    def control(self, what: str, **body: Any) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}/control/{what}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=5).close()

    def sent(self) -> list[dict[str, Any]]:
        path = self.truth / "messages.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line) for line in lines if line.endswith("}")]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


class Monitoring:
    """The service as a process that can be restarted on the same spool."""

    def __init__(self, directory: Path, twitch: Twitch, bootstrap: str, **more: str) -> None:
        self.health, metrics = free_ports(2)
        self.log = directory / f"monitoring-{self.health}.log"
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("TWITCH_", "POSTGRES_"))},
            "MONITORING_CHAT_URL": f"irc://127.0.0.1:{twitch.irc}",
            "MONITORING_PINNED_CHANNELS": ",".join(twitch.logins),
            "MONITORING_HEALTH_PORT": str(self.health),
            "MONITORING_METRICS_PORT": str(metrics),
            "SPOOL_DIRECTORY": str(directory / "spool"),
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
            **more,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "stream_monitoring"], env=self.environment, stderr=log
            )

    def ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.health}/ready", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def end(self, number: int = signal.SIGTERM) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(number)
        code = self.process.wait(40)
        self.process = None
        return code


@pytest.fixture
def twitch(tmp_path: Path) -> Iterator[Twitch]:
    simulator = Twitch(tmp_path)
    yield simulator
    simulator.stop()


@pytest.fixture
def monitoring(tmp_path: Path, twitch: Twitch, empty_topics: str) -> Iterator[Monitoring]:
    service = Monitoring(tmp_path, twitch, empty_topics)
    yield service
    service.end(signal.SIGKILL)


def decoded(bootstrap: str, topic: str = "chat-messages") -> list[tuple[Record, dict[str, Any]]]:
    return [(record, json.loads(record.value or b"{}")) for record in read_topic(bootstrap, topic)]


def check_log(bootstrap: str) -> Counter[str]:
    """Assert that ticks go forward in each partition and nothing is late or doubled; return the ids."""
    last: dict[int, int] = {}
    ids: Counter[str] = Counter()
    for record, value in decoded(bootstrap):
        if value["kind"] == "tick":
            assert value["sent_at"] >= last.get(record.partition, 0)
            last[record.partition] = value["sent_at"]
        elif value["kind"] == "message":
            assert value["sent_at"] > last.get(record.partition, 0)
            assert (record.key or b"").decode() == value["channel_id"]
            ids[value["message_id"]] += 1
    assert not [message_id for message_id, times in ids.items() if times > 1]
    assert len(last) == 20
    return ids


def arrived(bootstrap: str) -> set[str]:
    return {value["message_id"] for _, value in decoded(bootstrap) if value["kind"] == "message"}


def in_gaps(bootstrap: str) -> Callable[[dict[str, Any]], bool]:
    """Return whether a message was sent in a recorded gap of its channel."""
    gaps = [
        (value["channel_id"], value["gap_from_at"], value["gap_until_at"])
        for _, value in decoded(bootstrap)
        if value["kind"] == "coverage" and value["event"] == "gap"
    ]
    return lambda m: any(c == m["channel_id"] and start <= m["sent_at"] <= end + 1_000 for c, start, end in gaps)


def test_every_message_arrives_once_and_in_order(twitch, monitoring, empty_topics):
    """SIGTERM delivers what is left."""
    monitoring.start()
    wait_for("ready", monitoring.ready, DEADLINE)
    wait_for("chat", lambda: len(twitch.sent()) > 600, DEADLINE)
    twitch.control("silence", socket="all", seconds=1000)
    sent = {message["message_id"] for message in twitch.sent()[:500]}
    wait_for("it in Kafka", lambda: sent <= arrived(empty_topics), DEADLINE)
    assert monitoring.end() == 0
    ids = check_log(empty_topics)
    assert sent <= set(ids)
    values = [value for _, value in decoded(empty_topics, "stream-lifecycle")]
    left = {value["channel_id"] for value in values if value["kind"] == "coverage" and value["event"] == "left"}
    assert left == set(twitch.logins.values())
    names = {value["login"] for value in values if value["kind"] == "lifecycle"}
    assert names == set(twitch.logins)


@pytest.mark.timeout(300)
def test_repeated_kills_lose_and_double_nothing(twitch, monitoring, empty_topics):
    for already in (150, 450, 800):
        monitoring.start()
        wait_for("more chat", lambda wanted=already: len(arrived(empty_topics)) > wanted, DEADLINE)
        monitoring.end(signal.SIGKILL)
    monitoring.start()
    wait_for("ready", monitoring.ready, DEADLINE)
    before = len(arrived(empty_topics))
    wait_for("more chat", lambda: len(arrived(empty_topics)) > before + 200, DEADLINE)
    assert monitoring.end() == 0
    ids = check_log(empty_topics)
    in_gap = in_gaps(empty_topics)
    sent = twitch.sent()
    last = max(number for number, message in enumerate(sent) if message["message_id"] in ids)
    lost = [message for message in sent[: last - 100] if message["message_id"] not in ids and not in_gap(message)]
    assert lost == []


def test_a_second_instance_fences_the_first_which_stands_by(tmp_path, twitch, monitoring, empty_topics):
    monitoring.start()
    wait_for("chat", lambda: len(arrived(empty_topics)) > 100, DEADLINE)
    (tmp_path / "other").mkdir()
    second = Monitoring(tmp_path / "other", twitch, empty_topics, MONITORING_INSTANCE="second")
    second.start()
    try:
        wait_for("the takeover", lambda: "another instance has taken over" in monitoring.log.read_text(), DEADLINE)
        before = len(arrived(empty_topics))
        wait_for("more chat", lambda: len(arrived(empty_topics)) > before + 100, DEADLINE)
        check_log(empty_topics)
    finally:
        second.end(signal.SIGKILL)


def test_a_deaf_socket_is_noticed_and_its_gap_recorded(twitch, monitoring, empty_topics):
    monitoring.start()
    wait_for("chat", lambda: len(arrived(empty_topics)) > 100, DEADLINE)
    twitch.control("silence", socket="all", seconds=12)

    def gaps() -> set[str]:
        values = [value for _, value in decoded(empty_topics, "stream-lifecycle")]
        found = [value for value in values if value["kind"] == "coverage" and value["event"] == "gap"]
        return {value["channel_id"] for value in found if value["reason"] == "deaf"}

    wait_for("the gaps", lambda: gaps() == set(twitch.logins.values()), DEADLINE)
    check_log(empty_topics)


def test_garbage_is_a_dead_letter_and_chat_goes_on(twitch, monitoring, empty_topics):
    monitoring.start()
    wait_for("chat", lambda: len(arrived(empty_topics)) > 50, DEADLINE)
    twitch.control("garbage", lines=5)
    wait_for("dead letters", lambda: decoded(empty_topics, "dead-letters"), DEADLINE)
    assert all(value["place"] == "irc" for _, value in decoded(empty_topics, "dead-letters"))
    before = len(arrived(empty_topics))
    wait_for("more chat", lambda: len(arrived(empty_topics)) > before + 50, DEADLINE)


def test_wrong_settings_are_all_named_and_the_process_ends_with_2():
    environment = {**os.environ, "MONITORING_TOP_CHANNELS": "many", "MONITORING_PINNED_CHANNELS": "not a login!"}
    environment = {
        key: value for key, value in environment.items() if key not in ("SPOOL_DIRECTORY", "KAFKA_BOOTSTRAP_SERVERS")
    }
    done = subprocess.run([sys.executable, "-m", "stream_monitoring"], env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    for name in ("MONITORING_TOP_CHANNELS", "MONITORING_PINNED_CHANNELS", "SPOOL_DIRECTORY", "KAFKA_BOOTSTRAP_SERVERS"):
        assert name in done.stderr


def test_a_taken_port_is_named(tmp_path, twitch, monitoring):
    monitoring.environment["MONITORING_METRICS_PORT"] = str(twitch.http)
    monitoring.start()
    assert monitoring.process is not None
    assert monitoring.process.wait(30) == 1
    assert "MONITORING_METRICS_PORT: cannot listen" in monitoring.log.read_text()
    monitoring.process = None
