"""Each embedded server starts, answers, resumes with its data and leaves no process."""

import socket
import stat
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from redis import Redis as AnyRedis
from redis.exceptions import AuthenticationError, ResponseError

from contracts import topics
from embedded.problems import SetupError
from embedded.processes.ports import free_ports, is_free
from embedded.records import Record, read_topic
from embedded.servers.kafka import Kafka
from embedded.servers.postgres import Postgres
from embedded.servers.redis import Redis
from embedded.servers.server import Server
from service_runtime.topic_setup import create_topics


def assert_nothing_left(server: Server, process: psutil.Process) -> None:
    assert not process.is_running()
    assert all(is_free(port) for port in server.ports().values())
    commands = [each.info["cmdline"] or [] for each in psutil.process_iter(["cmdline"])]
    assert [command for command in commands if str(server.directory) in " ".join(command)] == []


def test_kafka_resumes_with_its_records_and_leaves_no_process(tmp_path: Path) -> None:
    port, controller_port = free_ports(2)
    server = Kafka(tmp_path / "kafka", port, controller_port)
    with server:
        process = psutil.Process(server.pid)
        admin = AdminClient({"bootstrap.servers": server.bootstrap_servers})
        assert set(create_topics(admin)) == {topic.name for topic in topics.ALL}
        assert create_topics(admin) == []
        producer = Producer({"bootstrap.servers": server.bootstrap_servers})
        producer.produce(topics.CHAT_MESSAGES.name, b"kept", key=b"1")
        assert producer.flush(10) == 0
        server.kill()  # acknowledged is on disk
    assert_nothing_left(server, process)
    with server:
        assert [each.value for each in read_topic(server.bootstrap_servers, topics.CHAT_MESSAGES.name)] == [b"kept"]


def test_reading_a_topic_waits_for_open_transactions(own_kafka: Kafka) -> None:
    """Kafka acknowledges a commit before its records are visible."""
    producer = Producer({"bootstrap.servers": own_kafka.bootstrap_servers, "transactional.id": "decides late"})
    producer.init_transactions(10)
    producer.begin_transaction()
    producer.produce(topics.CHAT_MESSAGES.name, b"late")
    assert producer.flush(10) == 0
    commit = threading.Timer(1.0, producer.commit_transaction, [10])
    commit.start()
    assert [each.value for each in read_topic(own_kafka.bootstrap_servers, topics.CHAT_MESSAGES.name)] == [b"late"]
    commit.join()


def test_postgres_resumes_with_its_rows_and_leaves_no_process(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    server = Postgres(tmp_path / "postgres", port)
    with server:
        process = psutil.Process(server.pid)
        with psycopg.connect(server.dsn) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
    assert_nothing_left(server, process)
    with server, psycopg.connect(server.dsn) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(1,)]


def test_postgres_comes_back_after_a_kill(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    server = Postgres(tmp_path / "postgres", port).start()
    server.kill()
    server.stop()
    with server:
        assert server.answers()


def test_redis_resumes_with_its_keys_and_leaves_no_process(tmp_path: Path) -> None:
    server = Redis(tmp_path / "redis")
    with server:
        process = psutil.Process(server.pid)
        server.client().set("kept", "1")
    assert_nothing_left(server, process)
    with server:
        assert server.client().get("kept") == b"1"


def test_only_its_user_with_the_password_reaches_redis(redis: Redis) -> None:
    process = psutil.Process(redis.pid)
    assert [each for each in process.net_connections("inet") if each.status == psutil.CONN_LISTEN] == []
    assert [stat.S_IMODE(path.stat().st_mode) for path in (redis.socket.parent, redis.socket)] == [0o700, 0o700]
    password = redis.client().connection_pool.connection_kwargs["password"]
    assert password not in " ".join(process.cmdline())
    for wrong in (None, "guessed"):
        with pytest.raises((AuthenticationError, ResponseError)):
            AnyRedis(unix_socket_path=str(redis.socket), password=wrong).ping()


def test_redis_in_a_deep_folder_has_its_socket_elsewhere(tmp_path: Path) -> None:
    with Redis(tmp_path / ("deep" * 20) / "redis") as server:
        assert not server.socket.is_relative_to(tmp_path)
        assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700
        assert server.client().ping()


def test_a_socket_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    server = Redis(tmp_path / ("deep" * 20) / "redis")
    (tmp_path / "theirs").mkdir()
    server.socket.parent.symlink_to(tmp_path / "theirs")
    with pytest.raises(SetupError, match="belongs to another user"):
        server.prepare()


def test_a_used_port_is_reported_with_its_user_and_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError) as raised:
            Postgres(tmp_path / "postgres", port).start()
    assert f"Port {port} is in use by {psutil.Process().name()}" in str(raised.value)
    assert "POSTGRES_PORT=" in str(raised.value)


def test_a_server_that_cannot_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    server = Redis(tmp_path / "redis")
    server.prepare()
    (server.directory / "dump.rdb").write_bytes(b"not a snapshot")
    with pytest.raises(SetupError, match="redis ended while it started"):
        server.start()


def test_empty_topics_are_empty_and_a_topic_is_read_whole(
    empty_topics: str, producer: Producer, read_whole: Callable[[str], list[Record]]
) -> None:
    assert read_whole(topics.CHAT_MESSAGES.name) == []
    for number in range(100):
        producer.produce(topics.CHAT_MESSAGES.name, str(number).encode(), key=str(number).encode())
    producer.flush(10)
    assert {each.value for each in read_whole(topics.CHAT_MESSAGES.name)} == {str(n).encode() for n in range(100)}


def test_each_database_is_migrated_and_fresh(postgres: str) -> None:
    with psycopg.connect(postgres) as connection:
        assert connection.execute("SELECT count(*) FROM moments").fetchall() == [(0,)]
