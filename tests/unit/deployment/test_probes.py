"""What is asked from outside: the address among Prometheus's targets, and what a real blackbox exporter answers."""

import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for

from .manual import REPOSITORY

BLACKBOX = shutil.which("prometheus-blackbox-exporter")
PROMETHEUS = REPOSITORY / "configs/prometheus"


def targets(folder: Path, address: str) -> tuple[list[dict[str, list[str]]], str]:
    """Run start.sh without Prometheus; return the targets that it writes and what it says."""
    script = (PROMETHEUS / "start.sh").read_text().replace("/bin/prometheus", "true")
    variables = {"PATH": os.environ["PATH"], "TARGETS_FOLDER": str(folder), "API_PUBLIC_URL": address}
    done = subprocess.run(["sh", "-c", script], env=variables, capture_output=True, text=True, check=True)
    return json.loads((folder / "site.json").read_text()), done.stderr


@pytest.mark.parametrize("address", ["https://scout.example.org", "https://scout.example.org/"])
def test_the_public_address_is_asked_whether_it_is_ready(address: str, tmp_path: Path) -> None:
    assert targets(tmp_path, address) == ([{"targets": ["https://scout.example.org/ready"]}], "")


def test_without_an_address_nothing_is_asked(tmp_path: Path) -> None:
    assert targets(tmp_path, "") == ([], "")


def test_what_is_no_address_is_said(tmp_path: Path) -> None:
    found, said = targets(tmp_path, "scout.example.org")
    assert found == []
    assert "begins with neither" in said


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool: apt-get install prometheus")
def test_prometheus_takes_the_configuration() -> None:
    command = ["promtool", "check", "config", "--syntax-only", str(PROMETHEUS / "prometheus.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def probe() -> Iterator[Callable[[str, str], float]]:
    """Ask a real blackbox exporter with our configuration, as Prometheus does; return `probe_success`."""
    if BLACKBOX is None:
        pytest.skip("apt-get install prometheus-blackbox-exporter")
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    command = [BLACKBOX, f"--config.file={REPOSITORY}/configs/blackbox/blackbox.yml"]
    process = subprocess.Popen([*command, f"--web.listen-address=127.0.0.1:{port}"], stderr=subprocess.DEVNULL)

    def listens() -> bool:
        with socket.socket() as connection:
            return connection.connect_ex(("127.0.0.1", port)) == 0

    def ask(module: str, target: str) -> float:
        page = httpx.get(f"{url}/probe", params={"module": module, "target": target}, timeout=20).raise_for_status()
        (line,) = [line for line in page.text.splitlines() if line.startswith("probe_success ")]
        return float(line.split()[1])

    try:
        wait_for("the exporter", listens, 20, 0.1)
        yield ask
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def site() -> Iterator[str]:
    """A site with answers as ours gives them, and one of somebody else; return its address."""
    answers = {
        "/ready": (200, b'{"ok":true,"problems":{}}'),
        "/away": (503, b'{"ok":false}'),
        "/other": (200, b"hello"),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is the standard library's
            status, body = answers[self.path]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_site_that_says_it_is_ready_is_up(probe: Callable[[str, str], float], site: str) -> None:
    assert probe("site", f"{site}/ready") == 1
    assert probe("site", f"{site}/away") == 0
    assert probe("site", f"{site}/other") == 0


def test_a_port_is_open_or_closed(probe: Callable[[str, str], float], site: str) -> None:
    (closed,) = free_ports(1)
    assert probe("port", site.removeprefix("http://")) == 1
    assert probe("port", f"127.0.0.1:{closed}") == 0
