"""A service that cannot start says why."""

import socket
from pathlib import Path

import pytest

from service_runtime.ports import open_ports
from service_runtime.settings import PostgresSettings

DSN = "postgresql://user@127.0.0.1:1/database"


def test_the_address_has_the_password_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hidden\n")
    postgres = PostgresSettings(dsn=DSN, password_file=tmp_path / "password")
    assert "password=hidden" in open_ports("recorder", postgres, "127.0.0.1", 0)


def test_a_taken_port_ends_it_with_a_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as ended:
        open_ports("recorder", PostgresSettings(dsn=DSN), "127.0.0.1", taken.getsockname()[1])
    assert "RECORDER_METRICS_PORT: cannot listen on 127.0.0.1:" in str(ended.value)


def test_a_missing_password_file_ends_it_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "nowhere").write_text("hidden\n")
    postgres = PostgresSettings(dsn=DSN, password_file=tmp_path / "nowhere")
    (tmp_path / "nowhere").unlink()  # after the settings were read
    with pytest.raises(SystemExit, match="nowhere"):
        open_ports("watcher", postgres, "127.0.0.1", 0)
