"""Settings, the invite link, and what is said where there is no token."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from discord_bot.invite import application_id
from discord_bot.settings import DiscordSettings
from discord_notices.invite import PERMISSIONS, invite_link

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.0123456789"


def settings(path: Path, monkeypatch: pytest.MonkeyPatch) -> DiscordSettings:
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(path))
    return DiscordSettings()  # type: ignore[call-arg]


def test_without_a_token_it_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n")
    for path in (tmp_path / "missing", empty):
        with pytest.raises(ValidationError, match=r"discord\.com/developers/applications"):
            settings(path, monkeypatch)


def test_the_token_is_read_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    found = settings(file, monkeypatch)
    assert found.token() == TOKEN
    assert TOKEN not in repr(found)
    assert found.poll_seconds == 20.0


def test_the_invite_link_is_made_of_the_token() -> None:
    assert application_id(TOKEN) == "123456789012345678"
    link = invite_link(application_id(TOKEN))
    assert "client_id=123456789012345678" in link
    assert "scope=bot+applications.commands" in link
    assert f"permissions={sum(PERMISSIONS.values())}" in link
    assert TOKEN not in link
    for wrong in ("", "x", "!!!.a.b", "aGVsbG8.a.b"):
        with pytest.raises(ValueError, match="no bot's token"):
            application_id(wrong)


def test_the_bot_asks_for_no_more_than_it_needs() -> None:
    assert not sum(PERMISSIONS.values()) & (1 << 3)  # administrator
    assert "read message history" in PERMISSIONS
