"""Twitch's settings name what is wrong, each in one line."""

from pathlib import Path

import pytest

from service_runtime.settings import load_all
from twitch_access.settings import TwitchSettings


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    with pytest.raises(SystemExit):
        load_all(TwitchSettings)
    return [line.strip() for line in capsys.readouterr().err.splitlines()[1:]]


def test_a_missing_secret_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    monkeypatch.setenv("TWITCH_CLIENT_SECRET_FILE", str(tmp_path / "gone"))
    load_all(TwitchSettings)  # without a client id there is nothing to keep secret
    monkeypatch.setenv("TWITCH_CLIENT_ID", "mine")
    assert told(capsys) == [f"TWITCH_CLIENT_SECRET_FILE: there is no {tmp_path / 'gone'}"]


@pytest.mark.parametrize(
    "address", ["api.twitch.tv/helix", "http://", "https://[::1", "https://api.twitch.tv:port/", "http://a:99999/"]
)
def test_a_wrong_address_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str):
    monkeypatch.setenv("TWITCH_API_URL", address)
    (line,) = told(capsys)
    assert line.startswith(f"TWITCH_API_URL: {address!r} is no address")


def test_shares_that_do_not_fit_are_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("TWITCH_BOT_POINTS", "400")
    assert told(capsys) == ["TWITCH_…_POINTS: together they are 850 and 150 spare, Twitch gives 800"]
