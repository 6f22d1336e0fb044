"""The whole service against a simulated Twitch and a real Kafka: each message once, in order, whatever is killed."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient
from integration.support.stream_monitoring_process import DEADLINE, MonitoringProcess
from integration.support.stream_monitoring_recount import recount, sent_messages

from embedded.processes.waiting import wait_for
from embedded.records import Record, read_topic
from service_runtime.kafka import partitions_of
from twitch_simulator.process import SimulatorProcess

FLAGS = ["--channels", "8", "--messages-per-second", "200"]
SECONDS = 6
seeds = count(101)


def channels(twitch: SimulatorProcess) -> dict[str, str]:
    """Return login to channel id."""
    return {each["login"]: each["channel_id"] for each in twitch.state()["channels"]}


def instance(folder: Path, twitch: SimulatorProcess, bootstrap: str, **more: str) -> MonitoringProcess:
    """Return an instance that is not started yet."""
    pinned = ",".join(channels(twitch))
    return MonitoringProcess(
        folder / "service.log", folder / "spool", twitch, bootstrap, MONITORING_PINNED_CHANNELS=pinned, **more
    )


@pytest.fixture
def twitch(tmp_path: Path) -> Iterator[SimulatorProcess]:
    with SimulatorProcess(tmp_path / "truth", *FLAGS, "--seed", str(next(seeds))) as simulator:
        yield simulator


@pytest.fixture
def monitoring(tmp_path: Path, twitch: SimulatorProcess, empty_topics: str) -> Iterator[MonitoringProcess]:
    service = instance(tmp_path, twitch, empty_topics)
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
    assert sorted(last) == partitions_of(AdminClient({"bootstrap.servers": bootstrap}), "chat-messages", 10.0)
    return ids


def lifecycle(bootstrap: str) -> list[tuple[Record, dict[str, Any]]]:
    """Return the records of the lifecycle topic's first partition, which each transaction ends with a tick."""
    found = decoded(bootstrap, "stream-lifecycle")
    return [(record, value) for record, value in found if record.partition == 0]


@dataclass(frozen=True)
class At:
    """A tick's event time, milliseconds, and its offset."""

    at: int
    offset: int


def ticks(bootstrap: str) -> list[At]:
    """Return the ticks of the lifecycle topic's first partition."""
    return [At(value["sent_at"], record.offset) for record, value in lifecycle(bootstrap) if value["kind"] == "tick"]


def arrived(bootstrap: str) -> set[str]:
    """Return the ids of the messages in Kafka."""
    return set(recount(bootstrap).messages)


def test_every_message_arrives_once_and_in_order(twitch, monitoring, empty_topics):
    """SIGTERM delivers what is left."""
    monitoring.start()
    wait_for("ready", monitoring.ready, DEADLINE)
    wait_for("chat", lambda: len(sent_messages(twitch)) > 600, DEADLINE)
    twitch.order("silence", socket="all", seconds=1000)
    sent = {message["message_id"] for message in sent_messages(twitch)[:500]}
    wait_for("it in Kafka", lambda: sent <= arrived(empty_topics), DEADLINE)
    assert monitoring.end() == 0
    ids = check_log(empty_topics)
    assert sent <= set(ids)
    values = [value for _, value in decoded(empty_topics, "stream-lifecycle")]
    left = {value["channel_id"] for value in values if value["kind"] == "coverage" and value["event"] == "left"}
    assert left == set(channels(twitch).values())
    names = {value["login"] for value in values if value["kind"] == "lifecycle"}
    assert names == set(channels(twitch))


