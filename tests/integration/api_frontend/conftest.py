"""Databases as the recorder fills them, and a site with moments to tell other programs of."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from integration.support.api_frontend_process import Rows, SiteProcess
from integration.support.clip_creator_process import Simulator
from integration.support.discord_site import Visitor, discord_settings, write_servers
from integration.support.discord_site import rows as rows_of
from integration.support.outward import EVIL, PUBLIC

from discord_simulator.process import DiscordProcess


@pytest.fixture
def rows(postgres: str) -> Iterator[Rows]:
    """What the recorder writes: two channels and a pipeline that runs."""
    rows = Rows(postgres)
    rows.channel("11", "lunaplays")
    rows.channel("12", "kraken")
    rows.progress()
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def outward_rows(postgres_of_module: str) -> Iterator[Rows]:
    """Fifty moments of three channels, one of them with a hostile name."""
    rows = Rows(postgres_of_module)
    rows.channel("11", "lunaplays")
    rows.channel("12", "kraken")
    for number in range(45):
        channel = "12" if number % 3 == 0 else "11"
        rows.moment(f"m{number:03d}", 60 * (number + 1), channel_id=channel, revision=3, expected=14.0, mood="laughter")
    rows.clip("m001", "made")
    rows.moment("open", 30, revision=1)
    rows.moment("s0", 5, shadow=True)
    rows.channel("13", "evilchannel")
    rows.name("13", EVIL)
    rows.moment("evil", 7200, channel_id="13", revision=3, causes=["raid"])
    rows.progress()
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def outward_site(
    postgres_of_module: str, outward_rows: Rows, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SiteProcess]:
    """The site, which knows its public address."""
    settings = {"API_RATE_LIMIT": "100000/minute", "API_PUBLIC_URL": PUBLIC}
    with SiteProcess(postgres_of_module, tmp_path_factory.mktemp("site"), **settings) as site:
        yield site


@pytest.fixture(scope="module")
def http(outward_site: SiteProcess) -> Iterator[httpx.Client]:
    """Who asks it."""
    with httpx.Client(
        base_url=outward_site.url, timeout=30, limits=httpx.Limits(max_keepalive_connections=0)
    ) as client:
        yield client


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
        rows_of(self.dsn, "TRUNCATE discord_guilds, discord_streamers, web_sessions CASCADE")
        write_servers(self.dsn, [each for each in self.discord.guilds() if each["has_bot"]])

    def owner_of(self, server: dict[str, Any], url: str = "") -> Visitor:
        """The browser of a server's owner."""
        return Visitor(url or self.site.url, self.discord, server["owner_id"])


@pytest.fixture(scope="module")
def bot_world(
    postgres_of_module: str, twitch: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BotWorld]:
    """All of it, for one test file."""
    folder = tmp_path_factory.mktemp("bot")
    with DiscordProcess(folder / "discord", "--guilds", "3", "--other-guilds", "1", "--limit-scale", "1000") as discord:
        settings = discord_settings(discord, folder) | {
            "TWITCH_CLIENT_ID": "simulator",
            "TWITCH_CLIENT_SECRET_FILE": str(secret_file(folder)),
            "TWITCH_AUTH_URL": f"{twitch.url}/oauth2/",
            "TWITCH_API_URL": f"{twitch.url}/helix/",
            "TWITCH_DEADLINE_SECONDS": "1",
        }
        with SiteProcess(postgres_of_module, folder, **settings) as site:
            yield BotWorld(site, discord, twitch, postgres_of_module, folder)


def secret_file(folder: Path) -> Path:
    """The simulated Twitch's secret."""
    file = folder / "twitch_secret"
    file.write_text("simulator")
    return file


@pytest.fixture
def world(bot_world: BotWorld) -> BotWorld:
    """The same with servers as they were at the beginning."""
    bot_world.renew()
    return bot_world
