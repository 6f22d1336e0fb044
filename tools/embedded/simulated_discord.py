"""The simulated Discord of a demo: its own program, the bot, and the servers in which the bot is already at work."""

import sys
from collections.abc import Mapping
from pathlib import Path

from discord_simulator.process import BOT_TOKEN, CLIENT
from embedded.addresses import Ports
from embedded.processes.ports import LOOPBACK
from embedded.processes.probes import answers
from embedded.programs import Program, Stage, login
from embedded.site_address import SiteAddress
from embedded.twitch import Twitch

SERVERS = 3  # two with settings and follows, one in which nobody has typed a command yet
INVITABLE = 1
POLL_SECONDS = 5  # a visitor has three minutes; an operator's bot asks every 20 s


def host_of(site: SiteAddress) -> str:
    """Return the host that visitors type."""
    return site.for_others if site.is_wider else "localhost"


def page_url(ports: Ports, site: SiteAddress) -> str:
    """Return the address of the pages for whoever may open the site."""
    return f"http://{host_of(site)}:{ports.discord_simulator_page}"


def site_url(ports: Ports, site: SiteAddress) -> str:
    """Return the website's address for whoever may open it."""
    return f"http://{host_of(site)}:{ports.api}"


def site_settings(directory: Path, ports: Ports, site: SiteAddress) -> dict[str, str]:
    """Return the website's settings with which people sign in at the simulated Discord."""
    secret = directory / "credentials" / "discord_client_secret"
    secret.write_text(CLIENT["client_secret"])
    return {
        "API_DISCORD_CLIENT_ID": CLIENT["client_id"],
        "API_DISCORD_CLIENT_SECRET_FILE": str(secret),
        "API_DISCORD_RETURN_URL": f"{site_url(ports, site)}/discord/return",
        "API_DISCORD_API_URL": ports.url("discord_simulator_http") + "/api/v10",
        "API_DISCORD_PAGE_URL": f"{page_url(ports, site)}/oauth2/authorize",
    }


def programs(directory: Path, ports: Ports, site: SiteAddress, twitch: Twitch) -> list[Program]:
    """Return the programs of the demo's Discord; the last one ends once its servers are furnished."""
    return [
        simulator(directory, ports, site),
        bot(directory, ports, site, twitch.environment(directory, ports)),
        furnishing(directory, ports),
    ]


def simulator(directory: Path, ports: Ports, site: SiteAddress) -> Program:
    """Return the simulated Discord; its pages are where the site is, all else is on loopback."""
    own = {
        "HTTP_PORT": ports.discord_simulator_http,
        "GATEWAY_PORT": ports.discord_simulator_gateway,
        "PAGE_PORT": ports.discord_simulator_page,
        "PAGE_ADDRESS": site.bind,
        "PUBLIC_URL": page_url(ports, site),
        "PREVIEW_HOSTS": f"{LOOPBACK}:{ports.simulator_http}",  # clips
        "GUILDS": SERVERS,
        "OTHER_GUILDS": INVITABLE,
        "IDENTIFY_SECONDS": 0,
        "RESTORE": True,  # the bot remembers what it posted, so Discord has to
        "TRUTH_FILE": directory / "discord-truth",
    }
    url = ports.url("discord_simulator_http") + "/control/state"
    return Program(
        "discord_simulator",
        Stage.SERVERS,
        command=[sys.executable, "-m", "discord_simulator"],
        environment={f"DISCORD_SIMULATOR_{name}": str(value) for name, value in own.items()},
        ready=lambda: answers(url),
    )


def bot(directory: Path, ports: Ports, site: SiteAddress, shared: Mapping[str, str]) -> Program:
    """Return the Discord bot. `shared`: how services reach Twitch."""
    token = directory / "credentials" / "discord_token"
    token.write_text(BOT_TOKEN)
    own = {
        "DISCORD_TOKEN_FILE": str(token),
        "DISCORD_API_URL": ports.url("discord_simulator_http") + "/api/v10",
        "DISCORD_GATEWAY_URL": f"ws://{LOOPBACK}:{ports.discord_simulator_gateway}",
        "DISCORD_SITE_URL": site_url(ports, site),
        "DISCORD_POLL_SECONDS": str(POLL_SECONDS),
        "DISCORD_HEALTH_PORT": str(ports.discord_health),
        "DISCORD_METRICS_PORT": str(ports.discord_metrics),
    }
    url = ports.url("discord_health") + "/ready"
    return Program(
        "discord_bot",
        Stage.SERVICES,
        command=[sys.executable, "-m", "discord_bot"],
        environment={**shared, **login(directory, ports, "discord_bot"), **own},
        ready=lambda: answers(url),
    )


def furnishing(directory: Path, ports: Ports) -> Program:
    """Return what types a demo's first commands; later starts find the settings in Postgres."""
    return Program(
        "discord_servers",
        Stage.SERVICES,
        command=[
            *(sys.executable, "-m", "embedded.discord_servers"),
            *("--discord", ports.url("discord_simulator_http")),
            *("--twitch", ports.url("simulator_http")),
            *("--done", str(directory / "discord-servers")),
        ],
        one_shot=True,
    )
