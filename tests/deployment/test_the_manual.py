"""The commands of DEPLOYMENT.md that need no outside service, on running machines."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from deployment.two_machines import PROCESSING, REPOSITORY, Machine, TwoMachines

from embedded.processes.waiting import wait_for

COMPOSE = ("docker-compose.reliable.yml", "docker-compose.processing.yml")
CLIP_SECONDS = 180
MANUAL = (REPOSITORY / "DEPLOYMENT.md").read_text()


def manual_has(command: str) -> None:
    """Check that a tested command is in the manual."""
    assert command in MANUAL, command


def checkout(folder: Path) -> Path:
    """A checkout as the machines have it: without .venv, so that Python runs in the image."""
    for name in ("infrastructure/preflight.sh", "tools/embedded/sync_probe.py", *COMPOSE):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, folder / name)
    return folder


def preflight(machine: Machine, role: str, folder: Path, **others: str) -> subprocess.CompletedProcess[str]:
    manual_has(f"infrastructure/preflight.sh {role}")
    script = checkout(folder) / "infrastructure" / "preflight.sh"
    environment = {**os.environ, **machine.variables, **others}
    return subprocess.run([script, role], capture_output=True, text=True, env=environment, check=False)


def test_preflight_finds_both_machines_ready(machines: TwoMachines, tmp_path: Path) -> None:
    for machine, role in ((machines.a, "reliable"), (machines.b, "processing")):
        done = preflight(machine, role, tmp_path)
        assert done.returncode == 0, done.stdout
        assert "WARN   OPERATIONS_URL" not in done.stdout
        if role == "processing":
            assert done.stdout.count(": machine A's Postgres takes it") == 4
            assert "ok     kafka_password is machine A's" in done.stdout
            assert "ok     chatter_key is machine A's" in done.stdout


def test_preflight_on_b_refuses_secrets_of_its_own(machines: TwoMachines, tmp_path: Path) -> None:
    """What `make secrets` makes on a B to which nothing was copied."""
    folder = tmp_path / "secrets"
    made = subprocess.run([REPOSITORY / "infrastructure" / "secrets.sh", folder], capture_output=True, check=False)
    assert made.returncode == 0
    done = preflight(machines.b, "processing", tmp_path, SECRETS_DIRECTORY=str(folder))
    assert done.returncode == 1
    assert done.stdout.count("is not machine A's: its Postgres refuses it") == 4, done.stdout
    for name in ("kafka_password", "chatter_key"):
        mine = Path(shutil.copytree(machines.b.directory / "secrets", tmp_path / name))
        (mine / name).write_text("0" * 40)
        subprocess.run([REPOSITORY / "infrastructure" / "secrets.sh", mine], capture_output=True, check=True)
        done = preflight(machines.b, "processing", tmp_path, SECRETS_DIRECTORY=str(mine))
        assert f"WRONG  {name} is not machine A's" in done.stdout, done.stdout
        assert done.returncode == 1


def test_stop_and_down_work_without_any_variable(machines: TwoMachines, tmp_path: Path) -> None:
    for file in COMPOSE:
        for command in ("stop", "down"):
            done = subprocess.run(
                ["docker", "compose", "--env-file", "/dev/null", "-p", "test-nothing", "-f", file, command],
                cwd=REPOSITORY,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr


TABLES = "SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
WRITERS = {"a": ["stream-monitoring-standby"], "b": ["recorder", "emote-counter", "stream-monitoring"]}


def counts(machine: Machine) -> list[str]:
    """How many rows each table has."""
    ask = ("exec", "-T", "postgres", "psql", "-U", "owner", "-d", "stream_scout", "-qtA", "-c")
    tables = sorted(set(machine.run(*ask, TABLES).split()) - {"restores"})  # grows by each restore
    return machine.run(
        *ask, " UNION ALL ".join(f"SELECT '{each}', count(*) FROM {each}" for each in tables)
    ).splitlines()


def typed(machine: Machine, beginning: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the manual's own line that begins so, with this test's project in the place of the manual's."""
    (line,) = [each.strip() for each in MANUAL.splitlines() if each.startswith(f"    {beginning}")]
    whole = line.replace("docker compose -f ", f"docker compose -p {machine.project} -f {REPOSITORY}/")
    variables = {**os.environ, **machine.variables}
    return subprocess.run(["bash", "-c", whole], cwd=folder, env=variables, capture_output=True, text=True, check=False)


def test_a_backup_is_restored_onto_the_running_database(machines: TwoMachines, tmp_path: Path) -> None:
    """Whoever writes is stopped, so that counts stand still; the site and the watcher read on."""
    on_a = "docker compose -f docker-compose.reliable.yml"
    for machine, services in WRITERS.items():
        getattr(machines, machine).run("stop", *services)
    try:
        before = counts(machines.a)
        assert sum(int(line.split("|")[1]) for line in before) > 0
        assert typed(machines.a, f"{on_a} exec -T postgres pg_dump", tmp_path).returncode == 0
        assert (tmp_path / "backup.dump").stat().st_size > 0
        for table in ("moments", "chat_counts", "channels"):
            machines.a.run(
                "exec", "-T", "postgres", "psql", "-U", "owner", "stream_scout", "-c", f"DELETE FROM {table}"
            )
        assert counts(machines.a) != before
        restored = typed(machines.a, f"{on_a} exec -T postgres sh /etc", tmp_path)
        assert restored.returncode == 0, restored.stderr
        assert "error" not in (restored.stdout + restored.stderr).lower()
        migrated = typed(machines.a, f"{on_a} up migrate", tmp_path)
        assert migrated.returncode == 0, migrated.stderr
        assert counts(machines.a) == before
    finally:
        for machine, services in WRITERS.items():
            getattr(machines, machine).run("up", "--no-build", "--wait", *services)
    assert machines.clip_of_a_burst(CLIP_SECONDS)["clip"]["url"], "all go on in the restored database"


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
