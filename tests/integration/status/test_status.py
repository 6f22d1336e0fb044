"""`python -m status` against a real Kafka, Postgres and recorder."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from integration.support.database import as_role

import contracts
from contracts import codec
from contracts.chat_messages import Tick
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for

DEADLINE = 60.0  # seconds; the machine may be busy
EXAMPLES = Path(contracts.__file__).parent / "examples"
WIDTH = 80  # columns
PORTS = (
    "MONITORING_HEALTH_PORT",
    "MONITORING_METRICS_PORT",
    "EMOTE_COUNTER_HEALTH_PORT",
    "EMOTE_COUNTER_METRICS_PORT",
    "VIEWER_CLIPS_HEALTH_PORT",
    "VIEWER_CLIPS_METRICS_PORT",
    "DETECTOR_REST_PORT",
    "API_PORT",
)
Ask = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ask(kafka: str, postgres: str, tmp_path: Path) -> Ask:
    """`ask(*options, **settings)`: run the command in a folder without `.env`; only Kafka and Postgres run."""
    ports = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
    addresses = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "POSTGRES_DSN": as_role(postgres, "status")}

    def run(*options: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "status", *options],
            env=os.environ | ports | addresses | settings,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )

    return run


@pytest.fixture
def recorder(kafka: str, postgres: str, tmp_path: Path) -> Iterator[None]:
    """A running recorder."""
    environment = os.environ | {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "POSTGRES_DSN": as_role(postgres, "recorder"),
        "RECORDER_METRICS_PORT": str(free_ports(1)[0]),
    }
    with (tmp_path / "recorder.log").open("ab") as output:
        process = subprocess.Popen([sys.executable, "-m", "recorder"], env=environment, stderr=output)
    yield
    process.terminate()
    process.wait(DEADLINE)


def stages(ask: Ask) -> dict[str, dict[str, Any]]:
    return {stage["name"]: stage for stage in json.loads(ask("--json").stdout)["stages"]}


def send_tick(producer: Any, age_seconds: float) -> None:
    tick = codec.decode("chat-messages", (EXAMPLES / "chat-messages" / "tick.json").read_bytes())
    assert isinstance(tick, Tick)
    fields = {name: getattr(tick, name) for name in tick.__struct_fields__}
    sent_at = int((time.time() - age_seconds) * 1000)
    producer.produce("chat-messages", codec.encode(Tick(**(fields | {"sent_at": sent_at}))), partition=0)
    assert producer.flush(DEADLINE) == 0


def test_what_runs_is_ok_and_what_does_not_is_down(ask, recorder, producer):
    send_tick(producer, age_seconds=2)
    wait_for("the recorder is ok", lambda: stages(ask)["recorder"]["state"] == "ok", DEADLINE, poll_seconds=1.0)
    send_tick(producer, age_seconds=2)
    answer = ask("--json")
    found = {stage["name"]: stage for stage in json.loads(answer.stdout)["stages"]}
    assert answer.returncode == 2
    assert answer.stderr == ""
    assert found["kafka"]["state"] == found["postgres"]["state"] == "ok"
    assert 0 <= found["kafka"]["age_seconds"] < 30
    assert found["recorder"]["figures"]["lag"] >= 0
    for name in ("capture", "clip_detector", "clip_creator", "emote_counter", "viewer_clips", "website"):
        assert found[name]["state"] == "down"
        assert found[name]["next"].startswith("tail -n 30 .demo/logs/")


def test_an_old_tick_is_behind(ask, producer):
    send_tick(producer, age_seconds=90)
    found = stages(ask)["kafka"]
    assert found["state"] == "behind"
    assert 85 < found["age_seconds"] < 90 + DEADLINE


def test_old_intents_and_dead_letters_are_counted_and_explained(ask, postgres):
    with psycopg.connect(postgres) as connection:
        for number, age in enumerate(("1 minute", "16 minutes")):
            connection.execute(
                "INSERT INTO clips (moment_id, revision_number, channel_id, crossed_at, status, decided_at)"
                " VALUES (%s, 1, 'c', now(), 'intent', now() - %s::interval)",
                (f"m{number}", age),
            )
        connection.execute(
            "INSERT INTO dead_letters (topic, partition_id, record_offset, place, reason, payload, met_at)"
            " VALUES ('chat-messages', 0, 1, 'irc', 'no channel', 'private words', now())"
        )
    found = stages(ask)
    assert found["clip_creator"]["figures"]["old_intents"] == 1
    assert found["postgres"]["figures"]["dead_letters"] == 1
    explained = ask("--dead-letters")
    assert explained.returncode == 0
    assert "irc: no channel" in explained.stdout
    assert "private words" not in explained.stdout


def test_if_nothing_runs_the_output_is_quick_and_narrow(ask):
    nothing = {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{free_ports(1)[0]}", "POSTGRES_DSN": "postgresql://127.0.0.1:9/x"}
    answer = ask(**nothing)
    assert answer.returncode == 2
    assert answer.stderr == ""
    assert answer.stdout.count("next: make demo") == 1
    assert max(map(len, answer.stdout.splitlines())) <= WIDTH


def test_servers_that_never_answer_are_down_in_time(ask):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = str(silent.getsockname()[1])
        begin = time.monotonic()
        answer = ask(
            KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{port}",
            POSTGRES_DSN=f"postgresql://127.0.0.1:{port}/x",
            **dict.fromkeys(PORTS, port),
        )
    assert time.monotonic() - begin < 20  # two seconds of it are the probes', the rest is Python's start
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr


def test_a_missing_password_is_named(ask):
    answer = ask(MACHINE_A="127.0.0.1", BIND_ADDR="127.0.0.1")
    assert answer.returncode == 2
    assert "secrets/kafka_password" in answer.stderr
    assert "make secrets" in answer.stderr
