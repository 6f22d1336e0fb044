"""Setting topics up on a real broker: numbers stay, settings follow the contract."""

from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType
from structlog.testing import capture_logs

from contracts import topics
from contracts.topics import Partitions, Topic
from service_runtime import topic_setup
from service_runtime.kafka import partitions_of
from service_runtime.settings import KafkaSettings
from service_runtime.topic_setup import (
    PasswordRefusedError,
    TopicMismatchError,
    admin_client,
    create_topics,
    wait_for_broker,
)

ANSWER_SECONDS = 10.0
MEGABYTES = 1024 * 1024


@pytest.fixture
def admin(kafka: str) -> AdminClient:
    return AdminClient({"bootstrap.servers": kafka})


def like(contract: Topic, **config: str) -> Topic:
    """Return a topic with a name of its own; `config` replaces its settings."""
    return Topic(
        f"{contract.name}-{uuid4().hex[:8]}", contract.partitions, contract.config | config, contract.total_bytes
    )


def counts(admin: AdminClient, *wanted: Topic) -> list[int]:
    return [len(partitions_of(admin, topic.name, ANSWER_SECONDS)) for topic in wanted]


def config(admin: AdminClient, topic: Topic) -> Mapping[str, str]:
    resource = ConfigResource(ResourceType.TOPIC, topic.name)
    answer = admin.describe_configs([resource])[resource].result(ANSWER_SECONDS)
    return {name: entry.value for name, entry in answer.items()}


def test_topics_keep_their_partitions_and_a_later_start_says_so(admin: AdminClient) -> None:
    chat, moments = like(topics.CHAT_MESSAGES), like(topics.MOMENTS)
    first, later = Partitions(chat=5, others=2), Partitions(chat=4, others=1)
    assert create_topics(admin, first, [chat, moments]) == [chat.name, moments.name]
    clips = like(topics.CLIPS)
    with capture_logs() as said:
        assert create_topics(admin, later, [chat, moments, clips]) == [clips.name]
    assert counts(admin, chat, moments, clips) == [5, 2, 2]
    kept = [(each["topic"], each["partitions"], each["setting"]) for each in said]
    assert kept == [(chat.name, 5, 4), (moments.name, 2, 1)]
    with capture_logs() as said:
        assert create_topics(admin, first, [chat, moments, clips]) == []
    assert said == []


def test_existing_topics_get_changed_settings(admin: AdminClient) -> None:
    """The bytes that are kept are divided by the partitions that are there, not by those of the setting."""
    chat = like(topics.CHAT_MESSAGES)
    earlier = Topic(chat.name, chat.partitions, chat.config | {"retention.ms": "1000"}, total_bytes=50 * MEGABYTES)
    create_topics(admin, Partitions(chat=5), [earlier])
    assert config(admin, chat)["retention.bytes"] == str(10 * MEGABYTES)
    create_topics(admin, Partitions(chat=2), [chat])
    now = config(admin, chat)
    assert {name: now[name] for name in chat.config} == chat.config
    assert now["retention.bytes"] == str((chat.total_bytes or 0) // 5)


def test_unequal_partitions_of_moments_and_clips_are_refused(
    admin: AdminClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else nobody would resume some clips: the owner of a moment's partition resumes those of the same number."""
    moments, clips = like(topics.MOMENTS), like(topics.CLIPS)
    create_topics(admin, Partitions(others=3), [moments])
    create_topics(admin, Partitions(others=2), [clips])
    monkeypatch.setattr(topic_setup, "PAIRED", (moments, clips))
    with pytest.raises(TopicMismatchError, match="need the same number of partitions"):
        create_topics(admin, Partitions(), [moments, clips])


def test_a_refused_password_is_said_at_once(kafka: str, tmp_path: Path) -> None:
    """As after secrets of another installation; a transport failure after two minutes says nothing."""
    (tmp_path / "password").write_text("of-another-installation")
    settings = KafkaSettings(
        bootstrap_servers=kafka, username="stream-scout", password_file=tmp_path / "password", _env_file=None
    )
    admin, refusals = admin_client(settings)
    with pytest.raises(PasswordRefusedError, match=r"Kafka refuses the password: .*SASL"):
        wait_for_broker(admin, 60.0, refusals)
