"""Tokens are encrypted with the newest of several keys; a clip that was asked for is told from others."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from api_frontend.accounts.twitch.clip_making import fitting
from api_frontend.accounts.twitch.keyring import Keyring, PersonTokens, UnreadableError
from api_frontend.accounts.twitch.scopes import REASONS, role_in, scopes_of
from api_frontend.data.channel_people.own_clips import OwnClip
from api_frontend.settings import ConsentSettings, keys_in
from service_runtime.settings import load_all
from twitch_access.answers import FoundClip

OLD, NEW = secrets.token_bytes(32), secrets.token_bytes(32)
TOKENS = PersonTokens(access_token="access-word", refresh_token="refresh-word", ends_at=5.0)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
CLIP = OwnClip(
    moment_id="m", channel_id="11", user_id="12", vod_id="v", ends_at=129, duration_seconds=29.0, title="x",
    state="intent", reason="", clip_id=None, asked_first_at=NOW, intended_at=NOW, now=NOW + timedelta(minutes=1),
)  # fmt: skip
FOUND = FoundClip("C1", "https://c/1", "11", NOW, creator_id="12", video_id="v", vod_offset=100, duration=29.0)


def test_what_is_kept_says_nothing() -> None:
    stored = Keyring([NEW]).locked(TOKENS)
    assert b"word" not in stored
    assert stored != Keyring([NEW]).locked(TOKENS)
    assert "word" not in repr(TOKENS)
    assert Keyring([NEW]).opened(stored) == TOKENS


def test_an_older_key_still_reads_and_the_newest_writes() -> None:
    stored = Keyring([OLD]).locked(TOKENS)
    both = Keyring([NEW, OLD])
    assert both.opened(stored) == TOKENS
    renewed = both.renewed(stored)
    assert renewed is not None
    assert Keyring([NEW]).opened(renewed) == TOKENS
    assert both.renewed(renewed) is None
    with pytest.raises(UnreadableError):
        Keyring([NEW]).opened(stored)
    with pytest.raises(UnreadableError):
        Keyring([NEW]).opened(renewed[:-4] + b"AAA=")  # changed by somebody


def test_keys_are_read_and_never_told() -> None:
    assert keys_in(f"{NEW.hex()}\n\n{OLD.hex()}\n") == [NEW, OLD]
    assert keys_in("\n") == []
    for text in ("password", NEW.hex()[:-2], f"{NEW.hex()} x"):
        with pytest.raises(ValueError) as wrong:
            keys_in(text)
        assert text not in str(wrong.value)


def test_nothing_is_on_without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_CONSENT_KEY_FILE", "")
    (settings,) = load_all(ConsentSettings)
    assert (settings.keys(), settings.return_url) == ([], "")


def test_each_scope_has_its_reason_and_no_other_is_asked_for() -> None:
    assert {scope for role in REASONS for scope in scopes_of(role)} == {
        "channel:manage:clips", "channel:read:editors", "editor:manage:clips",
    }  # fmt: skip
    assert all(each.text for reasons in REASONS.values() for each in reasons)
    assert scopes_of(role_in("admin")) == ()


def test_a_clip_is_told_from_others() -> None:
    assert fitting(CLIP, [FOUND]) == FOUND
    others = (
        {"creator_id": "13"}, {"video_id": "w"}, {"vod_offset": 110}, {"vod_offset": None}, {"duration": 60.0},
    )  # fmt: skip
    for changes in others:
        assert fitting(CLIP, [replace(FOUND, **changes)]) is None, changes
