"""The demo's Discord: who listens where, what the bot and the site are told, and what owners type."""

from pathlib import Path

import pytest

from api_frontend.settings import DiscordPageSettings
from discord_bot.commands.tree import COMMANDS
from discord_simulator.process import BOT_TOKEN
from discord_simulator.settings import DiscordSettings
from embedded import simulated_discord
from embedded.addresses import Ports
from embedded.demo import discord_of, where_discord_is
from embedded.discord_servers import PLANS
from embedded.programs import Program, Stage
from embedded.site_address import SiteAddress
from embedded.twitch import SIMULATED, real

PORTS = Ports(api=5050, discord_simulator_http=7001, discord_simulator_gateway=7002, discord_simulator_page=7003)


def programs(folder: Path, site: SiteAddress) -> dict[str, Program]:
    return {each.name: each for each in simulated_discord.programs(folder, PORTS, site, SIMULATED)}


def test_only_its_pages_leave_loopback(tmp_path: Path) -> None:
    environment = dict(programs(tmp_path, SiteAddress("0.0.0.0"))["discord_simulator"].environment)
    assert environment["DISCORD_SIMULATOR_PAGE_ADDRESS"] == "0.0.0.0"
    names = {name.removeprefix("DISCORD_SIMULATOR_").lower() for name in environment}
    assert names <= set(DiscordSettings.model_fields)
    assert "bind_address" not in names
    assert DiscordSettings.model_fields["bind_address"].default == "127.0.0.1"


def test_the_bot_finds_discord_and_its_token(tmp_path: Path) -> None:
    bot = programs(tmp_path, SiteAddress())["discord_bot"]
    assert Path(bot.environment["DISCORD_TOKEN_FILE"]).read_text() == BOT_TOKEN
    assert bot.environment["DISCORD_API_URL"] == "http://127.0.0.1:7001/api/v10"
    assert bot.environment["DISCORD_GATEWAY_URL"] == "ws://127.0.0.1:7002"
    assert bot.environment["DISCORD_SITE_URL"] == "http://localhost:5050"
    assert bot.environment["TWITCH_CLIENT_ID"] == "simulator"


def test_the_site_sends_people_to_the_pages_and_asks_rest_itself(tmp_path: Path) -> None:
    (tmp_path / "credentials").mkdir()
    settings = simulated_discord.site_settings(tmp_path, PORTS, SiteAddress())
    known = {f"API_DISCORD_{name}".upper() for name in DiscordPageSettings.model_fields}
    assert set(settings) <= known
    assert settings["API_DISCORD_PAGE_URL"] == "http://localhost:7003/oauth2/authorize"
    assert settings["API_DISCORD_RETURN_URL"] == "http://localhost:5050/discord/return"
    assert settings["API_DISCORD_API_URL"] == "http://127.0.0.1:7001/api/v10"
    assert Path(settings["API_DISCORD_CLIENT_SECRET_FILE"]).read_text() == "simulator-secret"


def test_servers_are_furnished_once_the_bot_may_answer(tmp_path: Path) -> None:
    found = list(programs(tmp_path, SiteAddress()).values())
    assert [each.stage for each in found] == [Stage.SERVERS, Stage.SERVICES, Stage.SERVICES]
    assert [each.one_shot for each in found] == [False, False, True]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_owners_type_commands_that_the_bot_has(plan: object) -> None:
    known = {each.name: {option.display_name for option in each.parameters} for each in COMMANDS}
    for command in plan.commands:  # type: ignore[attr-defined]
        name, _, rest = command.format(all="a b", few="a").removeprefix("/").partition(" ")
        assert name in known
        assert any(rest.startswith(f"{option}:") for option in known[name])


def test_the_real_twitch_has_no_simulated_discord(tmp_path: Path) -> None:
    live = real("a_streamer", {}, dotenv=tmp_path / "none")
    assert discord_of(tmp_path, PORTS, SiteAddress(), live) == ([], {})
    assert {name for name in PORTS.settings() if name not in PORTS.without("DISCORD_")} == {
        "DISCORD_SIMULATOR_HTTP_PORT", "DISCORD_SIMULATOR_GATEWAY_PORT", "DISCORD_SIMULATOR_PAGE_PORT",
        "DISCORD_HEALTH_PORT", "DISCORD_METRICS_PORT",
    }  # fmt: skip


def test_the_terminal_names_its_address() -> None:
    assert where_discord_is(PORTS, SiteAddress()).startswith("Discord (simulated) is at http://localhost:7003")
