"""Real servers for the integration tests: one Kafka and Redis a session, and Postgres (tests/conftest.py)."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec
from integration.support.clip_creator_process import Simulator, Topics

from contracts.topics import ALL, PARTITIONER, Partitions
from embedded.processes.ports import free_ports
from embedded.records import Record, read_topic
from embedded.servers import kafka as kafka_server_module
from embedded.servers import redis as redis_server
from service_runtime.kafka import partitions_of
from service_runtime.topic_setup import create_topics

UNUSUAL = Partitions(chat=3, others=2)  # a client that knows its partitions from elsewhere than the broker fails
ANSWER_SECONDS = 30.0


class FormattedKafka(kafka_server_module.Kafka):
    """Copies a folder that was formatted before, if there is one: a JVM less."""

    def __init__(self, formatted: Path, directory: Path) -> None:
        super().__init__(directory, *free_ports(2))
        self._formatted = formatted

    def prepare(self) -> None:
        data = self.directory / "data"
        if self._formatted.exists() and not data.exists():
            shutil.copytree(self._formatted, data)
        super().prepare()
        if not self._formatted.exists():
            shutil.copytree(data, self._formatted)


class WatchfulKafka(FormattedKafka):
    """Looks for segments that are too old twice a second; by default Kafka does every five minutes."""

    def _settings(self) -> str:
        return super()._settings() + "log.retention.check.interval.ms=500\nlog.initial.task.delay.ms=500\n"


@pytest.fixture(scope="session")
def formatted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a formatted folder of Kafka's is, once one was made."""
    return tmp_path_factory.mktemp("formatted") / "data"


@pytest.fixture(scope="session")
def kafka_server(tmp_path_factory: pytest.TempPathFactory, formatted: Path) -> Iterator[kafka_server_module.Kafka]:
    """The session's Kafka. Do not stop it: ask for `own_kafka` for that."""
    with WatchfulKafka(formatted, tmp_path_factory.mktemp("kafka") / "kafka") as server:
        create_topics(AdminClient({"bootstrap.servers": server.bootstrap_servers}), UNUSUAL)
        yield server


@pytest.fixture(scope="module")
def kafka(kafka_server: kafka_server_module.Kafka) -> str:
    """Bootstrap servers of a Kafka with the contract's topics, empty as the test file begins: use ids of your own.

    The server is shared by the session, the records are not: which files a worker runs one after
    the other changes from run to run. A test that needs empty topics asks for `empty_topics` as well.
    """
    delete_records(kafka_server.bootstrap_servers)
    return kafka_server.bootstrap_servers


@pytest.fixture
def partitions() -> Partitions:
    """The partitions of the test's own Kafka; a test file that needs others replaces it."""
    return UNUSUAL


@pytest.fixture
def own_kafka(tmp_path: Path, formatted: Path, partitions: Partitions) -> Iterator[kafka_server_module.Kafka]:
    """A Kafka of the test's own with the contract's topics: it may be killed, and its offsets begin at 0."""
    with FormattedKafka(formatted, tmp_path / "kafka") as server:
        create_topics(AdminClient({"bootstrap.servers": server.bootstrap_servers}), partitions)
        yield server


@pytest.fixture
def empty_topics(kafka: str) -> str:
    """The same Kafka after every record in the contract's topics was deleted; offsets go on."""
    delete_records(kafka)
    return kafka


@pytest.fixture
def producer(kafka: str) -> Iterator[Producer]:
    """A plain producer with the contract's partitioner; flushed at the end."""
    plain = Producer({"bootstrap.servers": kafka, "partitioner": PARTITIONER})
    yield plain
    assert plain.flush(ANSWER_SECONDS) == 0


@pytest.fixture
def read_whole(kafka: str) -> Callable[[str], list[Record]]:
    """`read_whole(topic)`: every committed record that is in the topic now."""
    return lambda topic: read_topic(kafka, topic)


@pytest.fixture(scope="module")
def twitch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A simulated Twitch with ten quiet channels, for one test file."""
    simulator = Simulator(tmp_path_factory.mktemp("twitch"))
    yield simulator
    simulator.stop()


@pytest.fixture
def topics(empty_topics: str, producer: Producer) -> Topics:
    """The empty topics, to put moments in and read clips back."""
    return Topics(empty_topics, producer)


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis_server.Redis]:
    """A Redis, shared by the session."""
    with redis_server.Redis(tmp_path_factory.mktemp("redis") / "redis") as server:
        yield server


def delete_records(bootstrap_servers: str) -> None:
    """Delete every record in the contract's topics."""
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    numbers = {topic.name: partitions_of(admin, topic.name, ANSWER_SECONDS) for topic in ALL}
    partitions = [TopicPartition(name, number) for name, found in numbers.items() for number in found]
    ends = admin.list_offsets({each: OffsetSpec.latest() for each in partitions})
    upto = [TopicPartition(each.topic, each.partition, end.result(ANSWER_SECONDS).offset) for each, end in ends.items()]
    for answer in admin.delete_records(upto).values():
        answer.result(ANSWER_SECONDS)
