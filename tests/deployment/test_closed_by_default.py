"""Listening sockets, passwords and limits of running machines."""

import json
import re
import subprocess
from pathlib import Path

import httpx
import psycopg
import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from deployment.peaks import killed_for_memory, megabytes
from deployment.two_machines import LOCAL, PROCESSING, RELIABLE, Machine, TwoMachines

from service_runtime.settings import KafkaSettings
from service_runtime.topic_setup import PasswordRefusedError, admin_client, wait_for_broker

OPEN = {
    RELIABLE: {"80", "443", "5000", "5001", "5432", "9100", "9103", "9105", "9106", "9107", "9109"},
    PROCESSING: {"9094"},
    LOCAL: {"8080", "8081", "8082", "9090", "9093", "9100", "9104", "3000", "9428"},
}
MEMORY_MB = {"test-reliable": 490, "test-processing": 3000}
PASSWORDS = (
    "postgres_*password",
    "redis_password",
    "kafka_password",
    "grafana_password",
    "chatter_key",
    "consent_key",
    "discord_token",
)
REDIS, POSTGRES = ("redis", 6379), ("postgres", 5432)
PROXY, SITE = ("proxy", 5000), ("api-frontend", 5000)
CAPTURE, WATCHER = ("stream-monitoring-standby", 9100), ("watcher", 9103)
BOT = ("discord-bot", 9105)
# Prints each address of its arguments to which a connection is made.
CONNECT = """
import socket, sys
for place in sys.argv[1:]:
    host, port = place.split(":")
    try:
        socket.create_connection((host, int(port)), 2).close()
        print(place)
    except OSError:
        pass
"""


def containers(machine: Machine) -> list[str]:
    return [line for line in machine.run("ps", "-q").split() if line]


def test_only_these_ports_listen(machines: TwoMachines) -> None:
    for machine in (machines.a, machines.b):
        for container in containers(machine):
            bound = json.loads(docker("inspect", container, "--format", "{{json .NetworkSettings.Ports}}"))
            for bindings in bound.values():
                for each in bindings or []:
                    assert each["HostPort"] in OPEN[each["HostIp"]]
    listening = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout
    proxies = [line.split()[3] for line in listening.splitlines() if "docker-proxy" in line]
    assert not [address for address in proxies if re.match(r"0\.0\.0\.0|\[::\]|\*", address)]


def test_no_password_in_dockers_output(machines: TwoMachines) -> None:
    for machine in (machines.a, machines.b):
        output = machine.run("config") + "".join(docker("inspect", each) for each in containers(machine))
        output += machine.run("logs")
        files = [file for name in PASSWORDS for file in (machine.directory / "secrets").glob(name)]
        assert len(files) == 17
        for file in files:
            assert file.read_text().strip() not in output, file.name
        assert "SCRAM-SHA-256$" not in output


def test_processes_are_not_root_and_cannot_write(machines: TwoMachines) -> None:
    for machine in (machines.a, machines.b):
        for container in containers(machine):
            owners = [line.split()[1] for line in docker("top", container, "-eo", "pid,uid").splitlines()[1:]]
            assert owners
            is_source = "log-source" in docker("inspect", container, "--format", "{{.Name}}")
            assert ("0" in owners) == is_source, docker("inspect", container, "--format", "{{.Name}}")
            assert docker("inspect", container, "--format", "{{.HostConfig.ReadonlyRootfs}}").strip() == "true"
            assert "ALL" in docker("inspect", container, "--format", "{{.HostConfig.CapDrop}}")


def test_postgres_requires_the_password_of_a_role(machines: TwoMachines) -> None:
    place = f"postgresql://{RELIABLE}:5432/stream_scout?connect_timeout=5&passfile=/nonexistent"
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(place, user="recorder").close()
    with psycopg.connect(
        place, user="recorder", password=machines.a.secret("postgres_recorder_password")
    ) as connection:
        assert connection.execute("SELECT count(*) FROM moments").fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("COPY (SELECT 1) TO PROGRAM 'true'")
    for name in ("stream_scout", "postgres"):
        with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
            psycopg.connect(place, user=name, password=machines.a.secret("postgres_password")).close()


