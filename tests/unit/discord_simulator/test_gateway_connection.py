"""The gateway's protocol: identify, heartbeats, resuming, and the codes with which mistakes are answered."""

import json
from typing import Any

import pytest

from discord_simulator.gateway.connection import Connection, GatewayClosedError, Rules

TOKEN = "the token"
IDENTIFY = {"token": f"Bot {TOKEN}", "intents": 1, "properties": {}}


class Line:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.is_cut = False

    def is_open(self) -> bool:
        return not self.is_cut

    def send(self, frame: str | bytes) -> None:
        self.rows.append(json.loads(frame))

    def cut(self) -> None:
        self.is_cut = True

    async def close(self, code: int, reason: str) -> None:
        self.rows.append({"op": "close", "d": code})

    def ops(self) -> list[Any]:
        return [row["op"] for row in self.rows]


class Client:
    """A client's end of a connection."""

    def __init__(self, server: Any, address: str = "/?v=10&encoding=json") -> None:
        self.line, self.server = Line(), server
        rules = Rules(TOKEN, 1000, False, lambda: server.now)
        self.connection = Connection(self.line, address, server.discord.hub, rules)

    def say(self, op: int, data: Any = None) -> None:
        self.connection.receive(json.dumps({"op": op, "d": data}))

    def refusal(self, op: int, data: Any = None) -> int:
        with pytest.raises(GatewayClosedError) as raised:
            self.say(op, data)
        return raised.value.code


@pytest.fixture
def client(make_server: Any) -> Client:
    return Client(make_server(identify_seconds=0))


def test_a_client_is_greeted_answers_and_identifies(client: Client) -> None:
    client.connection.greet()
    client.say(1)
    client.say(2, IDENTIFY)
    assert client.line.ops() == [10, 11, 0, 0]
    assert client.line.rows[0]["d"]["heartbeat_interval"] == 1000
    assert [row["t"] for row in client.line.rows[2:]] == ["READY", "GUILD_CREATE"]


@pytest.mark.parametrize(
    ("code", "op", "data"),
    [
        (4001, 99, None),
        (4003, 3, {}),
        (4004, 2, IDENTIFY | {"token": "wrong"}),
        (4004, 2, "odd"),
        (4004, 6, {"token": "wrong"}),
        (4010, 2, IDENTIFY | {"shard": [2, 2]}),
        (4010, 2, IDENTIFY | {"shard": ["a"]}),
        (4013, 2, IDENTIFY | {"intents": 1 << 40}),
        (4013, 2, IDENTIFY | {"intents": "1"}),
        (4014, 2, IDENTIFY | {"intents": 1 << 15}),
    ],
)
def test_mistakes_have_codes(client: Client, code: int, op: int, data: Any) -> None:
    assert client.refusal(op, data) == code


@pytest.mark.parametrize("frame", ["{", "[]", b"\xff", json.dumps({"op": 1, "d": "x" * 4096})])
def test_what_is_no_payload_is_refused(client: Client, frame: str | bytes) -> None:
    with pytest.raises(GatewayClosedError, match="4002"):
        client.connection.receive(frame)


def test_a_client_identifies_once_and_does_not_flood(client: Client) -> None:
    client.say(2, IDENTIFY)
    assert client.refusal(2, IDENTIFY) == 4005
    for _ in range(118):
        client.say(1)
    assert client.refusal(1) == 4008


def test_another_version_is_refused(client: Client) -> None:
    with pytest.raises(GatewayClosedError, match="4012"):
        Client(client.server, "/?v=7").connection.greet()


def test_too_many_servers_need_shards(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discord_simulator.gateway.hub.GUILDS_PER_SHARD", 0)
    assert client.refusal(2, IDENTIFY) == 4011


def test_a_client_without_heartbeats_is_dead(client: Client) -> None:
    server = client.server
    server.now += 1500
    assert not client.connection.is_dead()
    server.now += 1
    assert client.connection.is_dead()
    client.say(1)
    assert not client.connection.is_dead()


@pytest.mark.parametrize(
    ("code", "can_resume"), [(1006, True), (4000, True), (None, True), (1000, False), (1001, False)]
)
def test_a_session_outlives_its_connection(client: Client, code: int | None, can_resume: bool) -> None:
    client.say(2, IDENTIFY)
    session = client.connection.session
    assert session is not None
    client.connection.left(code)
    later = Client(client.server)
    later.say(6, {"token": TOKEN, "session_id": session.session_id, "seq": session.sequence})
    (answer,) = later.line.rows
    assert (answer["t"], answer["op"]) == (("RESUMED", 0) if can_resume else (None, 9))


def test_an_invalidated_session_cannot_be_resumed(client: Client) -> None:
    client.say(2, IDENTIFY)
    session = client.connection.session
    assert session is not None
    client.connection.invalidate(can_resume=True)
    hub = client.server.discord.hub
    assert session.session_id in hub.sessions
    client.connection.invalidate(can_resume=False)
    client.connection.ask_to_reconnect()
    assert session.session_id not in hub.sessions
    assert [(row["op"], row["d"]) for row in client.line.rows[-3:]] == [(9, True), (9, False), (7, None)]


def test_a_silenced_connection_neither_hears_nor_speaks(client: Client) -> None:
    client.connection.silence(2)
    client.say(1)
    client.say(99)
    assert client.line.rows == []
    client.server.now += 2000
    client.say(1)
    assert client.line.ops() == [11]


def test_identifying_again_at_once_is_an_invalid_session(make_server: Any) -> None:
    server = make_server(identify_seconds=5)
    first, second = Client(server), Client(server)
    first.say(2, IDENTIFY)
    second.say(2, IDENTIFY)
    assert [(row["op"], row["d"]) for row in second.line.rows] == [(9, False)]
