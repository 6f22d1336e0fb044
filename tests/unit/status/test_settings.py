"""The addresses to query: the demo on loopback, or the two machines that `.env` names."""

import os
from pathlib import Path

import pytest

from status.settings import StatusSettings, addresses


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with passwords, and an environment without addresses."""
    (tmp_path / "secrets").mkdir()
    for name in ("postgres_status_password", "kafka_password"):
        (tmp_path / "secrets" / name).write_text(f"of {name}\n")
    monkeypatch.chdir(tmp_path)
    for name in StatusSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    return tmp_path


def test_the_demo_is_on_loopback_with_its_ports(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_PORT", "15999")
    settings = StatusSettings()
    found = addresses(settings)
    assert settings.here == "demo"
    assert ":15999/" in found.postgres
    assert found.kafka.bootstrap_servers == "127.0.0.1:9092"
    assert found.kafka.username is None
    assert found.flink == "http://127.0.0.1:8081"
    assert found.standby == ""


def test_the_password_is_that_of_the_system_started_last(checkout: Path) -> None:
    for age, name in enumerate((".live", ".demo")):
        (checkout / name / "secrets").mkdir(parents=True)
        (checkout / name / "secrets" / "postgres_status_password").write_text(f"of {name}")
        (checkout / name / "run").mkdir()
        os.utime(checkout / name / "run", (age, age))
    assert "of .demo" in addresses(StatusSettings()).postgres
    os.utime(checkout / ".live" / "run")
    assert "of .live" in addresses(StatusSettings()).postgres


def test_machine_b_queries_itself_and_a_with_passwords(checkout: Path) -> None:
    (checkout / ".env").write_text("BIND_ADDR=100.64.0.2\nMACHINE_A=100.64.0.1\nTWITCH_CLIENT_ID=x\nAPI_PORT=\n")
    settings = StatusSettings()
    found = addresses(settings)
    assert settings.here == "B"
    assert "host=100.64.0.1" in found.postgres
    assert "user=status" in found.postgres
    assert "of postgres_status_password" in found.postgres
    assert (found.kafka.bootstrap_servers, found.kafka.username) == ("100.64.0.2:9094", "stream-scout")
    assert found.flink == "http://127.0.0.1:8081"
    assert found.standby == "http://100.64.0.1:9100"
    assert found.website == "http://100.64.0.1:5000"


def test_machine_a_does_not_query_what_is_private_to_b(checkout: Path) -> None:
    (checkout / ".env").write_text("BIND_ADDR=100.64.0.1\nMACHINE_B=100.64.0.2\n")
    settings = StatusSettings()
    found = addresses(settings)
    assert settings.here == "A"
    assert "host=100.64.0.1" in found.postgres
    assert found.kafka.bootstrap_servers == "100.64.0.2:9094"
    assert found.flink is None
    assert found.capture is None
    assert found.standby == "http://100.64.0.1:9100"
