"""Wrong settings: all of them are named at once, before anything connects, and no secret is printed."""

from pathlib import Path

import pytest
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from service_runtime.settings import KafkaSettings, PostgresSettings, load_all


class PortSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="EXAMPLE_")
    port: int = Field(8080, ge=1, le=65535)


def test_every_problem_of_every_kind_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    monkeypatch.delenv("POSTGRES_DSN", raising=False)
    monkeypatch.setenv("EXAMPLE_PORT", "70000")
    with pytest.raises(SystemExit) as end:
        load_all(KafkaSettings, PostgresSettings, PortSettings)
    assert end.value.code == 2
    report = capsys.readouterr().err
    for name in ("KAFKA_BOOTSTRAP_SERVERS", "POSTGRES_DSN", "EXAMPLE_PORT"):
        assert name in report


def test_a_password_comes_from_its_file_and_is_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    (tmp_path / "password").write_text("correct horse\n")
    monkeypatch.setenv("POSTGRES_DSN", "postgresql://scout@127.0.0.1:5432/scout")
    monkeypatch.setenv("POSTGRES_PASSWORD_FILE", str(tmp_path / "password"))
    (settings,) = load_all(PostgresSettings)
    assert "password='correct horse'" in settings.conninfo()
    assert "correct horse" not in repr(settings)


def test_a_secret_that_cannot_be_read_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092")
    monkeypatch.setenv("POSTGRES_DSN", "postgresql://scout@127.0.0.1:5432/scout")
    for name, words in (
        ("gone", "there is no"),
        ("empty", "is empty"),
        ("binary", "cannot be read"),
        (".", "cannot be"),
    ):
        monkeypatch.setenv("KAFKA_PASSWORD_FILE", str(tmp_path / name))
        monkeypatch.setenv("POSTGRES_PASSWORD_FILE", str(tmp_path / name))
        with pytest.raises(SystemExit):
            load_all(KafkaSettings, PostgresSettings)
        lines = capsys.readouterr().err.splitlines()[1:]
        assert [line.split(":")[0].strip() for line in lines] == ["KAFKA_PASSWORD_FILE", "POSTGRES_PASSWORD_FILE"]
        assert all(words in line for line in lines)
