"""Kafka away, RECONNECT, wrong lines, a full disk: messages arrive once and in order, or their gap is recorded."""

import json
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient
from integration.support.stream_monitoring_process import DEADLINE, Follower, MonitoringProcess, ids_by_channel

from contracts import topics
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.servers.kafka import Kafka
from service_runtime.clock import now_ms
from service_runtime.topic_setup import create_topics
from twitch_simulator.process import SimulatorProcess

CHANNELS = 6
DISK = "24m"  # room for minutes of chat
MIDDLE_OF_TEXT = "nobody should find these words"
YEAR_MS = 365 * 24 * 3600 * 1000
DEAF_SECONDS = 10.0  # when the disk is full for so long, the sockets are closed


class Chat:
    """Simulator, broker and service, and what reached the log."""

    def __init__(self, twitch: SimulatorProcess, broker: Kafka, service: MonitoringProcess) -> None:
        self.twitch, self.broker, self.service = twitch, broker, service
        self.log = Follower(broker.bootstrap_servers, topics.CHAT_MESSAGES)
        self.dead_letters = Follower(broker.bootstrap_servers, topics.DEAD_LETTERS)

    def sent(self) -> list[dict[str, Any]]:
        """Return every message sent so far."""
        *whole, _torn = (self.twitch.truth / "messages.jsonl").read_text().split("\n")
        return [json.loads(line) for line in whole]

    def arrived(self) -> list[dict[str, Any]]:
        """Return the messages in Kafka."""
        return self.log.values("message")

    def gaps(self, reason: str) -> list[dict[str, Any]]:
        """Return the gaps that were recorded for this reason."""
        coverage = self.log.values("coverage")
        return [each for each in coverage if each["event"] == "gap" and each["reason"] == reason]

    def lost(self, sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return which of these messages are not in Kafka."""
        known = {each["message_id"] for each in self.arrived()}
        return [each for each in sent if each["message_id"] not in known]

    def wait_for_new_chat(self) -> None:
        """Wait until a message sent from now on arrives."""
        login = self.twitch.state()["channels"][0]["login"]
        sent = self.twitch.order("messages", login=login, lines=[{"user": "someone", "text": "still here"}])["sent"]
        wait_for("new chat", lambda: not self.lost(sent), DEADLINE)


def inside(gaps: list[dict[str, Any]], message: dict[str, Any]) -> bool:
    """Whether the message is in one of the gaps of its channel."""
    return any(
        gap["channel_id"] == message["channel_id"] and gap["gap_from_at"] <= message["sent_at"] <= gap["gap_until_at"]
        for gap in gaps
    )


@contextmanager
def small_disk(path: Path) -> Iterator[bool]:
    """Mount a file system of few megabytes; False if this user may not."""
    path.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(path)], capture_output=True)
    try:
        yield mounted.returncode == 0
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "--lazy", str(path)], check=True)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, bool]]:
    path = tmp_path_factory.mktemp("disk") / "small"
    with small_disk(path) as is_small:
        yield path, is_small


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory, disk: tuple[Path, bool]) -> Iterator[Chat]:
    folder = tmp_path_factory.mktemp("faults")
    port, controller_port = free_ports(2)
    flags = ["--channels", str(CHANNELS), "--messages-per-second", "120", "--bursts-per-minute", "0", "--seed", "72"]
    with (
        Kafka(folder / "kafka", port, controller_port) as broker,
        SimulatorProcess(folder / "truth", *flags) as twitch,
    ):
        create_topics(AdminClient({"bootstrap.servers": broker.bootstrap_servers}))
        pinned = ",".join(each["login"] for each in twitch.state()["channels"])
        service = MonitoringProcess(
            folder / "service.log",
            disk[0] / "spool",
            twitch,
            broker.bootstrap_servers,
            MONITORING_PINNED_CHANNELS=pinned,
        )
        service.start()
        running = Chat(twitch, broker, service)
        yield running
        service.end()
        running.log.close()
        running.dead_letters.close()


@pytest.mark.timeout(280)
def test_the_spool_keeps_chat_while_kafka_is_away(chat: Chat) -> None:
    """And delivers it afterwards, once and in order."""
    wait_for("ready", chat.service.ready, DEADLINE)
    wait_for("chat", lambda: len(chat.arrived()) > 100, DEADLINE)
    chat.broker.stop()
    spool = chat.service.measured("stream_monitoring_spool_bytes")
    wait_for("/ready names Kafka", lambda: "kafka" in chat.service.problems(), DEADLINE)
    before = len(chat.sent())
    wait_for("chat meanwhile", lambda: len(chat.sent()) > before + 300, DEADLINE)
    assert chat.service.measured("stream_monitoring_spool_bytes") > spool
    wait_for("a backlog", lambda: chat.service.measured("stream_monitoring_spool_backlog_bytes") > 0, DEADLINE)
    chat.broker.start()
    wait_for("ready again", chat.service.ready, DEADLINE)
    sent = chat.sent()
    wait_for("everything", lambda: not chat.lost(sent), DEADLINE)
    known = {each["message_id"] for each in sent}
    assert ids_by_channel(each for each in chat.arrived() if each["message_id"] in known) == ids_by_channel(sent)


def test_reconnect_loses_nothing_outside_recorded_gaps(chat: Chat) -> None:
    wait_for("ready", chat.service.ready, DEADLINE)
    before = {each["socket"] for each in chat.twitch.state()["sockets"]}
    first = len(chat.sent())
    chat.twitch.order("reconnect", close_after_seconds=5)

    def handed_over() -> bool:
        sockets = chat.twitch.state()["sockets"]
        return bool(sockets) and not before & {each["socket"] for each in sockets}

    wait_for("other sockets", handed_over, DEADLINE)
    sent = chat.sent()
    chat.wait_for_new_chat()
    gaps = chat.gaps("reconnect")
    assert [each for each in chat.lost(sent[first:]) if not inside(gaps, each)] == []
    ids = [each["message_id"] for each in chat.arrived()]
    assert len(ids) == len(set(ids))
    assert all(gap["gap_until_at"] - gap["gap_from_at"] < 5_000 for gap in gaps)


def test_garbage_and_future_messages_become_dead_letters(chat: Chat) -> None:
    wait_for("ready", chat.service.ready, DEADLINE)
    channel = chat.twitch.state()["channels"][0]
    next_year = now_ms() + YEAR_MS
    tags = f"id=from-next-year;room-id={channel['channel_id']};tmi-sent-ts={next_year};user-id=7;emotes="
    line = f"@{tags} :a!a@a.tmi.twitch.tv PRIVMSG #{channel['login']} :{MIDDLE_OF_TEXT}"
    chat.twitch.order("garbage", lines=40)
    chat.twitch.order("raw", login=channel["login"], line=line)

    def letters() -> list[dict[str, Any]]:
        return chat.dead_letters.values()

    wait_for("the message from next year", lambda: [e for e in letters() if "future" in e["reason"]], DEADLINE)
    assert len(letters()) > 5
    assert {each["place"] for each in letters()} == {"irc"}
    assert MIDDLE_OF_TEXT not in str(letters())
    chat.wait_for_new_chat()
    assert "from-next-year" not in {each["message_id"] for each in chat.arrived()}
    newest = max(each["sent_at"] for each in chat.arrived())
    assert datetime.fromtimestamp(newest / 1000, UTC).timestamp() < time.time() + 60
    quarantine = chat.service.spool / "quarantine.jsonl"
    assert MIDDLE_OF_TEXT in quarantine.read_text()
    assert stat.S_IMODE(quarantine.stat().st_mode) == 0o600


def fill(path: Path) -> None:
    """Fill the disk."""
    with path.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return


def test_a_full_disk_is_reported_and_leaves_a_recorded_gap(chat: Chat, disk: tuple[Path, bool]) -> None:
    if not disk[1]:
        pytest.skip("needs a small disk: mounting a tmpfs is not allowed here (it needs root and CAP_SYS_ADMIN)")
    wait_for("ready", chat.service.ready, DEADLINE)
    first = len(chat.sent())
    filler = disk[0] / "filler"

    def is_reported() -> bool:
        fill(filler)  # also what the service freed when it cut a torn frame
        return "spool" in chat.service.problems()

    wait_for("/ready names the spool", is_reported, DEADLINE)
    assert "No space left" in chat.service.problems()["spool"]
    assert "spool: cannot write, reading stops until it can" in chat.service.log_text()
    wait_for("the sockets are closed", lambda: not chat.twitch.state()["sockets"], DEADLINE)
    assert chat.service.process is not None
    assert chat.service.process.poll() is None
    filler.unlink()
    wait_for("ready again", chat.service.ready, DEADLINE)
    chat.wait_for_new_chat()
    wait_for("the gaps", lambda: len(chat.gaps("no room on the disk")) == CHANNELS, DEADLINE)
    sent, gaps = chat.sent(), chat.gaps("no room on the disk")
    chat.wait_for_new_chat()
    assert all(gap["gap_until_at"] - gap["gap_from_at"] >= DEAF_SECONDS * 1000 for gap in gaps)
    assert [each for each in chat.lost(sent[first:]) if not inside(gaps, each)] == []
    ids = [each["message_id"] for each in chat.arrived()]
    assert len(ids) == len(set(ids))
