"""Servers of a simulated Discord that follow channels of a simulated Twitch, and what became of their notices."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from integration.support.database import as_role
from integration.support.discord_bot_process import DEADLINE, BotProcess
from psycopg.rows import dict_row

from discord_notices.messages.marker import nonce_in, nonce_of
from discord_simulator.process import DiscordProcess
from embedded.processes.waiting import wait_for
from twitch_simulator.process import SimulatorProcess

QUIET = ("--messages-per-second", "0", "--bursts-per-minute", "0", "--notices-per-minute", "0")
POLL_SECONDS = 0.2
LIVE = "live"  # the text channel of each server where notices are posted


@dataclass
class Recount:
    """How many notices should have been sent, and what is wrong with them."""

    notices: int = 0
    lost: int = 0
    doubled: int = 0
    unknown: int = 0


@dataclass
class Town:
    """`streams`: the id of every stream that was begun, by the channel's id. `dsn`: the owner's address."""

    dsn: str
    discord: DiscordProcess
    twitch: SimulatorProcess
    guilds: list[dict[str, Any]] = field(default_factory=list)
    channels: list[dict[str, Any]] = field(default_factory=list)
    streams: list[tuple[str, str]] = field(default_factory=list)  # channel id, stream id
    bot: BotProcess | None = None
    _messages: list[dict[str, Any]] = field(default_factory=list)
    _read: int = 0  # bytes

    def __post_init__(self) -> None:
        self.guilds = [each for each in self.discord.guilds() if each["has_bot"]]
        self.channels = self.twitch.state()["channels"]
        for each in self.channels:
            self.offline(each)

    def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Run a statement as the bot's role."""
        with psycopg.connect(as_role(self.dsn, "discord_bot"), autocommit=True, row_factory=dict_row) as connection:
            answer = connection.execute(statement, values)  # type: ignore[call-overload]
            return list(answer.fetchall()) if answer.description else []

    def execute(self, statement: str, *values: Any) -> None:
        """Run a statement as the bot's role, for its effect."""
        self.rows(statement, *values)

    def follow(self, guilds: Iterable[dict[str, Any]], channels: Iterable[dict[str, Any]]) -> None:
        """Let servers follow channels; their notices go to `live`. The bot has been in the servers before."""
        guilds, channels = list(guilds), list(channels)
        wait_for("the servers are known", lambda: self._knows(guilds), DEADLINE)
        ids, logins = [each["channel_id"] for each in channels], [each["login"] for each in channels]
        self.execute(
            "INSERT INTO discord_streamers (channel_id, login, display_name)"
            " SELECT channel_id, login, initcap(login) FROM unnest(%s::text[], %s::text[]) AS r(channel_id, login)"
            " ON CONFLICT DO NOTHING",
            ids, logins,
        )  # fmt: skip
        self.post_into(guilds, LIVE)
        self.execute(
            "INSERT INTO discord_follows (guild_id, channel_id)"
            " SELECT guild_id, channel_id FROM unnest(%s::bigint[]) AS guild_id, unnest(%s::text[]) AS channel_id"
            " ON CONFLICT DO NOTHING",
            [int(each["guild_id"]) for each in guilds], ids,
        )  # fmt: skip

    def post_into(self, guilds: Iterable[dict[str, Any]], name: str) -> None:
        """Let servers' notices go to their text channels of this name."""
        guilds = list(guilds)
        self.execute(
            "UPDATE discord_guilds AS g SET text_channel_id = r.place"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS r(guild_id, place) WHERE g.guild_id = r.guild_id",
            [int(each["guild_id"]) for each in guilds], [int(each["channels"][name]) for each in guilds],
        )  # fmt: skip

    def expected(self, stream_ids: Iterable[str]) -> set[tuple[int, str]]:
        """Return the server and stream of every notice that these streams make."""
        wanted = set(stream_ids)
        rows = self.rows("SELECT guild_id, channel_id FROM discord_follows")
        return {
            (row["guild_id"], stream_id)
            for row in rows
            for channel_id, stream_id in self.streams
            if stream_id in wanted and channel_id == row["channel_id"]
        }

    def recount(self, expected: Iterable[tuple[int, str]]) -> "Recount":
        """Compare what Discord was sent with what should have been."""
        sent = {nonce: len(rows) for nonce, rows in self.notices().items()}
        unknown = {key for key, row in self.ledger().items() if row["state"] == "unknown"}
        found = Recount()
        for guild_id, stream_id in expected:
            number = sum(sent.get(nonce_of(guild_id, place, "live", stream_id), 0) for place in self._places(guild_id))
            found.notices += 1
            found.doubled += max(0, number - 1)
            if number == 0 and (guild_id, stream_id) in unknown:
                found.unknown += 1
            elif number == 0:
                found.lost += 1
        return found

    def _places(self, guild_id: int) -> list[int]:
        """Return all text channels that a server has had."""
        return [
            int(channel_id)
            for each in self.guilds
            if int(each["guild_id"]) == guild_id
            for channel_id in each["channels"].values()
        ]

    def until_told(self, expected: Iterable[tuple[int, str]], seconds: float) -> "Recount":
        """Wait until nothing is missing and nothing is open, or for so long; return what is then."""
        wanted, deadline = set(expected), time.monotonic() + seconds
        while True:
            found = self.recount(wanted)
            open_ones = [key for key, row in self.ledger().items() if row["state"] == "intent" and key in wanted]
            if (found.lost == 0 and not open_ones) or time.monotonic() > deadline:
                return found
            time.sleep(POLL_SECONDS)

    def _knows(self, guilds: list[dict[str, Any]]) -> bool:
        known = {row["guild_id"] for row in self.rows("SELECT guild_id FROM discord_guilds")}
        return {int(each["guild_id"]) for each in guilds} <= known

    def live(self, channel: dict[str, Any], **changes: Any) -> str:
        """Let a channel broadcast and return the stream's id; it goes on where it is live."""
        stream_id = str(self.twitch.order("stream", login=channel["login"], live=True, **changes)["stream_id"])
        if (channel["channel_id"], stream_id) not in self.streams:
            self.streams.append((channel["channel_id"], stream_id))
        return stream_id

    def offline(self, channel: dict[str, Any]) -> None:
        """End a channel's broadcast."""
        self.twitch.order("stream", login=channel["login"], live=False)

    def command(self, guild: dict[str, Any], text: str, channel: str = LIVE, user: str = "") -> dict[str, Any]:
        """Let a person type a command, the owner unless another is named, and return the outcome."""
        user_id = guild["members"][user] if user else guild["owner_id"]
        place = {"channel_id": guild["channels"][channel], "user_id": user_id}
        return self.discord.order("command", text=text, **place)

    def answer(self, guild: dict[str, Any], text: str, channel: str = LIVE, user: str = "") -> dict[str, Any]:
        """Let a person type a command; return the bot's answer once it is there."""
        outcome = self.command(guild, text, channel, user)
        assert outcome["answered"], outcome
        user_id, channel_id = guild["members"][user] if user else guild["owner_id"], guild["channels"][channel]

        def found() -> dict[str, Any] | None:
            for each in self.discord.messages(channel_id, user_id):
                if each["id"] == outcome["message"]["id"] and (each["content"] or each["embeds"]):
                    return each
            return None

        return dict(wait_for(f"an answer to {text}", found, DEADLINE)) | {"ephemeral": outcome["ephemeral"]}

    def messages(self) -> list[dict[str, Any]]:
        """Return what Discord has written down of messages so far; a line that is being written comes later."""
        with (self.discord.truth / "messages.jsonl").open() as file:
            file.seek(self._read)
            whole = file.read().rpartition("\n")[0]
        self._read += len(f"{whole}\n".encode()) if whole else 0
        self._messages += map(json.loads, whole.splitlines())
        return self._messages

    def notices(self) -> dict[str, list[dict[str, Any]]]:
        """Return every message of the bot's that was ever sent, by its nonce."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.messages():
            nonces = {nonce for embed in row["embeds"] or [] if (nonce := nonce_in(embed.get("url")))}
            if row["action"] == "create" and not row["ephemeral"]:
                for nonce in nonces:
                    found.setdefault(nonce, []).append(row)
        return found

    def ledger(self) -> dict[tuple[int, str], dict[str, Any]]:
        """Return the bot's rows of live notices by server and stream."""
        rows = self.rows("SELECT * FROM discord_messages WHERE kind = 'live'")
        return {(row["guild_id"], row["subject"]): row for row in rows}

    def states(self) -> Counter[str]:
        """Return how many live notices are in which state."""
        return Counter(row["state"] for row in self.ledger().values())


@contextmanager
def town(folder: Path, dsn: str, *, guilds: int, channels: int, flags: Iterable[str] = ()) -> Iterator[Town]:
    """A Discord and a Twitch where nobody is live."""
    some = ["--guilds", str(guilds), "--other-guilds", "0", *flags]
    with (
        DiscordProcess(folder / "discord", *some) as discord,
        SimulatorProcess(folder / "twitch", "--channels", str(channels), *QUIET) as twitch,
    ):
        yield Town(dsn, discord, twitch)


def bot_of(place: Town, folder: Path, name: str = "bot", **more: str) -> BotProcess:
    """Return a bot of this town, not started yet."""
    return BotProcess(folder, place.dsn, place.discord, place.twitch, name, **more)