def test_every_session_in_postgres_is_a_services_own_role(machines: TwoMachines) -> None:
    sql = "SELECT DISTINCT usename FROM pg_stat_activity WHERE client_addr IS NOT NULL"
    found = machines.a.run("exec", "-T", "postgres", "psql", "-U", "exporter", "-d", "stream_scout", "-qtAc", sql)
    assert {"api_frontend", "recorder"} <= set(found.split())
    assert not set(found.split()) & {"stream_scout", "owner", "postgres"}


@pytest.mark.parametrize("name", ["api-frontend", "stream-monitoring-standby", "watcher", "discord-bot"])
def test_redis_answers_the_site_alone(machines: TwoMachines, name: str) -> None:
    def reached(service: str, port: int) -> list[str]:
        places = addresses(machines.a, service, port)
        return machines.a.run("exec", "-T", name, "python", "-c", CONNECT, *places).split()

    assert reached(*POSTGRES)
    assert bool(reached(*REDIS)) == (name == "api-frontend")


def test_the_tunnel_reaches_only_the_proxy(machines: TwoMachines) -> None:
    """cloudflared's image has no shell, so another container takes its place in its network."""
    places = [
        each
        for service in (PROXY, SITE, POSTGRES, REDIS, CAPTURE, WATCHER, BOT)
        for each in addresses(machines.a, *service)
    ]
    image, network = "stream-scout/recorder:test", f"{machines.a.project}_tunnel"
    found = docker("run", "--rm", "--network", network, image, "python", "-c", CONNECT, *places).split()
    (proxy,) = found
    assert proxy in addresses(machines.a, *PROXY)


def addresses(machine: Machine, service: str, port: int) -> list[str]:
    """Return the service's addresses, one in each of its networks."""
    found = docker("inspect", container_of(machine, service), "--format", "{{json .NetworkSettings.Networks}}")
    return [f"{network['IPAddress']}:{port}" for network in json.loads(found).values()]


def container_of(machine: Machine, service: str) -> str:
    return machine.run("ps", "-q", service).strip()


def test_redis_requires_the_password(machines: TwoMachines) -> None:
    assert "NOAUTH" in machines.a.run("exec", "-T", "redis", "sh", "-c", "redis-cli ping 2>&1 || true")


def test_kafka_requires_the_password(machines: TwoMachines, tmp_path: Path) -> None:
    place = {"bootstrap.servers": f"{PROCESSING}:9094", "log_level": 0}
    with pytest.raises(KafkaException):
        AdminClient(place).list_topics(timeout=5)
    sasl = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "SCRAM-SHA-256", "sasl.username": "stream-scout"}
    (tmp_path / "guessed").write_text("guessed")
    settings = KafkaSettings(
        bootstrap_servers=f"{PROCESSING}:9094", username="stream-scout", password_file=tmp_path / "guessed"
    )
    admin, refusals = admin_client(settings)
    with pytest.raises(PasswordRefusedError, match="invalid credentials"):
        wait_for_broker(admin, 30.0, refusals)
    admin = AdminClient({**place, **sasl, "sasl.password": machines.b.secret("kafka_password")})
    assert "chat-messages" in admin.list_topics(timeout=15).topics


def test_flink_takes_no_order(machines: TwoMachines) -> None:
    flink = f"http://{LOCAL}:8081"
    (job,) = httpx.get(f"{flink}/jobs").raise_for_status().json()["jobs"]
    assert httpx.post(f"{flink}/jobs", files={"request": b"{}"}).status_code == 403
    assert httpx.post(f"{flink}/jars/upload", files={"jarfile": b"PK"}).status_code == 403
    assert httpx.patch(f"{flink}/jobs/{job['id']}?mode=cancel").status_code == 403
    assert httpx.get(f"{flink}/jobs/{job['id']}/yarn-cancel").status_code == 403
    assert httpx.get(f"{flink}/jobs", headers={"Origin": "https://example.org"}).status_code == 403
    assert httpx.get(f"{flink}/jobs").json()["jobs"] == [job]


def test_memory_fits_the_machines(machines: TwoMachines) -> None:
    for machine in (machines.a, machines.b):
        names = containers(machine)
        used = docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}", *names)
        sizes = [megabytes(line.split()[1]) for line in used.splitlines()]
        sys_total = sum(sizes)
        print(f"\n{machine.project}: {sys_total:.0f} MB\n{used}")
        assert sys_total <= MEMORY_MB[machine.project]
        assert not killed_for_memory(machine.project)


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout
