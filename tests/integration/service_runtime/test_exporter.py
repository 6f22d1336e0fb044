"""Postgres's figures by the real exporter, which logs in as its own role: each that a panel asks for is there."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from integration.support.database import prepare

from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.servers.postgres import Postgres

BINARY = shutil.which("prometheus-postgres-exporter") or shutil.which("postgres_exporter")
pytestmark = pytest.mark.skipif(BINARY is None, reason="apt-get install prometheus-postgres-exporter")
DASHBOARDS = Path(__file__).resolve().parents[3] / "configs/grafana/dashboards"
DATABASE = "stream_scout"


@pytest.fixture(scope="module")
def server(postgres_server: Postgres) -> Postgres:
    prepare(postgres_server.dsn)
    return postgres_server


@pytest.fixture
def export(server: Postgres, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Start the exporter as the compose file does, with this password; return what it tells."""
    started: list[subprocess.Popen[bytes]] = []

    def told(password: str) -> str:
        (port,) = free_ports(1)
        place = psycopg.conninfo.conninfo_to_dict(server.dsn_of(DATABASE, "exporter"))
        (tmp_path / "password").write_text(password)
        variables = {
            "PATH": os.environ["PATH"],
            "DATA_SOURCE_URI": f"{place['host']}:{place['port']}/{DATABASE}?sslmode=disable&connect_timeout=5",
            "DATA_SOURCE_USER": "exporter",
            "DATA_SOURCE_PASS_FILE": str(tmp_path / "password"),
        }
        command = [str(BINARY), f"--web.listen-address=127.0.0.1:{port}"]
        with (tmp_path / "log").open("ab") as log:
            started.append(subprocess.Popen(command, env=variables, stdout=log, stderr=log))
        return str(wait_for("the exporter", lambda: _get(f"http://127.0.0.1:{port}/metrics"), 20, 0.2))

    yield told
    for each in started:
        each.terminate()
        each.wait(10)


def _get(address: str) -> str:
    try:
        return httpx.get(address, timeout=10).raise_for_status().text
    except httpx.HTTPError:
        return ""


def asked() -> set[str]:
    """The figures of Postgres in the panels, with the database where one is named."""
    boards = [json.loads(path.read_text()) for path in DASHBOARDS.glob("*.json")]
    queries = [target["expr"] for board in boards for panel in board["panels"] for target in panel["targets"]]
    return set(re.findall(r"\bpg_\w+", " ".join(queries)))


def test_each_figure_that_a_panel_asks_for_is_told(server: Postgres, export: Callable[[str], str]) -> None:
    password = (server.passwords / "postgres_exporter_password").read_text().strip()
    text = export(password)
    assert re.search(r"^pg_up(\{.*\})? 1$", text, re.MULTILINE)
    for name in sorted(asked()):
        (line, *_) = re.findall(rf"^{name}(?:\{{.*\}})? .*$", text, re.MULTILINE) or [""]
        assert line, name
    assert f'datname="{DATABASE}"' in text


def test_a_refused_password_is_no_figure(export: Callable[[str], str]) -> None:
    text = export("guessed")
    assert re.search(r"^pg_up(\{.*\})? 0$", text, re.MULTILINE)
    assert "guessed" not in text
