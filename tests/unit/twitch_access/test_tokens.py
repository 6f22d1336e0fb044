import json
import os
import stat
import threading
from pathlib import Path

import msgspec
import pytest
from unit.support.scripted_twitch import Reply, ScriptedTwitch

from contracts import metrics
from service_runtime.measures import measure
from twitch_access.authority import Authority
from twitch_access.errors import SignInNeeded, Unauthorized
from twitch_access.token_file import StoredTokens, TokenFile
from twitch_access.tokens import ApplicationToken, UserToken
from twitch_access.transport import Transport

NOW = 1_800_000_000.0
GRANTED = {"access_token": "new", "refresh_token": "next", "expires_in": 14_000, "scope": ["clips:edit"]}
VALID = {"client_id": "client", "login": "me", "user_id": "7", "scopes": ["clips:edit"], "expires_in": 14_000}


def authority(twitch: ScriptedTwitch) -> Authority:
    return Authority(Transport(), twitch.url, "client", "hidden", 2.0)


def stored(path: Path, **more: object) -> TokenFile:
    file = TokenFile(path / "tokens.json")
    file.write(StoredTokens(**({"access_token": "old", "refresh_token": "first", "user_id": "7"} | more)))
    return file


def user_token(twitch: ScriptedTwitch, file: TokenFile) -> UserToken:
    return UserToken(authority(twitch), file, lambda: NOW)


def invalid() -> float:
    return measure(metrics.TOKEN_INVALID)._value.get()


def test_the_file_is_for_its_owner_only_and_replaced_whole(tmp_path: Path):
    file = stored(tmp_path / "secrets")
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    file.write(StoredTokens(access_token="other"))
    assert file.read().access_token == "other"
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert os.listdir(file.path.parent) == ["tokens.json"]


def test_a_write_that_fails_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = stored(tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("twitch_access.token_file.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        file.write(StoredTokens(access_token="other"))
    assert file.read().access_token == "old"
    assert os.listdir(tmp_path) == ["tokens.json"]


def test_only_the_access_token_is_owed(tmp_path: Path):
    path = tmp_path / "tokens.json"
    path.write_text('{"access_token": "simulator-user-token", "unknown": 1}')
    assert TokenFile(path).read() == StoredTokens(access_token="simulator-user-token")


@pytest.mark.parametrize("content", [None, "", "{", "{}", '{"access_token": 3}', "\ufffe"])
def test_a_missing_or_damaged_file_names_the_next_step(tmp_path: Path, content: str | None, twitch: ScriptedTwitch):
    path = tmp_path / "tokens.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SignInNeeded, match=r"python seed_twitch_tokens\.py"):
        user_token(twitch, TokenFile(path)).value()
    assert invalid() == 1


def test_a_new_file_is_taken_up_at_once(tmp_path: Path, twitch: ScriptedTwitch):
    file = stored(tmp_path)
    token = user_token(twitch, file)
    assert token.value() == "old"
    file.write(StoredTokens(access_token="signed in again"))
    assert token.value() == "signed in again"


def test_a_refused_token_is_refreshed_and_written(tmp_path: Path, twitch: ScriptedTwitch):
    twitch.answer(Reply(body=GRANTED))
    file = stored(tmp_path)
    token = user_token(twitch, file)
    token.renew("old")
    assert token.value() == "new"
    assert file.read().refresh_token == "next"
    assert ("client_secret", "hidden") in twitch.requests[0].params


def test_a_token_near_its_end_is_refreshed_before_it_is_used(tmp_path: Path, twitch: ScriptedTwitch):
    twitch.answer(Reply(body=GRANTED))
    assert user_token(twitch, stored(tmp_path, expires_at=NOW + 60)).value() == "new"


def test_many_processes_refresh_once(tmp_path: Path, twitch: ScriptedTwitch):
    twitch.answer(Reply(body=GRANTED))
    file = stored(tmp_path)
    tokens = [user_token(twitch, TokenFile(file.path)) for _ in range(8)]
    threads = [threading.Thread(target=token.renew, args=("old",)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [token.value() for token in tokens] == ["new"] * 8
    assert len(twitch.requests) == 1


@pytest.mark.parametrize("status", [400, 401])
def test_a_refused_refresh_asks_for_a_person_and_does_not_hammer(tmp_path: Path, twitch: ScriptedTwitch, status: int):
    twitch.answer(Reply(status, {"status": status, "message": "Invalid refresh token"}))
    file = stored(tmp_path)
    token = user_token(twitch, file)
    with pytest.raises(SignInNeeded, match=r"Invalid refresh token.*python seed_twitch_tokens\.py"):
        token.renew("old")
    for _ in range(3):
        with pytest.raises(SignInNeeded):
            token.value()
    assert len(twitch.requests) == 1
    assert invalid() == 1
    file.write(StoredTokens(access_token="signed in again"))
    assert token.value() == "signed in again"


def test_validation_learns_who_we_are_and_clears_the_alarm(tmp_path: Path, twitch: ScriptedTwitch):
    measure(metrics.TOKEN_INVALID).set(1)
    twitch.answer(Reply(body=VALID))
    token = user_token(twitch, stored(tmp_path, user_id=""))
    token.validate()
    assert token.user_id() == "7"
    assert invalid() == 0


def test_validation_refreshes_what_has_ended(tmp_path: Path, twitch: ScriptedTwitch):
    twitch.answer(Reply(401, {"message": "invalid access token"}), Reply(body=GRANTED), Reply(body=VALID))
    token = user_token(twitch, stored(tmp_path))
    token.validate()
    assert token.value() == "new"


def test_a_token_without_the_scope_needs_a_person(tmp_path: Path, twitch: ScriptedTwitch):
    twitch.answer(Reply(body=VALID | {"scopes": ["chat:read"]}))
    with pytest.raises(SignInNeeded, match="clips:edit"):
        user_token(twitch, stored(tmp_path)).validate()
    assert invalid() == 1


def test_the_application_token_is_fetched_again_when_refused(twitch: ScriptedTwitch):
    """And otherwise only once."""
    first = {"access_token": "app-1", "expires_in": 5_000_000, "token_type": "bearer"}
    twitch.answer(Reply(body=first), Reply(body=first | {"access_token": "app-2"}))
    token = ApplicationToken(authority(twitch), lambda: NOW)
    assert [token.value(), token.value()] == ["app-1", "app-1"]
    token.renew("app-1")
    token.renew("app-1")  # another thread saw the same refusal
    assert token.value() == "app-2"
    assert len(twitch.requests) == 2


def test_a_wrong_client_secret_says_so(twitch: ScriptedTwitch):
    twitch.answer(Reply(403, {"message": "invalid client secret"}))
    with pytest.raises(Unauthorized, match="invalid client secret"):
        ApplicationToken(authority(twitch)).value()


def test_the_file_is_plain_json(tmp_path: Path):
    file = stored(tmp_path)
    assert json.loads(file.path.read_text())["access_token"] == "old"
    assert msgspec.json.decode(file.path.read_bytes(), type=StoredTokens) == file.read()
