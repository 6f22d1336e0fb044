"""The site with its Discord pages between a real Postgres and the simulated Discord, and the browsers of people."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from integration.support.api_frontend_process import SiteProcess
from integration.support.clip_creator_process import Simulator
from integration.support.database import as_role
from integration.support.discord_visitor import RETURN, Visitor

from discord_bot.data.database import Database
from discord_bot.data.guilds import Guilds, Present
from discord_notices.rules.places import Places, Role, TextChannel
from discord_simulator.process import CLIENT, DiscordProcess

HIDDEN = {"mods", "Information", "Chat", "Voice"}  # not text channels, or not seen by the bot


def discord_settings(simulator: DiscordProcess, folder: Path, **changes: str) -> dict[str, str]:
    """The settings of a site whose visitors sign in at the simulated Discord; rights are asked for each time."""
    secret = folder / "discord_client_secret"
    secret.write_text(f"{CLIENT['client_secret']}\n")
    return {
        "API_DISCORD_CLIENT_ID": CLIENT["client_id"],
        "API_DISCORD_CLIENT_SECRET_FILE": str(secret),
        "API_DISCORD_RETURN_URL": RETURN,
        "API_DISCORD_API_URL": simulator.api,
        "API_DISCORD_PAGE_URL": f"{simulator.pages}/oauth2/authorize",
        "API_DISCORD_SIGN_IN_LIMIT": "1000/hour",
        "API_DISCORD_RIGHTS_SECONDS": "0",
    } | changes


def places_of(guild: dict[str, Any]) -> Places:
    """What the bot sees of a simulated server."""
    return Places(
        text_channels=tuple(
            TextChannel(text_channel_id=int(number), name=name, may_post=name != "welcome")
            for name, number in guild["channels"].items()
            if name not in HIDDEN
        ),
        roles=tuple(
            Role(role_id=int(number), name=name) for name, number in guild["roles"].items() if name != "@everyone"
        ),
    )


def write_servers(dsn: str, guilds: Sequence[dict[str, Any]]) -> None:
    """Write down as the bot does which servers it is in, with their channels and roles."""

    async def write() -> None:
        database = Database(as_role(dsn, "discord_bot"))
        await database.open()
        kept = Guilds(database)
        await kept.keep(
            [Present(guild_id=int(each["guild_id"]), name=each["name"], locale=each["locale"]) for each in guilds]
        )
        await kept.leave_all_but([int(each["guild_id"]) for each in guilds])
        await kept.keep_places({int(each["guild_id"]): places_of(each) for each in guilds})
        await database.close()

    with ThreadPoolExecutor(1) as thread:  # the test itself may be in an event loop, as with Playwright
        thread.submit(lambda: asyncio.run(write())).result()


def rows(dsn: str, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Run a statement as the owner."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        answer = connection.execute(sql, values)
        return answer.fetchall() if answer.description else []


@dataclass(frozen=True)
class BotWorld:
    """A site with its Discord pages, the simulated Discord and Twitch, and servers that the bot is in."""

    site: SiteProcess
    discord: DiscordProcess
    twitch: Simulator
    dsn: str
    folder: Path

    @property
    def servers(self) -> list[dict[str, Any]]:
        """The servers, those with the bot first."""
        return sorted(self.discord.guilds(), key=lambda each: not each["has_bot"])

    def renew(self) -> None:
        """Let the bot write down what Discord has now, and nothing else."""
        rows(self.dsn, "TRUNCATE discord_guilds, discord_streamers, web_sessions CASCADE")
        write_servers(self.dsn, [each for each in self.discord.guilds() if each["has_bot"]])

    def owner_of(self, server: dict[str, Any], url: str = "") -> Visitor:
        """The browser of a server's owner."""
        return Visitor(url or self.site.url, self.discord, server["owner_id"])


@contextmanager
def open_world(dsn: str, folder: Path) -> Iterator[BotWorld]:
    """Start a site with everybody around it."""
    twitch, secret = Simulator(folder), folder / "twitch_secret"
    secret.write_text("simulator")
    flags = ("--guilds", "3", "--other-guilds", "1", "--limit-scale", "1000")
    with DiscordProcess(folder / "discord", *flags) as discord:
        settings = discord_settings(discord, folder) | {
            "TWITCH_CLIENT_ID": "simulator",
            "TWITCH_CLIENT_SECRET_FILE": str(secret),
            "TWITCH_AUTH_URL": f"{twitch.url}/oauth2/",
            "TWITCH_API_URL": f"{twitch.url}/helix/",
            "TWITCH_DEADLINE_SECONDS": "1",
        }
        with SiteProcess(dsn, folder, **settings) as site:
            yield BotWorld(site, discord, twitch, dsn, folder)
    twitch.stop()
