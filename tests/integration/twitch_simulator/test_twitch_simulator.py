"""The simulator over raw sockets, HTTP, and the unmodified client library twitchAPI."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from integration.support.quiet_simulator import QUIET
from twitchAPI.chat import Chat, ChatMessage
from twitchAPI.helper import first
from twitchAPI.twitch import Twitch
from twitchAPI.type import AuthScope, ChatEvent

from twitch_simulator.process import DEADLINE_SECONDS, SimulatorProcess, message_ids


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
            loop.call_soon_threadsafe(lambda: heard.done() or heard.set_result(message))

    chat = await Chat(twitch, connection_url=f"ws://127.0.0.1:{simulator.ports['websocket']}", initial_channel=[room],
                      callback_loop=loop)  # fmt: skip
    chat.register_event(ChatEvent.MESSAGE, hear)
    chat.start()
    try:
        async with asyncio.timeout(3 * DEADLINE_SECONDS):  # on a busy machine the client tries to join twice, 10 s each
            while room not in chat.room_cache:
                await asyncio.sleep(0.05)  # the client does not report when it has joined
            lines, sent = [{"user": "mia", "text": "Kappa hello Kappa"}], {}
            while not heard.done():  # one line may fall between its two joins
                (line,) = simulator.order("messages", login=room, lines=lines)["sent"]
                sent[line["message_id"]] = line["sent_at"]
                await asyncio.wait({heard}, timeout=2)
            message = await heard
    finally:
        chat.stop()
        await twitch.close()
    assert (message.sent_timestamp, message.user.name) == (sent[message.id], "mia")
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
