"""The recorder through kill -9, without Postgres or Kafka, at a stop signal, and with wrong settings."""

import os
import signal
import socket
import subprocess
import sys
import time

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from integration.support.database import prepare
from integration.support.recorder_process import (
    DEADLINE,
    count_of,
    fresh_moments,
    query,
    send,
    wait_for_group,
    wait_for_group_again,
)

from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.servers.kafka import Kafka
from embedded.servers.postgres import Postgres
from service_runtime.topic_setup import create_topics


def test_after_kill_9_in_a_backlog_each_row_is_there_once(start, producer, postgres):
    recorder = start(RECORDER_INSPECT_CHAT="false")
    wait_for_group(recorder, producer, postgres)
    channel, moments = fresh_moments(15_000)
    send(producer, "moments", *moments)
    for _ in range(3):
        before = count_of(postgres, "moments", channel)
        wait_for("more rows", lambda before=before: count_of(postgres, "moments", channel) > before, DEADLINE, 0.001)
        recorder.end(signal.SIGKILL)
        recorder.start()
    wait_for("every row", lambda: count_of(postgres, "moments", channel) == len(moments), DEADLINE)
    assert query(postgres, "SELECT count(*) FROM dead_letters WHERE payload LIKE %s", f"%{channel}%") == [(0,)]


def test_postgres_away_is_waited_for_and_nothing_is_lost(start, producer, tmp_path):
    (port,) = free_ports(1)
    with Postgres(tmp_path / "postgres", port) as server:
        prepare(server.dsn)
        recorder = start(server.dsn, RECORDER_INSPECT_CHAT="false")
        wait_for_group(recorder, producer, server.dsn)
        channel, moments = fresh_moments(3000)
        send(producer, "moments", *moments[:1000])
        server.kill()
        send(producer, "moments", *moments[1000:])
        wait_for("waits", lambda: recorder.metric("recorder_postgres_waits_total") >= 4, DEADLINE)
        server.start()
        wait_for("every row", lambda: count_of(server.dsn, "moments", channel) == len(moments), DEADLINE)
        assert recorder.process.poll() is None
        log = recorder.log.read_text()
        assert log.count("Postgres is away; waiting") == log.count("Postgres is back")


def test_kafka_away_is_said_once_and_waited_for(start_with, postgres, tmp_path):
    port, controller_port = free_ports(2)
    with Kafka(tmp_path / "kafka", port, controller_port) as server:
        create_topics(AdminClient({"bootstrap.servers": server.bootstrap_servers, "log_level": 0}))
        producer = Producer({"bootstrap.servers": server.bootstrap_servers, "log_level": 0})
        recorder = start_with(server.bootstrap_servers, postgres)
        wait_for_group(recorder, producer, postgres)
        server.kill()
        wait_for("word of it", lambda: "Kafka is away" in recorder.log.read_text(), DEADLINE)
        server.start()
        wait_for_group_again(recorder, producer, postgres)

        def knows_it_is_back() -> bool:
            """Whether it says so, or has begun anew because the broker gave its place in the group away."""
            log = recorder.log.read_text()
            return "Kafka is back" in log or log.count('"recording"') > 1

        wait_for("word of its return", knows_it_is_back, DEADLINE)
        # The two readers of the process say it once each; the broker's start may be one more outage.
        assert 1 <= recorder.log.read_text().count("Kafka is away") <= 4


def test_it_starts_without_postgres_and_stops_while_it_waits(start):
    (port,) = free_ports(1)
    recorder = start(f"postgresql://postgres@127.0.0.1:{port}/x", RECORDER_INSPECT_CHAT="false")
    wait_for("waits", lambda: recorder.metric("recorder_postgres_waits_total") >= 2, DEADLINE)
    assert recorder.end() == 0


def test_a_stop_signal_ends_it_soon_and_loses_nothing(start, producer, postgres):
    recorder = start()
    wait_for_group(recorder, producer, postgres)
    channel, moments = fresh_moments(2000)
    send(producer, "moments", *moments)
    wait_for("rows", lambda: count_of(postgres, "moments", channel), DEADLINE, 0.001)
    began = time.monotonic()
    assert recorder.end() == 0
    assert time.monotonic() - began < 5
    recorder.start()
    wait_for("every row", lambda: count_of(postgres, "moments", channel) == len(moments), DEADLINE)


def test_a_taken_metrics_port_is_named(kafka, postgres, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = subprocess.run(
            [sys.executable, "-m", "recorder"],
            env=os.environ
            | {"KAFKA_BOOTSTRAP_SERVERS": kafka, "POSTGRES_DSN": postgres, "RECORDER_METRICS_PORT": port},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert process.returncode == 1
    assert f"127.0.0.1:{port}" in process.stderr
    assert "Address already in use" in process.stderr


def test_wrong_settings_are_named_together(tmp_path):
    process = subprocess.run(
        [sys.executable, "-m", "recorder"],
        env=os.environ | {"RECORDER_METRICS_PORT": "no port", "RECORDER_DEAD_LETTERS_RETENTION_HOURS": "72"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert process.returncode == 2
    for name in ("RECORDER_METRICS_PORT", "RECORDER_DEAD_LETTERS_RETENTION_HOURS", "KAFKA_BOOTSTRAP_SERVERS"):
        assert name in process.stderr
