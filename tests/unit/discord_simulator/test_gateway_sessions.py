"""Sessions: numbered events, resuming, intents and shards; and the streams that compress them."""

import json
import zlib
from typing import Any

from discord_simulator.gateway.compression import Plain, compressor
from discord_simulator.gateway.events import GUILD_MESSAGES, GUILDS, MESSAGE_CONTENT
from discord_simulator.messages.drafts import read_draft


class Wire:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def send(self, text: str) -> None:
        self.rows.append(json.loads(text))

    def names(self) -> list[str]:
        return [row["t"] for row in self.rows]


def say(server: Any, text: str, user_id: int | None = None) -> None:
    place = server.channel("live").channel_id
    server.discord.posting.send(user_id or server.bot_id, place, read_draft({"content": text}))


def test_a_session_begins_with_ready_and_the_servers(server: Any) -> None:
    wire = Wire()
    server.discord.hub.open(wire, GUILDS, (0, 1))
    ready, guild = wire.rows
    assert (ready["t"], ready["s"], ready["d"]["shard"]) == ("READY", 1, [0, 1])
    assert ready["d"]["guilds"] == [{"id": str(server.guild.guild_id), "unavailable": True}]
    assert (guild["t"], guild["s"], guild["d"]["name"]) == ("GUILD_CREATE", 2, server.guild.name)
    assert [each["user"]["id"] for each in guild["d"]["members"]] == [str(server.bot_id)]


def test_a_resumed_session_gets_what_it_missed(server: Any) -> None:
    hub, wire, later = server.discord.hub, Wire(), Wire()
    session = hub.open(wire, GUILDS | GUILD_MESSAGES, (0, 1))
    session.lose(wire, server.now)
    say(server, "one")
    say(server, "two")
    assert len(wire.rows) == 2
    assert hub.resume(later, session.session_id, 2) is session
    assert later.names() == ["MESSAGE_CREATE", "MESSAGE_CREATE", "RESUMED"]
    assert [row["s"] for row in later.rows] == [3, 4, 5]


def test_what_cannot_be_resumed(server: Any) -> None:
    hub, wire = server.discord.hub, Wire()
    session = hub.open(wire, GUILDS, (0, 1))
    assert hub.resume(Wire(), "unknown", 1) is None
    assert hub.resume(Wire(), session.session_id, 99) is None
    session.lose(wire, server.now)
    server.now += 120_001
    assert hub.resume(Wire(), session.session_id, 2) is None


def test_a_session_hears_only_what_its_intents_cover(server: Any) -> None:
    quiet, reader, all_of_it = Wire(), Wire(), Wire()
    for wire, intents in (
        (quiet, GUILDS),
        (reader, GUILDS | GUILD_MESSAGES),
        (all_of_it, GUILD_MESSAGES | MESSAGE_CONTENT),
    ):
        server.discord.hub.open(wire, intents, (0, 1))
        wire.rows.clear()
    say(server, "mine")
    say(server, "theirs", server.owner().user_id)
    say(server, f"to <@{server.bot_id}>", server.owner().user_id)
    assert quiet.rows == []
    assert [row["d"]["content"] for row in reader.rows] == ["mine", "", f"to <@{server.bot_id}>"]
    assert [row["d"]["content"] for row in all_of_it.rows][1] == "theirs"


def test_servers_are_spread_over_shards(make_server: Any) -> None:
    server, wires = make_server(guilds=12), [Wire(), Wire(), Wire()]
    for number, wire in enumerate(wires):
        server.discord.hub.open(wire, GUILDS, (number, 3))
    told = [row["d"]["id"] for wire in wires for row in wire.rows if row["t"] == "GUILD_CREATE"]
    assert len(told) == len(set(told)) == 12
    assert all(len(wire.rows) > 1 for wire in wires)


def test_sessions_are_started_slowly_and_not_too_often(make_server: Any) -> None:
    hub = (server := make_server(identifies_per_day=2)).discord.hub
    assert hub.may_identify()
    assert not hub.may_identify()
    server.now += 5000
    assert hub.may_identify()
    server.now += 5000
    assert not hub.may_identify()  # the day's limit
    assert (hub.starts_left(), hub.starts_reset_ms()) == (0, 86_390_000)
    server.now += 86_390_000
    assert hub.may_identify()


def test_an_outage_is_told_as_discord_does(server: Any) -> None:
    server.discord.set_outage(server.guild, True)
    server.discord.set_outage(server.guild, False)
    (gone, back) = server.heard()
    assert gone == ("GUILD_DELETE", {"id": str(server.guild.guild_id), "unavailable": True})
    assert (back[0], back[1]["unavailable"]) == ("GUILD_CREATE", False)


def test_a_server_that_was_joined_just_now_says_nothing_of_an_outage(server: Any) -> None:
    server.discord.leave(server.guild)
    server.discord.join(server.guild, 1 << 10)
    _, (event, data) = server.heard()
    assert event == "GUILD_CREATE"
    assert "unavailable" not in data


def test_a_zlib_stream_is_one_for_the_connection() -> None:
    stream, reader = compressor("zlib-stream"), zlib.decompressobj()
    frames = [stream.frame("one"), stream.frame("two")]
    assert all(isinstance(frame, bytes) and frame.endswith(b"\x00\x00\xff\xff") for frame in frames)
    assert [reader.decompress(frame) for frame in frames] == [b"one", b"two"]  # type: ignore[arg-type]
    assert isinstance(compressor(""), Plain)