def test_a_live_chat_takes_one_transaction_a_second(twitch, monitoring, empty_topics):
    """Counted by the markers in a partition that takes part in each: the offsets without a record."""
    monitoring.start()
    wait_for("chat", lambda: len(arrived(empty_topics)) > 100, DEADLINE)
    before = ticks(empty_topics)[-1]
    wait_for("seconds", lambda: ticks(empty_topics)[-1].at > before.at + SECONDS * 1000, DEADLINE)
    live = [tick for tick in ticks(empty_topics) if tick.at >= before.at]
    records = sum(live[0].offset < record.offset <= live[-1].offset for record, _ in lifecycle(empty_topics))
    transactions = live[-1].offset - live[0].offset - records
    seconds = (live[-1].at - live[0].at) / 1000
    assert 0.7 * seconds <= transactions <= 1.3 * seconds  # a busy machine may merge two, or split one
    assert median(tick.at % 1000 for tick in live) < 200  # a commit follows the tick that crosses its second


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
    sent = sent_messages(twitch)
    last = max(number for number, message in enumerate(sent) if message["message_id"] in ids)
    assert recount(empty_topics).lost(sent[: last - 100]) == []


def test_a_second_instance_fences_the_first_which_stands_by(tmp_path, twitch, monitoring, empty_topics):
    monitoring.start()
    wait_for("chat", lambda: len(arrived(empty_topics)) > 100, DEADLINE)
    (tmp_path / "other").mkdir()
    second = instance(tmp_path / "other", twitch, empty_topics, MONITORING_INSTANCE="second")
    second.start()
    try:
        wait_for("the takeover", lambda: "another instance has taken over" in monitoring.log_text(), DEADLINE)
        before = len(arrived(empty_topics))
        wait_for("more chat", lambda: len(arrived(empty_topics)) > before + 100, DEADLINE)
        check_log(empty_topics)
    finally:
        second.end(signal.SIGKILL)


def test_a_deaf_socket_is_noticed_and_its_gap_recorded(twitch, monitoring, empty_topics):
    monitoring.start()
    wait_for("chat", lambda: len(arrived(empty_topics)) > 100, DEADLINE)
    twitch.order("silence", socket="all", seconds=12)

    def gaps() -> set[str]:
        values = [value for _, value in decoded(empty_topics, "stream-lifecycle")]
        found = [value for value in values if value["kind"] == "coverage" and value["event"] == "gap"]
        return {value["channel_id"] for value in found if value["reason"] == "deaf"}

    wait_for("the gaps", lambda: gaps() == set(channels(twitch).values()), DEADLINE)
    check_log(empty_topics)


def test_garbage_is_a_dead_letter_and_chat_goes_on(twitch, monitoring, empty_topics):
    monitoring.start()
    wait_for("chat", lambda: len(arrived(empty_topics)) > 50, DEADLINE)
    twitch.order("garbage", lines=5)
    wait_for("dead letters", lambda: decoded(empty_topics, "dead-letters"), DEADLINE)
    assert all(value["place"] == "irc" for _, value in decoded(empty_topics, "dead-letters"))
    before = len(arrived(empty_topics))
    wait_for("more chat", lambda: len(arrived(empty_topics)) > before + 50, DEADLINE)


def test_wrong_settings_are_all_named_before_an_exit_with_2():
    environment = {**os.environ, "MONITORING_TOP_CHANNELS": "many", "MONITORING_PINNED_CHANNELS": "not a login!"}
    environment = {
        key: value for key, value in environment.items() if key not in ("SPOOL_DIRECTORY", "KAFKA_BOOTSTRAP_SERVERS")
    }
    done = subprocess.run([sys.executable, "-m", "stream_monitoring"], env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    for name in ("MONITORING_TOP_CHANNELS", "MONITORING_PINNED_CHANNELS", "SPOOL_DIRECTORY", "KAFKA_BOOTSTRAP_SERVERS"):
        assert name in done.stderr


def test_a_taken_port_is_named(twitch, monitoring):
    monitoring.environment["MONITORING_METRICS_PORT"] = str(twitch.ports["http"])
    monitoring.start()
    assert monitoring.wait() == 1
    assert "MONITORING_METRICS_PORT: cannot listen" in monitoring.log_text()
