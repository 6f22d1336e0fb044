"""A power cut on machine B at 5,000 messages a second, and machine A takes over: no message is missing or doubled."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient
from faults import table
from faults.disk import why_not
from faults.kafka_machine import KafkaMachine
from integration.support.instance_pair import Pair
from integration.support.stream_monitoring_process import DEADLINE
from integration.support.stream_monitoring_recount import Recount, recount

from embedded.processes.waiting import TooLateError, wait_for
from service_runtime.topic_setup import create_topics
from twitch_simulator.process import SimulatorProcess

NAME = "power cut at 5,000 messages a second, the standby takes over"
pytestmark = [
    pytest.mark.fault,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not table.is_chosen(NAME), reason="not selected by FAULTS; run: make test-faults"),
]
RATE = 5_000
FLAGS = ("--channels=100", f"--messages-per-second={RATE}", "--bursts-per-minute=0", "--seed=13")
MEGABYTES = 1024
REPAIRED = "Kafka lost the end of some partitions"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[KafkaMachine, Pair]]:
    """Machine B with Kafka and the holder's spool on one disk; Twitch and machine A's standby beside it."""
    if why_not():
        pytest.skip(why_not())
    with ExitStack() as stack:
        machine = KafkaMachine(tmp_path, MEGABYTES)
        stack.callback(machine.close)
        machine.kafka.start()
        create_topics(AdminClient({"bootstrap.servers": machine.kafka.bootstrap_servers}))
        twitch = stack.enter_context(SimulatorProcess(tmp_path / "truth", *FLAGS))
        (machine.disk.mount / "spool-holder").mkdir()
        (tmp_path / "spool-holder").symlink_to(machine.disk.mount / "spool-holder")
        pair = Pair(tmp_path, twitch, machine.kafka.bootstrap_servers)
        stack.callback(pair.print_logs)
        for instance in (pair.holder, pair.standby):
            # As on the machines. A new writer first reads back what Kafka has: here 600,000 records, which takes some
            # 13 s, and with less patience the two would fence each other in turns.
            instance.environment["MONITORING_GO_ON_SECONDS"] = "60"
            stack.callback(instance.end, signal.SIGKILL)
        yield machine, pair


def test_the_standby_sends_again_what_the_power_cut_took(world: tuple[KafkaMachine, Pair]) -> None:
    machine, pair = world
    pair.start_both()
    wait_for("the holder reads all channels", lambda: pair.reads_all(pair.holder), DEADLINE)
    joined = len(pair.sent())
    pair.more_chat(8 * RATE)
    assert pair.forwards(pair.holder)
    assert pair.holder.process
    machine.cut_power([pair.holder.process.pid])
    pair.holder.wait()
    machine.power_on()
    powered_on = time.monotonic()
    wait_for("the standby forwards", lambda: pair.forwards(pair.standby), DEADLINE)
    recovered_after = time.monotonic() - powered_on
    assert REPAIRED in pair.standby.log_text()
    pair.more_chat(5 * RATE)
    pair.holder.start()
    wait_for("the holder has taken back", lambda: pair.forwards(pair.holder), DEADLINE)
    pair.more_chat(5 * RATE)
    sent = pair.sent()[joined:]
    found = recount_once_forwarded(machine, sent)
    line = table.Line(
        fault=NAME,
        lost=len(found.lost(sent)),
        doubled=len(found.doubled),
        gap_seconds=max((gap["gap_until_at"] - gap["gap_from_at"] for gap in found.gaps), default=0) / 1000,
        recovered_after_seconds=round(recovered_after, 1),
    )
    table.add(line)
    assert (line.harm, line.gap_seconds) == ({}, 0.0), str(line)
    assert found.late == []
    assert found.backward == 0


def recount_once_forwarded(machine: KafkaMachine, sent: list[dict[str, Any]]) -> Recount:
    """Recount once all of these messages have arrived, or the time for that is up."""
    found = Recount()

    def is_complete() -> bool:
        nonlocal found
        found = recount(machine.kafka.bootstrap_servers)
        return not found.lost(sent)

    with suppress(TooLateError):
        wait_for("every message is in Kafka", is_complete, DEADLINE, 2.0)
    return found
