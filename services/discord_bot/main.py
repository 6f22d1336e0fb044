"""Starts the bot: its connection to Discord and, with credentials, to Twitch."""

import structlog

from discord_bot.client import use_addresses
from discord_bot.polling.twitch import TwitchByHelix
from discord_bot.serving import Serving
from discord_bot.settings import DiscordSettings
from service_runtime import health, logs, ports
from service_runtime.ports import open_ports
from service_runtime.settings import LogSettings, PostgresSettings, load_all
from service_runtime.supervision import Supervisor
from twitch_access.access import TwitchAccess, open_access
from twitch_access.settings import TwitchSettings
from twitch_access.tokens import validate_hourly

log = structlog.get_logger()


def main() -> int:
    """Run until a stop signal or a worker's failure; return the exit code."""
    log_settings, postgres, twitch, settings = load_all(LogSettings, PostgresSettings, TwitchSettings, DiscordSettings)
    logs.configure("discord-bot", log_settings.level)
    conninfo = open_ports("discord", postgres, settings.bind_address, settings.metrics_port)
    use_addresses(settings.api_url, settings.gateway_url)
    access = open_twitch(twitch)
    serving = Serving(
        settings=settings,
        conninfo=conninfo,
        twitch=TwitchByHelix(access.helix) if access else None,
        points_per_minute=twitch.bot_points,
    )
    with ports.listening("DISCORD_HEALTH_PORT", settings.bind_address, settings.health_port):
        health.serve(settings.bind_address, settings.health_port, serving.problems, notes=serving.notes)
    supervisor = Supervisor()
    supervisor.add("serving", serving.run)
    if access:
        supervisor.add("tokens", lambda stop: validate_hourly(access.tokens, stop))
    return supervisor.wait()


def open_twitch(settings: TwitchSettings) -> TwitchAccess | None:
    """Return the way to Twitch, None without credentials; exit with a plain message if the secret is unreadable."""
    try:
        access = open_access(settings, share=settings.share("bot"))
    except OSError as error:
        raise SystemExit(f"TWITCH_CLIENT_SECRET_FILE: {error}") from error
    if access is None:
        log.warning("without TWITCH_CLIENT_ID nobody can be followed")
    return access
