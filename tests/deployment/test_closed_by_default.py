"""Listening sockets, passwords and limits of running machines."""

import json
import re
import subprocess

import httpx
import psycopg
import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from deployment.two_machines import LOCAL, PROCESSING, RELIABLE, Machine, TwoMachines

OPEN = {
    RELIABLE: {"5000", "5001", "5432", "9100", "9103"},
    PROCESSING: {"9094"},
    LOCAL: {"8080", "8081", "9090", "9093", "9100", "3000"},
}
MEMORY_MB = {"test-reliable": 400, "test-processing": 3584}
PASSWORDS = ("postgres_password", "redis_password", "kafka_password", "grafana_password", "chatter_key")


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
        for name in PASSWORDS:
            assert machine.secret(name) not in output, name


def test_processes_are_not_root_and_cannot_write(machines: TwoMachines) -> None:
    for machine in (machines.a, machines.b):
        for container in containers(machine):
            owners = [line.split()[1] for line in docker("top", container, "-eo", "pid,uid").splitlines()[1:]]
            assert owners
            assert "0" not in owners, docker("inspect", container, "--format", "{{.Name}}")
            assert docker("inspect", container, "--format", "{{.HostConfig.ReadonlyRootfs}}").strip() == "true"
            assert "ALL" in docker("inspect", container, "--format", "{{.HostConfig.CapDrop}}")


def test_postgres_requires_the_password(machines: TwoMachines) -> None:
    place = f"postgresql://stream_scout@{RELIABLE}:5432/stream_scout"
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(place, connect_timeout=5, passfile="/nonexistent").close()
    with psycopg.connect(place, password=machines.a.secret("postgres_password"), connect_timeout=5) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_redis_requires_the_password(machines: TwoMachines) -> None:
    assert "NOAUTH" in machines.a.run("exec", "-T", "redis", "sh", "-c", "redis-cli ping 2>&1 || true")


def test_kafka_requires_the_password(machines: TwoMachines) -> None:
    place = {"bootstrap.servers": f"{PROCESSING}:9094", "log_level": 0}
    with pytest.raises(KafkaException):
        AdminClient(place).list_topics(timeout=5)
    sasl = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "SCRAM-SHA-256", "sasl.username": "stream-scout"}
    with pytest.raises(KafkaException):
        AdminClient({**place, **sasl, "sasl.password": "guessed"}).list_topics(timeout=5)
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


def megabytes(size: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(\w+)", size).groups()  # type: ignore[union-attr]
    return float(number) * {"B": 1e-6, "KiB": 2**10 / 1e6, "MiB": 2**20 / 1e6, "GiB": 2**30 / 1e6}[unit]


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout
