"""The reader of listening sockets finds each kind on each address, and tells loopback from the rest."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from embedded.processes.listeners import listeners, listeners_of
from embedded.processes.processes import MARK, PROGRAM_MARK

Start = Callable[..., tuple[int, list[int]]]
PROGRAM = """
import socket, sys
families = {"4": socket.AF_INET, "6": socket.AF_INET6}
kinds = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
held = []
for word in sys.argv[1:]:
    kind, family, address = word.split(",")
    each = socket.socket(families[family], kinds[kind])
    each.bind((address, 0))
    kind == "tcp" and each.listen()
    held.append(each)
print(*(each.getsockname()[1] for each in held), flush=True)
sys.stdin.read()
"""
LOOPBACK = ("tcp,4,127.0.0.1", "tcp,6,::1", "tcp,6,::ffff:127.0.0.1", "udp,4,127.0.0.2")
WIDER = ("tcp,4,0.0.0.0", "tcp,6,::", "udp,4,0.0.0.0", "udp,6,::")
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1], *sys.argv[2:]], env={})"


@pytest.fixture
def start() -> Iterator[Start]:
    """`start(code, *arguments)` runs Python and returns the process and the ports that it prints."""
    started: list[subprocess.Popen[str]] = []

    def start_one(*command: str, environment: dict[str, str] | None = None) -> tuple[int, list[int]]:
        process = subprocess.Popen(
            [sys.executable, "-c", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        started.append(process)
        assert process.stdout is not None
        return process.pid, [int(port) for port in process.stdout.readline().split()]

    yield start_one
    for process in started:
        process.communicate(timeout=20)


def test_every_listening_socket_is_found(start: Start) -> None:
    pid, ports = start(PROGRAM, *LOOPBACK, *WIDER)
    found = {each.port: each.on_loopback for each in listeners_of([psutil.Process(pid)])}
    assert found == dict(zip(ports, [True] * len(LOOPBACK) + [False] * len(WIDER), strict=True))


def test_a_process_without_the_mark_is_found_by_its_parent(start: Start, tmp_path: Path) -> None:
    _, (port,) = start(PARENT, PROGRAM, "tcp,6,::", environment={MARK: str(tmp_path), PROGRAM_MARK: "the parent"})
    (found,) = listeners(tmp_path)
    assert (found.port, found.on_loopback) == (port, False)


def test_a_connection_is_no_listener(start: Start) -> None:
    code = "import socket; a = socket.create_server(('127.0.0.1', 0)); b = socket.create_connection(a.getsockname());"
    pid, (port,) = start(code + "print(a.getsockname()[1], flush=True); import sys; sys.stdin.read()")
    assert [each.port for each in listeners_of([psutil.Process(pid)])] == [port]
