"""More channels than one socket reads, RECONNECT on all, resets every few seconds: what is missing is in a gap."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.support.stream_monitoring_process import DEADLINE, MonitoringProcess
from integration.support.stream_monitoring_recount import Recount, sent_messages, settled_recount

from embedded.processes.waiting import wait_for
from twitch_simulator.process import SimulatorProcess

CHANNELS = 100  # a socket takes 90
ENOUGH = 30  # channels read, of two sockets; a socket joins 20 in ten seconds
RESETS = 4


class Chat:
    """A simulator with many channels, and one instance."""

    def __init__(self, folder: Path, twitch: SimulatorProcess, bootstrap_servers: str) -> None:
        self.twitch, self.bootstrap_servers = twitch, bootstrap_servers
        self.service = MonitoringProcess(
            folder / "service.log",
            folder / "spool",
            twitch,
            bootstrap_servers,
            MONITORING_PINNED_CHANNELS=",".join(each["login"] for each in twitch.state()["channels"]),
        )

    def sockets(self) -> set[int]:
        """Return the sockets that are in a channel."""
        return {each["socket"] for each in self.twitch.state()["sockets"] if each["channels"]}

    def read(self) -> int:
        """Return how many channels are read."""
        return int(self.service.measured("stream_monitoring_channels", state="read"))

    def sent(self) -> list[dict[str, Any]]:
        """Return every message sent so far."""
        return sent_messages(self.twitch)

    def wait_for_new_sockets(self, before: set[int]) -> None:
        """Wait until two new sockets read enough channels."""
        wait_for("new sockets", lambda: len(self.sockets() - before) >= 2 and self.read() >= ENOUGH, DEADLINE)

    def settled(self) -> Recount:
        """Wait until every message sent so far has arrived or is in a gap; return the recount."""
        return settled_recount(self.twitch, self.bootstrap_servers)


@pytest.fixture
def chat(tmp_path: Path, empty_topics: str) -> Iterator[Chat]:
    flags = ["--channels", str(CHANNELS), "--messages-per-second", "150", "--bursts-per-minute", "0", "--seed", "501"]
    with SimulatorProcess(tmp_path / "truth", *flags) as twitch:
        running = Chat(tmp_path, twitch, empty_topics)
        running.service.start()
        yield running
        running.service.end(signal.SIGKILL)


def test_reconnects_and_resets_lose_and_double_nothing(chat: Chat) -> None:
    wait_for("ready", chat.service.ready, DEADLINE)
    chat.wait_for_new_sockets(set())
    before = chat.sockets()
    chat.twitch.order("reconnect", close_after_seconds=5)
    chat.wait_for_new_sockets(before)
    for _ in range(RESETS):
        before = chat.sockets()
        chat.twitch.order("drop", all=True, abort=True)
        chat.wait_for_new_sockets(before)
    wait_for("every channel", lambda: chat.read() == CHANNELS, DEADLINE)
    found = chat.settled()
    assert found.doubled == []
    assert found.late == []
    assert found.backward == 0
    assert {gap["reason"] for gap in found.gaps} <= {"reconnect", "connection lost", "closed by Twitch"}
    assert sum(found.messages.values()) > 1_000
