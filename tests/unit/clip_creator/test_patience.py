"""Waiting for a Kafka that does not answer has an end: the process ends, and its supervisor starts a fresh one."""

from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaException

from clip_creator import consumer, ledger
from clip_creator.settings import ClipSettings
from embedded.processes.ports import free_ports
from service_runtime.settings import KafkaSettings


@pytest.fixture
def nowhere() -> KafkaSettings:
    """A port that nobody listens on."""
    (port,) = free_ports(1)
    return KafkaSettings(bootstrap_servers=f"127.0.0.1:{port}")


def test_a_ledger_that_cannot_be_read_to_its_end_is_an_error(nowhere: KafkaSettings) -> None:
    reader = ledger.LedgerReader(nowhere, silent_seconds=0.2)
    with pytest.raises(KafkaException, match="clips was not read to its end"):
        list(reader.read_to_end())
    reader.close()


def test_a_process_without_a_partition_gives_up_after_its_patience(
    nowhere: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(consumer.time, "monotonic", lambda: now)
    bench: Any = SimpleNamespace(settings=ClipSettings(instance="test"))
    moments = consumer.MomentConsumer(nowhere, bench, ledger.LedgerReader(nowhere), lambda: pytest.fail("not asked"))
    now += consumer.UNASSIGNED_SECONDS
    moments._check_assignment()
    now += 0.1
    with pytest.raises(KafkaException, match="no partition of moments was assigned"):
        moments._check_assignment()
