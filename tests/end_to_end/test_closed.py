"""The running system: what listens, what Flink does for a stranger, who is logged in to Postgres, how logs grow."""

import re
import socket
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from end_to_end.world import Json, World

from embedded.processes.listeners import Listener, listeners
from embedded.processes.ports import LOOPBACK

FLINK = "clip_detector"
ANSWER_SECONDS = 5.0
# What py4j's protocol calls `java.lang.System`, and what it answers to those it talks to.
PY4J_QUESTION, PY4J_ANSWER = b"r\nu\njava.lang.System\nrj\ne\n", b"!y"
CHANGES = {
    "job in JSON": ("POST", "/jobs", {"json": {"jobGraphFileName": "job.bin"}}),
    "job with its files": ("POST", "/v1/jobs", {"files": {"request": b"{}", "file_0": b"a job"}}),
    "jar": ("POST", "/jars/upload", {"files": {"jarfile": ("job.jar", b"PK", "application/x-java-archive")}}),
    "cancel": ("PATCH", "/jobs/{job}?mode=cancel", {}),
    "cancel by GET": ("GET", "/jobs/{job}/yarn-cancel", {}),
    "cancel by GET in disguise": ("GET", "/v1/jobs/{job}/%79arn-stop", {}),
    "savepoint": ("POST", "/jobs/{job}/savepoints", {"json": {"cancel-job": True}}),
    "shutdown": ("DELETE", "/cluster", {}),
}
STRANGERS = {
    "another page": {"Origin": "https://example.org"},
    "a sandboxed page": {"Origin": "null"},
    "another name of this machine": {"Host": "example.org"},
}


@pytest.fixture(scope="module")
def flink(world: World) -> Iterator[httpx.Client]:
    """Flink's REST interface."""
    with httpx.Client(base_url=world.system.url("detector_rest"), timeout=ANSWER_SECONDS) as client:
        yield client


@pytest.fixture
def job(flink: httpx.Client) -> Iterator[str]:
    """The running job's id; at the end of the test it is still the only one, and runs."""
    (before,) = jobs(flink)
    yield str(before["id"])
    assert jobs(flink) == [before]
    assert before["status"] == "RUNNING"


def jobs(flink: httpx.Client) -> list[Json]:
    return list(flink.get("/jobs").raise_for_status().json()["jobs"])


def test_services_are_logged_in_to_postgres_as_their_own_roles(world: World) -> None:
    with psycopg.connect(world.system.dsn("exporter")) as connection:
        rows = connection.execute("SELECT DISTINCT usename FROM pg_stat_activity WHERE client_addr IS NOT NULL")
        found = {name for (name,) in rows}
    assert found >= {"api_frontend", "recorder"}
    assert found <= {"api_frontend", "recorder", "chooser", "emote_counter", "exporter"}  # some sessions are short


def test_nothing_listens_beyond_loopback(world: World) -> None:
    found = listeners(world.system.directory)
    assert {each.port for each in found} >= set(world.system.needed_ports().values())  # the reader sees everything
    assert {each.program for each in found} >= set(world.system.names) - {"redis"}  # it has a socket file only
    assert [each for each in found if not each.on_loopback] == []


@pytest.mark.parametrize("change", CHANGES)
def test_flink_takes_no_order(flink: httpx.Client, job: str, change: str) -> None:
    method, path, content = CHANGES[change]
    assert flink.request(method, path.format(job=job), **content).status_code == 403


@pytest.mark.parametrize("stranger", STRANGERS)
def test_flink_answers_no_stranger(flink: httpx.Client, stranger: str) -> None:
    assert flink.get("/jobs/overview", headers=STRANGERS[stranger]).status_code == 403


def test_flink_lets_no_other_page_read(world: World, flink: httpx.Client) -> None:
    own = world.system.url("detector_rest")
    assert flink.get("/jobs/overview").headers["Access-Control-Allow-Origin"] == own


def test_the_jvm_obeys_its_own_python_only(world: World) -> None:
    mine = [each for each in listeners(world.system.directory) if each.program == FLINK]
    assert {"python", "java"} <= {word for each in mine for word in ("python", "java") if word in each.command}
    assert [each for each in mine if answer(each).startswith(PY4J_ANSWER)] == []


def test_every_log_that_grows_is_rotated(world: World) -> None:
    folder = world.system.directory / "logs"
    rotated = {f"{name}.log" for name in (*world.system.names, "supervisord")}
    of_a_start = {"topic_setup.log", "roles.log", "migrate.log", "supervisord.err"}
    files = {re.sub(r"\.\d$", "", str(file.relative_to(folder))) for file in folder.rglob("*")}
    assert files - of_a_start == rotated
    flink = world.system.log(FLINK).read_text()
    assert "ExecutionGraph" in flink
    assert "SourceCoordinator" not in flink


def answer(listener: Listener) -> bytes:
    """Return what a socket answers to a question in py4j's protocol."""
    with socket.create_connection((LOOPBACK, listener.port), ANSWER_SECONDS) as connection:
        connection.settimeout(ANSWER_SECONDS)
        try:
            connection.sendall(PY4J_QUESTION)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(100)
        except OSError:
            return b""
