"""Wrong settings: all of them are named at once, before anything connects, and no secret is printed."""

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
