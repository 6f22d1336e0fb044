"""RECONNECT on two full sockets: the old ones read on while the new ones join as fast as Twitch lets them."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from faults import table
from faults.recount import unread_seconds
from integration.support.stream_monitoring_process import MonitoringProcess
from integration.support.stream_monitoring_recount import sent_messages, settled_recount

from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.servers.kafka import Kafka
from service_runtime.topic_setup import create_topics
from twitch_simulator.irc.join_limit import JOINS, WINDOW_MS
from twitch_simulator.process import SimulatorProcess

SOCKETS = 2
CHANNELS = 90 * SOCKETS  # a socket takes 90
NOTICE_SECONDS = 30  # from RECONNECT to the end of the socket
SLACK_MS = 5_000  # of gap in a channel, beyond what the limit on joins forces
JOINED_SECONDS = 150
NAME = f"RECONNECT on {SOCKETS} full sockets, {NOTICE_SECONDS} s of notice"


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[str]:
    with Kafka(tmp_path / "kafka", *free_ports(2)) as server:
        create_topics(AdminClient({"bootstrap.servers": server.bootstrap_servers}))
        yield server.bootstrap_servers


def forced_gap_ms(place: int) -> int:
    """Return how long after the notice's end the limit lets a socket join the channel at this place, from 0."""
    return max(0, place // JOINS * WINDOW_MS - NOTICE_SECONDS * 1000)


@pytest.mark.fault
@pytest.mark.timeout(600)
@pytest.mark.skipif(not table.is_chosen(NAME), reason="not selected by FAULTS; run: make test-faults")
def test_full_sockets_are_replaced_within_the_notice(tmp_path: Path, kafka: str) -> None:
    flags = ["--channels", str(CHANNELS), "--messages-per-second", "200", "--bursts-per-minute", "0", "--seed", "502"]
    with SimulatorProcess(tmp_path / "truth", *flags) as twitch:
        service = MonitoringProcess(
            tmp_path / "service.log",
            tmp_path / "spool",
            twitch,
            kafka,
            MONITORING_PINNED_CHANNELS=",".join(each["login"] for each in twitch.state()["channels"]),
        )
        service.start()
        try:
            wait_for("the service is ready", service.ready, JOINED_SECONDS)
            wait_for("every channel is read", lambda: channels_read(service) == CHANNELS, JOINED_SECONDS)
            before = sockets(twitch)
            assert len(before) == SOCKETS
            twitch.order("reconnect", close_after_seconds=NOTICE_SECONDS)
            wait_for("new sockets read every channel", lambda: have_joined(twitch, before), JOINED_SECONDS)
            sent = sent_messages(twitch)
            found = settled_recount(twitch, kafka)
        finally:
            service.end(signal.SIGKILL)
    line = table.Line(
        fault=NAME,
        lost=len(found.lost(sent)),
        doubled=len(found.doubled),
        gap_seconds=unread_seconds((gap["gap_from_at"], gap["gap_until_at"]) for gap in found.gaps),
    )
    table.add(line)
    assert line.harm == {}, str(line)
    assert (found.doubled, found.late, found.backward) == ([], [], 0)
    assert {gap["reason"] for gap in found.gaps} <= {"reconnect"}
    lengths = sorted((gap["gap_until_at"] - gap["gap_from_at"] for gap in found.gaps), reverse=True)
    places = [place for place in range(CHANNELS // SOCKETS) for _ in range(SOCKETS)]
    forced = sorted(map(forced_gap_ms, places), reverse=True)
    assert all(length <= allowed + SLACK_MS for length, allowed in zip(lengths, forced, strict=False)), lengths


def channels_read(service: MonitoringProcess) -> int:
    """Return how many channels are read."""
    return int(service.measured("stream_monitoring_channels", state="read"))


def sockets(twitch: SimulatorProcess) -> set[int]:
    """Return the sockets that are in a channel."""
    return {each["socket"] for each in twitch.state()["sockets"] if each["channels"]}


def have_joined(twitch: SimulatorProcess, before: set[int]) -> bool:
    """Return whether sockets other than those before are in every channel, and no others are left."""
    state = twitch.state()["sockets"]
    joined = {login for each in state if each["socket"] not in before for login in each["channels"]}
    return len(joined) == CHANNELS and not before & {each["socket"] for each in state}
