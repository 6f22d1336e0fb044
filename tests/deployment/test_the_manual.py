"""The commands of DEPLOYMENT.md that need no outside service, on running machines."""

import os
import subprocess
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from deployment.two_machines import PROCESSING, REPOSITORY, Machine, TwoMachines

from embedded.processes.waiting import wait_for

MANUAL = (REPOSITORY / "DEPLOYMENT.md").read_text()


def manual_has(command: str) -> None:
    """Check that a tested command is in the manual."""
    assert command in MANUAL, command


def test_preflight_finds_both_machines_ready(machines: TwoMachines) -> None:
    for machine, role in ((machines.a, "reliable"), (machines.b, "processing")):
        manual_has(f"infrastructure/preflight.sh {role}")
        script = REPOSITORY / "infrastructure" / "preflight.sh"
        environment = {**os.environ, **machine.variables}
        done = subprocess.run([script, role], capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stdout


def test_stop_and_down_work_without_any_variable(machines: TwoMachines, tmp_path: Path) -> None:
    for file in ("docker-compose.reliable.yml", "docker-compose.processing.yml"):
        for command in ("stop", "down"):
            done = subprocess.run(
                ["docker", "compose", "--env-file", "/dev/null", "-p", "test-nothing", "-f", file, command],
                cwd=REPOSITORY,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr


def test_postgres_accepts_a_new_password(machines: TwoMachines) -> None:
    manual_has("docker-compose.reliable.yml up roles")
    file = machines.a.directory / "secrets" / "postgres_exporter_password"
    before = file.read_text()
    file.write_text("another")
    try:
        machines.a.run("up", "--no-build", "roles")
        reply = machines.a.run(*ask_as("exporter", "another"))
    finally:
        file.write_text(before)
        machines.a.run("up", "--no-build", "roles")
    assert reply.strip() == "exporter"


def ask_as(role: str, password: str) -> list[str]:
    """The words that log in to Postgres over TCP, in the database's own container."""
    place = f"postgresql://{role}@127.0.0.1:5432/stream_scout"
    login = ["exec", "-T", "-e", f"PGPASSWORD={password}", "postgres", "psql", place]
    return [*login, "-qtAc", "SELECT current_user"]


def test_kafka_accepts_a_new_password(machines: TwoMachines) -> None:
    manual_has("exec kafka bash /opt/stream-scout/kafka/set_password.sh")
    machines.b.run("exec", "-T", "kafka", "bash", "/opt/stream-scout/kafka/set_password.sh")
    assert "chat-messages" in topics(machines.b)


@pytest.mark.parametrize("wish", ["no", "newest"])
def test_the_job_by_hand(machines: TwoMachines, wish: str) -> None:
    manual_has("FLINK_RESUME=no docker compose -f docker-compose.processing.yml up -d flink-jobmanager")
    command = [*machines.b.whole.docker_compose_command(), "up", "-d", "--no-build", "flink-jobmanager"]
    environment = {**os.environ, "FLINK_RESUME": wish}
    subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, check=True)
    wait_for("the job runs", lambda: "flink-jobmanager" not in machines.b.unhealthy(), 180, 2)


def topics(machine: Machine) -> set[str]:
    """Return the topics' names, using the password."""
    admin = AdminClient(
        {
            "bootstrap.servers": f"{PROCESSING}:9094",
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "SCRAM-SHA-256",
            "sasl.username": "stream-scout",
            "sasl.password": machine.secret("kafka_password"),
        }
    )
    return set(admin.list_topics(timeout=15).topics)
