"""Servers of a simulated Discord that follow channels of a simulated Twitch, and what became of their notices."""

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

from discord_notices.messages.marker import nonce_in
from discord_simulator.process import DiscordProcess
from embedded.processes.waiting import wait_for
from twitch_simulator.process import SimulatorProcess

QUIET = ("--messages-per-second", "0", "--bursts-per-minute", "0", "--notices-per-minute", "0")
LIVE = "live"  # the text channel of each server where notices are posted


@dataclass
class Town:
    """`streams`: the id of every stream that was begun, by the channel's id. `dsn`: the owner's address."""

    dsn: str
    discord: DiscordProcess
    twitch: SimulatorProcess
    guilds: list[dict[str, Any]] = field(default_factory=list)
    channels: list[dict[str, Any]] = field(default_factory=list)
    streams: list[tuple[str, str]] = field(default_factory=list)  # channel id, stream id

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
        for each in channels:
            self.execute(
                "INSERT INTO discord_streamers (channel_id, login, display_name) VALUES (%s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                each["channel_id"], each["login"], each["login"].title(),
            )  # fmt: skip
        for guild in guilds:
            self.execute(
                "UPDATE discord_guilds SET text_channel_id = %s WHERE guild_id = %s",
                int(guild["channels"][LIVE]), int(guild["guild_id"]),
            )  # fmt: skip
            self.execute(
                "INSERT INTO discord_follows (guild_id, channel_id) SELECT %s, unnest(%s::text[]) ON CONFLICT DO NOTHING",
                int(guild["guild_id"]), [each["channel_id"] for each in channels],
            )  # fmt: skip

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

    def notices(self) -> dict[str, list[dict[str, Any]]]:
        """Return every message of the bot's that was ever sent, by its nonce."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.discord.rows("messages"):
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
