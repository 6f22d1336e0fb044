import errno
import json
import os
import stat
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs
from unit.support.scripted_twitch import Reply, ScriptedTwitch

from contracts import metrics
from service_runtime.measures import measure
from twitch_access.authority import Authority
from twitch_access.errors import SignInNeeded, Unauthorized, Unavailable
from twitch_access.helix import Helix
from twitch_access.session import Session
from twitch_access.token_file import StoredTokens, TokenFile
from twitch_access.tokens import ApplicationToken, UserToken
from twitch_access.transport import Transport

SECONDS = 2.0
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
        user_token(twitch, TokenFile(path)).value(SECONDS)
    assert invalid() == 1


def test_a_new_file_is_taken_up_at_once(tmp_path: Path, twitch: ScriptedTwitch):
    file = stored(tmp_path)
    token = user_token(twitch, file)
    assert token.value(SECONDS) == "old"
    file.write(StoredTokens(access_token="signed in again"))
    assert token.value(SECONDS) == "signed in again"


def test_a_refused_token_is_refreshed_and_written(tmp_path: Path, twitch: ScriptedTwitch):
    twitch.answer(Reply(body=GRANTED))
    file = stored(tmp_path)
    token = user_token(twitch, file)
    token.renew("old", SECONDS)
    assert token.value(SECONDS) == "new"
    assert file.read().refresh_token == "next"
    assert ("client_secret", "hidden") in twitch.requests[0].params


def test_a_token_near_its_end_is_refreshed_before_it_is_used(tmp_path: Path, twitch: ScriptedTwitch):
    twitch.answer(Reply(body=GRANTED))
    assert user_token(twitch, stored(tmp_path, expires_at=NOW + 60)).value(SECONDS) == "new"


