"""twitch_access against the simulator over HTTP: reading, clips, tokens that end, several processes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from integration.support.clip_creator_process import DEADLINE, Simulator

from embedded.processes.waiting import wait_for
from twitch_access.access import TwitchAccess, open_access
from twitch_access.errors import RateLimited, Refused, SignInNeeded, Unauthorized, WrongShape
from twitch_access.settings import Program, TwitchSettings

USER = {"access_token": "simulator-user-token", "refresh_token": "simulator-refresh-token"}


@pytest.fixture(scope="module")
def twitch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    simulator = Simulator(tmp_path_factory.mktemp("twitch"), CHANNELS="250", REQUESTS_PER_MINUTE="6000")
    yield simulator
    simulator.stop()


def settings(twitch: Simulator, folder: Path, secret: str = "simulator", **changes: object) -> TwitchSettings:
    (folder / "secret").write_text(secret)
    tokens = folder / "tokens.json"
    if not tokens.exists():
        tokens.write_text(json.dumps(USER))
    chosen = {"api_url": f"{twitch.url}/helix", "auth_url": f"{twitch.url}/oauth2", "client_id": "simulator"}
    chosen |= {"client_secret_file": folder / "secret", "user_tokens_file": tokens, "deadline_seconds": 3.0}
    return TwitchSettings(**(chosen | changes))


@pytest.fixture
def access(twitch: Simulator, tmp_path: Path) -> Iterator[TwitchAccess]:
    opened = open_access(settings(twitch, tmp_path), makes_clips=True)
    assert opened is not None
    yield opened
    twitch.order("restore")
    twitch.order("token_lifetime", seconds=14_400)


def test_without_a_client_id_there_is_no_access():
    assert open_access(TwitchSettings(client_id="")) is None


def test_streams_users_games_and_recordings(access: TwitchAccess, twitch: Simulator):
    streams = access.helix.get_streams(twitch.channels)
    assert {stream.user_id for stream in streams} == set(twitch.channels)
    top = access.helix.get_top_streams(150)
    assert len({stream.user_id for stream in top}) == 150
    assert [stream.viewer_count for stream in top] == sorted((each.viewer_count for each in top), reverse=True)
    some = streams[0]
    assert access.helix.get_users(logins=[some.user_login])[0].id == some.user_id
    assert access.helix.get_games(ids=[some.game_id])[0].name == some.game_name
    assert access.helix.get_archives(some.user_id)[0].stream_id == some.id
    assert all(each.language == some.language for each in access.helix.get_top_streams(5, languages=[some.language]))
    assert access.helix.get_users(logins=["nobody_of_that_name"]) == []


def test_a_clip_is_made_and_found_by_id_and_by_time(access: TwitchAccess, twitch: Simulator):
    channel = twitch.channels[0]
    clip = access.helix.create_clip(channel, "LUL ×3", 20.0)
    (found,) = wait_for("the clip", lambda: access.helix.get_clips([clip.id]), DEADLINE)
    assert (found.title, found.duration) == ("LUL ×3", 20.0)
    now = datetime.now(UTC)
    between = access.helix.get_clips_between(channel, now - timedelta(minutes=2), now + timedelta(minutes=2))
    assert clip.id in [each.id for each in between]


def test_refusals_are_typed(access: TwitchAccess, twitch: Simulator):
    channel = twitch.channels[1]
    twitch.order("refuse_clips", login=twitch.logins[channel], status=403)
    with pytest.raises(Refused) as caught:
        access.helix.create_clip(channel)
    assert caught.value.status == 403


def test_reading_bears_errors_and_a_wrong_shape_is_typed(access: TwitchAccess, twitch: Simulator):
    twitch.order("helix_fault", endpoint="streams", status=500, count=2)
    assert access.helix.get_streams(twitch.channels[:1])
    twitch.order("helix_fault", endpoint="streams", status=200, body={"data": [{"id": 7}]})
    with pytest.raises(WrongShape):
        access.helix.get_streams(twitch.channels[:1])


def test_a_429_is_waited_for_by_readers_and_told_to_makers(access: TwitchAccess, twitch: Simulator):
    twitch.order("helix_fault", endpoint="games", status=429)
    assert access.helix.get_games(names=["Chess"]) is not None
    twitch.order("helix_fault", endpoint="POST clips", status=429)
    with pytest.raises(RateLimited):
        access.helix.create_clip(twitch.channels[2])


def test_the_budget_is_never_overspent(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory):
    """Thirty requests a minute are allowed; none of forty is answered with 429."""
    small = Simulator(tmp_path_factory.mktemp("small"), REQUESTS_PER_MINUTE="30")
    try:
        access = open_access(settings(small, tmp_path, deadline_seconds=0.5))
        assert access is not None
        limited = 0
        for _ in range(40):
            try:
                access.helix.get_streams(small.channels[:1])
            except RateLimited:
                limited += 1
        assert limited > 0
        assert small.state()["counters"]["helix_requests"] <= 31
    finally:
        small.stop()


def test_all_programs_together_stay_below_twitchs_limit(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory):
    """The two that cannot wait ask last and still get their whole share: the others leave points over."""
    limited = Simulator(tmp_path_factory.mktemp("limited"))
    try:
        chosen = settings(limited, tmp_path, deadline_seconds=2.0)
        counted = {each: ask_until_limited(chosen, each, limited.channels[0]) for each in reversed(get_args(Program))}
        shares = {each: chosen.share(each).points for each in counted}
        assert (counted["monitoring"], counted["clips"]) == (shares["monitoring"], shares["clips"])
        assert all(0 < counted[each] <= shares[each] for each in counted)
        counters = limited.state()["counters"]
        assert counters["helix_requests"] == sum(counted.values())
        assert counters["helix_over_the_limit"] == 0
    finally:
        limited.stop()


def ask_until_limited(settings: TwitchSettings, program: Program, channel_id: str) -> int:
    """Ask as often as the program's share allows at once; return how often that was."""
    access = open_access(settings, share=settings.share(program))
    assert access is not None
    number = 0
    while True:
        try:
            access.helix.get_streams([channel_id])
        except RateLimited:
            return number
        number += 1


