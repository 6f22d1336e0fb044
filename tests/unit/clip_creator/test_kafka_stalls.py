"""Waits for a Kafka that does not answer end the process, and its supervisor starts a new one."""

from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaException

from clip_creator import moment_consumer as consumer
from clip_creator.clip_log import reader as reader
from clip_creator.settings import ClipSettings
from embedded.processes.ports import free_ports
from service_runtime.settings import KafkaSettings


@pytest.fixture
def nowhere() -> KafkaSettings:
    """Settings with a port on which nothing listens."""
    (port,) = free_ports(1)
    return KafkaSettings(bootstrap_servers=f"127.0.0.1:{port}")


def test_clips_not_read_to_the_end_are_an_error(nowhere: KafkaSettings) -> None:
    clips = reader.ClipReader(nowhere, silent_seconds=0.2)
    with pytest.raises(KafkaException):
        list(clips.read_to_end())
    clips.close()


def test_a_process_without_a_partition_gives_up(nowhere: KafkaSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(consumer.time, "monotonic", lambda: now)
    context: Any = SimpleNamespace(settings=ClipSettings(instance="test"))
    moments = consumer.MomentConsumer(nowhere, context, reader.ClipReader(nowhere), lambda: pytest.fail("not asked"))
    now += consumer.UNASSIGNED_SECONDS
    moments._check_assignment()
    now += 0.1
    with pytest.raises(KafkaException, match="no partition of moments was assigned"):
        moments._check_assignment()