def test_many_processes_refresh_once(tmp_path: Path, twitch: ScriptedTwitch):
    twitch.answer(Reply(body=GRANTED))
    file = stored(tmp_path)
    tokens = [user_token(twitch, TokenFile(file.path)) for _ in range(8)]
    threads = [threading.Thread(target=token.renew, args=("old", SECONDS)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [token.value(SECONDS) for token in tokens] == ["new"] * 8
    assert len(twitch.requests) == 1


@pytest.mark.parametrize("status", [400, 401])
def test_a_refused_refresh_asks_for_a_person_and_does_not_hammer(tmp_path: Path, twitch: ScriptedTwitch, status: int):
    twitch.answer(Reply(status, {"status": status, "message": "Invalid refresh token"}))
    file = stored(tmp_path)
    token = user_token(twitch, file)
    with pytest.raises(SignInNeeded, match=r"Invalid refresh token.*python seed_twitch_tokens\.py"):
        token.renew("old", SECONDS)
    for _ in range(3):
        with pytest.raises(SignInNeeded):
            token.value(SECONDS)
    assert len(twitch.requests) == 1
    assert invalid() == 1
    file.write(StoredTokens(access_token="signed in again"))
    assert token.value(SECONDS) == "signed in again"


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
    assert token.value(SECONDS) == "new"


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
    assert [token.value(SECONDS), token.value(SECONDS)] == ["app-1", "app-1"]
    token.renew("app-1", SECONDS)
    token.renew("app-1", SECONDS)  # another thread saw the same refusal
    assert token.value(SECONDS) == "app-2"
    assert len(twitch.requests) == 2


def test_a_wrong_client_secret_says_so(twitch: ScriptedTwitch):
    twitch.answer(Reply(403, {"message": "invalid client secret"}))
    with pytest.raises(Unauthorized, match="invalid client secret"):
        ApplicationToken(authority(twitch)).value(SECONDS)


def test_the_file_is_plain_json(tmp_path: Path):
    file = stored(tmp_path)
    assert json.loads(file.path.read_text())["access_token"] == "old"
    assert msgspec.json.decode(file.path.read_bytes(), type=StoredTokens) == file.read()


def unwritable(monkeypatch: pytest.MonkeyPatch, reason: int) -> list[bool]:
    """Let writing files fail, as on a full or read-only disk, while the list has an item."""
    broken, mkstemp = [True], tempfile.mkstemp

    def refusing(*args: Any, **more: Any) -> Any:
        if broken:
            raise OSError(reason, os.strerror(reason))
        return mkstemp(*args, **more)

    monkeypatch.setattr("service_runtime.files.tempfile.mkstemp", refusing)
    return broken


@pytest.mark.parametrize("reason", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_renewed_tokens_are_kept_while_their_file_cannot_be_written(
    tmp_path: Path, twitch: ScriptedTwitch, monkeypatch: pytest.MonkeyPatch, reason: int
):
    """A refresh token may be used once only: the pair that was granted is all there is."""
    second = GRANTED | {"access_token": "newer", "refresh_token": "last"}
    twitch.answer(Reply(body=GRANTED), Reply(body=second))
    file, now = stored(tmp_path), [NOW]
    (tmp_path / "tokens.json.lock").mkdir()  # neither can a lock be made
    token = UserToken(authority(twitch), file, lambda: now[0])
    broken = unwritable(monkeypatch, reason)
    with capture_logs() as logs:
        token.renew("old", SECONDS)
        token.renew("new", SECONDS)
        assert token.value(SECONDS) == "newer"
        assert [each["log_level"] for each in logs if "tokens not written" in each["event"]] == ["error"]
        assert dict(twitch.requests[1].params)["refresh_token"] == "next"
        assert (file.read().access_token, measure(metrics.TOKEN_UNWRITTEN)._value.get()) == ("old", 1)
        broken.clear()
        now[0] += 61
        assert token.value(SECONDS) == "newer"
    assert (file.read().access_token, file.read().refresh_token) == ("newer", "last")
    assert measure(metrics.TOKEN_UNWRITTEN)._value.get() == 0


def test_another_processs_tokens_replace_those_in_memory(
    tmp_path: Path, twitch: ScriptedTwitch, monkeypatch: pytest.MonkeyPatch
):
    twitch.answer(Reply(body=GRANTED))
    file = stored(tmp_path)
    token = user_token(twitch, file)
    broken = unwritable(monkeypatch, errno.ENOSPC)
    token.renew("old", SECONDS)
    broken.clear()
    file.write(StoredTokens(access_token="signed in again"))
    assert token.value(SECONDS) == "signed in again"


def test_a_folder_that_is_gone_needs_a_person_and_ends_nothing(tmp_path: Path, twitch: ScriptedTwitch):
    token = user_token(twitch, TokenFile(tmp_path / "gone" / "tokens.json"))
    for ask in (lambda: token.value(SECONDS), lambda: token.renew("old", SECONDS)):
        with pytest.raises(SignInNeeded, match="gone"):
            ask()
    assert "gone" in token.problem()


def test_a_lock_that_another_process_keeps_ends_in_time(tmp_path: Path, twitch: ScriptedTwitch):
    file = stored(tmp_path)
    started = time.monotonic()
    with file.lock(SECONDS), pytest.raises(Unavailable, match="holds"):
        user_token(twitch, TokenFile(file.path)).renew("old", 0.3)
    assert time.monotonic() - started < 1.5


def test_a_lifetime_that_is_not_told_renews_nothing_early(tmp_path: Path, twitch: ScriptedTwitch):
    twitch.answer(Reply(body={"access_token": "new"}))
    token = user_token(twitch, stored(tmp_path))
    token.renew("old", SECONDS)
    assert [token.value(SECONDS) for _ in range(3)] == ["new"] * 3
    assert len(twitch.requests) == 1


def test_a_missing_scope_is_called_so_and_asked_for_no_more(tmp_path: Path, twitch: ScriptedTwitch):
    """A refreshed token has the same scopes, so none is asked for."""
    twitch.answer(Reply(401, {"error": "Unauthorized", "status": 401, "message": "Missing scope: clips:edit"}))
    token = user_token(twitch, stored(tmp_path))
    session = Session(Transport(), twitch.url, "client", token, SECONDS)
    for _ in range(2):
        with pytest.raises(SignInNeeded, match=r"lacks a scope.*clips:edit.*python seed_twitch_tokens"):
            Helix(session, session).create_clip("1")
    assert [request.path for request in twitch.requests] == ["/clips"]
    assert "lacks a scope" in token.problem()
    assert invalid() == 1