def test_an_ended_token_is_refreshed_unseen(access: TwitchAccess, twitch: Simulator, tmp_path: Path):
    twitch.order("revoke", refresh=False)
    assert access.helix.create_clip(twitch.channels[3]).id
    assert json.loads((tmp_path / "tokens.json").read_text())["access_token"] != USER["access_token"]


def test_a_token_is_renewed_before_it_ends(access: TwitchAccess, twitch: Simulator, tmp_path: Path):
    twitch.order("token_lifetime", seconds=60)
    access.user.renew(USER["access_token"], 3.0)
    first = json.loads((tmp_path / "tokens.json").read_text())["access_token"]
    assert access.user.value(3.0) != first


def test_a_withdrawn_sign_in_needs_a_person_and_then_works_again(
    access: TwitchAccess, twitch: Simulator, tmp_path: Path
):
    twitch.order("revoke", refresh=True)
    with pytest.raises(SignInNeeded, match="seed_twitch_tokens"):
        access.helix.create_clip(twitch.channels[4])
    assert not access.signed_in()
    twitch.order("restore")
    (tmp_path / "tokens.json").write_text(json.dumps(USER | {"login": "again"}))
    access.user.validate()
    assert access.user.user_id() == "10000001"


def test_a_missing_scope_is_called_so(access: TwitchAccess, twitch: Simulator, tmp_path: Path):
    """No refresh is tried: it would give a token with the same scopes."""
    twitch.order("scopes", scopes=["chat:read"])
    with pytest.raises(SignInNeeded, match=r"lacks a scope.*Missing scope: clips:edit.*seed_twitch_tokens"):
        access.helix.create_clip(twitch.channels[5])
    assert json.loads((tmp_path / "tokens.json").read_text()) == USER
    assert "clips:edit" in access.user.problem()
    twitch.order("scopes", scopes=["clips:edit"])


def test_a_wrong_secret_is_unauthorized(twitch: Simulator, tmp_path: Path):
    access = open_access(settings(twitch, tmp_path, secret="wrong"))
    assert access is not None
    with pytest.raises(Unauthorized, match="invalid client secret"):
        access.helix.get_streams(twitch.channels[:1])


PROCESS = """
import sys
from twitch_access.access import open_access
from twitch_access.settings import TwitchSettings
access = open_access(TwitchSettings(), makes_clips=True)
access.user.renew("simulator-user-token", 3.0)
access.user.validate()
print(access.user.value(3.0))
"""


def test_several_processes_refresh_one_file_once(access: TwitchAccess, twitch: Simulator, tmp_path: Path):
    chosen = settings(twitch, tmp_path)
    environment = {f"TWITCH_{name.upper()}": str(value) for name, value in chosen.model_dump().items()}
    command = [sys.executable, "-c", PROCESS]
    started = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    answers = [process.communicate(timeout=DEADLINE) for process in started]
    assert [process.returncode for process in started] == [0] * 4, answers
    assert len({output.split()[-1] for output, _ in answers}) == 1
    assert json.loads((tmp_path / "tokens.json").read_text())["access_token"] == answers[0][0].split()[-1]
