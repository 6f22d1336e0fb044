"""The simulator over raw sockets, HTTP, and the unmodified client library twitchAPI."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from twitchAPI.chat import Chat, ChatMessage
from twitchAPI.helper import first
from twitchAPI.twitch import Twitch
from twitchAPI.type import AuthScope, ChatEvent

from twitch_simulator.process import DEADLINE_SECONDS, USER_HEADERS, SimulatorProcess, message_ids

QUIET = ("--bursts-per-minute", "0", "--notices-per-minute", "0")


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """Eight live channels with 60 messages a second and nothing that happens by itself."""
    truth = tmp_path_factory.mktemp("simulator") / "truth"
    flags = ("--channels", "8", "--messages-per-second", "60", "--clip-delay-seconds", "0", *QUIET)
    with SimulatorProcess(truth, *flags) as process:
        yield process


@pytest.fixture
def room(simulator: SimulatorProcess) -> str:
    """The login of the largest channel."""
    return simulator.state()["channels"][0]["login"]


def room_id(simulator: SimulatorProcess, login: str) -> str:
    return next(each["channel_id"] for each in simulator.state()["channels"] if each["login"] == login)


def test_the_wire_and_the_truth_have_the_same_messages(tmp_path: Path) -> None:
    with SimulatorProcess(tmp_path / "truth", "--channels", "3", "--messages-per-second", "200", *QUIET) as simulator:
        client = simulator.chat(*(each["login"] for each in simulator.state()["channels"]))
        while len(message_ids(client.lines)) < 400:
            assert client.read(DEADLINE_SECONDS)
        started = time.monotonic()
        simulator.process.terminate()
        client.until_end()
        assert simulator.process.wait(DEADLINE_SECONDS) == 0
        assert time.monotonic() - started < 3  # a second, with room for a busy machine
    true_ids = [row["message_id"] for row in simulator.rows("messages")]
    assert len(true_ids) == len(set(true_ids))
    assert sorted(true_ids) == sorted(message_ids(client.lines))


def test_scripted_messages_arrive_unchanged_in_order(simulator: SimulatorProcess, room: str) -> None:
    client = simulator.chat(room)
    lines = [{"user": "mia", "text": "first Kappa"}, {"user": "夜", "text": "second; 草"}]
    sent = simulator.order("messages", login=room, lines=lines)["sent"]
    one, two = client.until(sent[0]["message_id"]), None
    two = next((line for line in client.lines if sent[1]["message_id"] in line), None) or client.until("second; 草")
    assert one.endswith(f":mia!mia@mia.tmi.twitch.tv PRIVMSG #{room} :first Kappa")
    assert ";emotes=25:6-10;" in one
    assert two.endswith(" :second; 草")
    assert f"tmi-sent-ts={sent[0]['sent_at']};" in one


def test_a_burst_is_in_the_truth_first_and_as_large_as_stated(simulator: SimulatorProcess, room: str) -> None:
    client = simulator.chat(room)
    answer = simulator.order("burst", login=room, seconds=2, messages_per_second=80, chatters=50, emote="CLIPIT")
    assert simulator.rows("bursts")[-1] == answer
    client.until("CLIPIT")
    while simulator.state()["now"] < answer["ends_at"] + 500:
        client.read(0.2)
    burst_lines = [line for line in client.lines if "CLIPIT" in line and "reply-parent" not in line]
    assert 0.5 * answer["messages"] < len(burst_lines) <= answer["messages"]


def test_joins_above_the_limit_are_dropped(tmp_path: Path) -> None:
    with SimulatorProcess(tmp_path / "truth", "--channels", "25", "--messages-per-second", "0", *QUIET) as simulator:
        client = simulator.chat()
        logins = [each["login"] for each in simulator.state()["channels"]]
        client.send("JOIN " + ",".join(f"#{login}" for login in logins) + "\r\nPING :done\r\n")
        client.until("PONG")
        assert sum("ROOMSTATE" in line for line in client.lines) == 20
        assert simulator.state()["counters"]["joins_dropped"] == 5


def test_a_dropped_connection_ends(simulator: SimulatorProcess, room: str) -> None:
    client = simulator.chat(room)
    assert simulator.order("drop", login=room)["dropped"] >= 1
    client.until_end()


def test_a_silenced_socket_stays_open_without_answers(simulator: SimulatorProcess, room: str) -> None:
    client = simulator.chat(room)
    simulator.order("silence", all=True, seconds=1.5)
    client.read(0.2)  # what was on its way
    client.lines.clear()
    started = time.monotonic()
    client.send("PING :deaf?\r\n")
    client.until("PRIVMSG")  # it speaks again
    assert time.monotonic() - started > 0.8
    assert not any("PONG" in line for line in client.lines)


def test_garbage_raw_lines_and_reconnect_reach_the_sockets(simulator: SimulatorProcess, room: str) -> None:
    client = simulator.chat(room)
    assert simulator.order("garbage", lines=30)["sockets"] >= 1
    simulator.order("garbage", lines=["@@@ not irc"])
    client.until("@@@ not irc")
    simulator.order("raw", login=room, line=":tmi.twitch.tv HOSTTARGET #a :b 3")
    client.until("HOSTTARGET #a :b 3")
    simulator.order("reconnect", close_after_seconds=0.1)
    client.until(":tmi.twitch.tv RECONNECT")
    client.until_end()


def test_notices_and_deletions(simulator: SimulatorProcess, room: str) -> None:
    client = simulator.chat(room)
    client.until("PRIVMSG")
    for kind, command in (("raid", "msg-id=raid"), ("timeout", "CLEARCHAT"), ("delete", "CLEARMSG")):
        row = simulator.order("notice", login=room, kind=kind, amount=77)
        line = client.until(command)
        assert f"tmi-sent-ts={row['sent_at']}" in line
        assert simulator.rows("notices")[-1] == row


def test_a_play_and_a_changed_rule(simulator: SimulatorProcess, room: str) -> None:
    client = simulator.chat(room)
    row = simulator.order("play", login=room, kind="raid", people=20, seconds=1.0, amount=50)
    assert simulator.rows("plays") == [row]
    assert ";msg-param-viewerCount=50;" in client.until("msg-id=raid")
    simulator.order("rule", login=room, rule="slow", value=30)
    assert ";slow=30 " in client.until("ROOMSTATE")
    assert simulator.order("rule", login=room, rule="slow", value=0)["value"] == 0
    assert simulator.state()["counters"]["plays_started"] == 1


def test_malformed_orders_are_refused_with_a_reason(simulator: SimulatorProcess) -> None:
    for name, body in (
        ("burst", {}),
        ("burst", {"login": "x", "seconds": -1}),
        ("drop", {}),
        ("silence", {"all": True}),
        ("clock", {"offset": 3}),
        ("duplicate", {"share": 2}),
        ("notice", {"login": "x", "kind": "party"}),
    ):
        answer = simulator.http.post(f"/control/{name}", json=body)
        assert answer.status_code == 422, name
        assert answer.json()["detail"][0]["msg"]
    assert simulator.http.post("/control/burst", content=b"{").status_code == 422
    assert simulator.http.post("/control/burst", json={"login": "nobody"}).status_code == 404


def test_streams_are_paged_by_viewers_and_filtered(simulator: SimulatorProcess, room: str) -> None:
    found, cursor = [], ""
    while True:
        page = simulator.helix("streams", first=3, **({"after": cursor} if cursor else {})).json()
        found += page["data"]
        cursor = page["pagination"].get("cursor", "")
        if not cursor:
            break
    viewers = [stream["viewer_count"] for stream in found]
    assert len({stream["id"] for stream in found}) == 8
    assert viewers == sorted(viewers, reverse=True)
    (stream,) = simulator.helix("streams", user_login=room).json()["data"]
    (video,) = simulator.helix("videos", user_id=stream["user_id"], type="archive").json()["data"]
    assert video["stream_id"] == stream["id"]
    assert simulator.helix("streams", user_login=["x"] * 101).status_code == 400
    users = simulator.helix("users", id=stream["user_id"], login=found[-1]["user_login"]).json()["data"]
    assert [user["login"] for user in users] == [room, found[-1]["user_login"]]


def test_helix_counts_requests_and_requires_a_token(simulator: SimulatorProcess) -> None:
    headers = simulator.helix("users").headers
    assert headers["ratelimit-limit"] == "800"
    assert int(headers["ratelimit-remaining"]) < 800
    bare = httpx.get(f"{simulator.url}/helix/users")
    assert bare.json() == {"error": "Unauthorized", "status": 401, "message": "OAuth token is missing"}
    wrong = httpx.get(f"{simulator.url}/helix/users", headers=USER_HEADERS | {"Authorization": "Bearer no"})
    assert (wrong.status_code, wrong.json()["message"]) == (401, "Invalid OAuth token")
    other = httpx.get(f"{simulator.url}/helix/users", headers=USER_HEADERS | {"Client-Id": "other"})
    assert (other.status_code, other.json()["message"]) == (401, "Client ID and OAuth token do not match")


def test_an_empty_bucket_gives_429(tmp_path: Path) -> None:
    flags = ("--requests-per-minute", "3", "--channels", "1", *QUIET)
    with SimulatorProcess(tmp_path / "truth", *flags) as simulator:
        answers = [simulator.helix("users") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert int(answers[-1].headers["ratelimit-reset"]) > time.time()


def test_clips_are_made_refused_and_lost(simulator: SimulatorProcess, room: str) -> None:
    channel_id = room_id(simulator, room)
    made = simulator.helix("clips", "POST", broadcaster_id=channel_id, title="The moment", duration=12.5)
    assert made.status_code == 202
    (row,) = made.json()["data"]
    assert set(row) == {"id", "edit_url"}
    (clip,) = simulator.helix("clips", id=row["id"]).json()["data"]
    assert (clip["title"], clip["duration"], clip["broadcaster_id"]) == ("The moment", 12.5, channel_id)
    assert simulator.rows("clips")[-1]["clip_id"] == row["id"]
    assert httpx.get(clip["thumbnail_url"]).headers["content-type"] == "image/svg+xml"
    page = httpx.get(clip["embed_url"] + "&parent=localhost")
    assert "The moment" in page.text
    assert "http://localhost:*" in page.headers["content-security-policy"]
    simulator.order("refuse_clips", login=room, status=403, message="Not here.", count=1)
    refused = simulator.helix("clips", "POST", broadcaster_id=channel_id)
    assert refused.json() == {"error": "Forbidden", "status": 403, "message": "Not here."}
    simulator.order("never_appear", count=1)
    lost = simulator.helix("clips", "POST", broadcaster_id=channel_id).json()["data"][0]["id"]
    assert simulator.helix("clips", id=lost).json()["data"] == []
    for wrong in ({"duration": 4}, {"duration": "x"}, {"title": "x" * 500}):
        assert simulator.helix("clips", "POST", broadcaster_id=channel_id, **wrong).status_code == 400


def test_an_offline_channel_cannot_be_clipped(simulator: SimulatorProcess) -> None:
    channel = simulator.state()["channels"][-1]
    assert simulator.order("stream", login=channel["login"], live=False)["live"] is False
    assert simulator.helix("streams", user_id=channel["channel_id"]).json()["data"] == []
    assert simulator.helix("clips", "POST", broadcaster_id=channel["channel_id"]).status_code == 404
    changed = simulator.order("stream", login=channel["login"], live=True, title="Back", game_name="Go")
    (stream,) = simulator.helix("streams", user_id=channel["channel_id"]).json()["data"]
    assert (stream["id"], stream["title"], stream["game_name"]) == (changed["stream_id"], "Back", "Go")


def test_endpoint_faults(simulator: SimulatorProcess, room: str) -> None:
    simulator.order("helix_fault", endpoint="streams", status=429, count=1)
    limited = simulator.helix("streams")
    assert (limited.status_code, limited.headers["ratelimit-remaining"]) == (429, "0")
    assert simulator.helix("streams").status_code == 200
    before = len(simulator.rows("clips"))
    simulator.order("helix_fault", endpoint="POST clips", status=500, count=1, acts=True)
    assert simulator.helix("clips", "POST", broadcaster_id=room_id(simulator, room)).status_code == 500
    assert len(simulator.rows("clips")) == before + 1
    simulator.order("helix_fault", endpoint="users", status=200, body={"data": "wrong"})
    assert simulator.helix("users").json() == {"data": "wrong"}


def test_tokens_are_issued_checked_refreshed_and_revoked(simulator: SimulatorProcess) -> None:
    client = {"client_id": "simulator", "client_secret": "simulator"}

    def token(**fields: str) -> httpx.Response:
        return simulator.http.post("/oauth2/token", data=client | fields)

    def validate(value: str) -> httpx.Response:
        return simulator.http.get("/oauth2/validate", headers={"Authorization": f"OAuth {value}"})

    app = token(grant_type="client_credentials").json()
    assert app["token_type"] == "bearer"
    assert "user_id" not in validate(app["access_token"]).json()
    assert validate("simulator-user-token").json()["login"] == "stream_scout"
    assert simulator.order("revoke")["revoked"] >= 1
    assert validate("simulator-user-token").status_code == 401
    assert simulator.helix("users").status_code == 401
    fresh = token(grant_type="refresh_token", refresh_token="simulator-refresh-token").json()
    assert validate(fresh["access_token"]).json()["scopes"] == ["clips:edit", "chat:read", "chat:edit"]
    simulator.order("revoke", refresh=True)
    assert token(grant_type="refresh_token", refresh_token="simulator-refresh-token").status_code == 400
    simulator.order("restore")
    assert validate("simulator-user-token").status_code == 200
    assert token(grant_type="client_credentials", client_secret="no").status_code == 403


async def test_twitchapi_reads_chat_and_helix(simulator: SimulatorProcess, room: str) -> None:
    twitch = await Twitch(
        "simulator", "simulator", base_url=f"{simulator.url}/helix/", auth_base_url=f"{simulator.url}/oauth2/"
    )
    scopes = [AuthScope.CHAT_READ, AuthScope.CLIPS_EDIT]
    await twitch.set_user_authentication("simulator-user-token", scopes, "simulator-refresh-token")
    stream = await first(twitch.get_streams(user_login=[room]))
    assert stream is not None
    assert stream.user_login == room
    clip = await twitch.create_clip(stream.user_id)
    assert (await first(twitch.get_clips(clip_id=[clip.id]))).broadcaster_id == stream.user_id
    loop = asyncio.get_running_loop()
    heard: asyncio.Future[ChatMessage] = loop.create_future()

    async def hear(message: ChatMessage) -> None:
        """The client calls it in a thread of its own."""
        if message.text == "Kappa hello Kappa":
            loop.call_soon_threadsafe(heard.set_result, message)

    chat = await Chat(twitch, connection_url=f"ws://127.0.0.1:{simulator.ports['websocket']}", initial_channel=[room],
                      callback_loop=loop)  # fmt: skip
    chat.register_event(ChatEvent.MESSAGE, hear)
    chat.start()
    try:
        async with asyncio.timeout(3 * DEADLINE_SECONDS):  # on a busy machine the client tries to join twice, 10 s each
            while room not in chat.room_cache:
                await asyncio.sleep(0.05)  # the client does not report when it has joined
            lines = [{"user": "mia", "text": "Kappa hello Kappa"}]
            (sent,) = simulator.order("messages", login=room, lines=lines)["sent"]
            message = await heard
    finally:
        chat.stop()
        await twitch.close()
    assert (message.id, message.sent_timestamp, message.user.name) == (sent["message_id"], sent["sent_at"], "mia")
    spans = message.emotes["25"]
    assert [(int(each["start_position"]), int(each["end_position"])) for each in spans] == [(0, 4), (12, 16)]


def test_recorded_chat_is_replayed_completely(tmp_path: Path) -> None:
    folder = os.environ.get("CHAT_DATA", "")
    recordings = sorted(Path(folder).glob("*.jsonl.gz"), key=lambda path: path.stat().st_size) if folder else []
    if not recordings:
        pytest.skip("CHAT_DATA names no folder with recorded chat")
    name = recordings[0].name.removesuffix(".jsonl.gz")
    flags = ("--replay", name, "--replay-speed", "20000", "--channels", "1", "--messages-per-second", "0", *QUIET)
    with SimulatorProcess(tmp_path / "truth", *flags) as simulator:
        client = simulator.chat(simulator.state()["channels"][-1]["login"])
        total = simulator.state()["replays"][0]["total"]
        while len(message_ids(client.lines)) < total:
            assert client.read(DEADLINE_SECONDS)
        assert len(simulator.rows("messages")) == total


def run_once(tmp_path: Path, *flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "twitch_simulator", "--truth-file", str(tmp_path / "truth"), *flags]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=os.environ | environment, cwd=tmp_path, check=False
    )


def test_start_problems_are_reported(simulator: SimulatorProcess, tmp_path: Path) -> None:
    wrong = run_once(tmp_path, "--channels", "0", SIMULATOR_SEED="x")
    assert wrong.returncode == 2
    assert "SIMULATOR_CHANNELS" in wrong.stderr
    assert "SIMULATOR_SEED" in wrong.stderr
    used = run_once(tmp_path, "--irc-port", str(simulator.ports["irc"]))
    assert used.returncode == 2
    assert str(simulator.ports["irc"]) in json.loads(used.stderr.splitlines()[-1])["reason"]
    missing = run_once(tmp_path, "--replay", "no-such", CHAT_DATA=str(tmp_path))
    assert missing.returncode == 2
    assert "no-such" in missing.stderr
