"""Selects the Twitch that a system uses: the simulator on this machine, or the real one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from contracts.channel_names import parse_channels
from embedded.addresses import Ports
from embedded.chat_probe import chat_complaints
from embedded.paths import REPOSITORY
from embedded.problems import SetupError
from embedded.processes.ports import LOOPBACK
from stream_monitoring.settings import MonitoringSettings
from twitch_simulator.helix.tokens import REFRESH_TOKEN, USER_TOKEN

SIMULATED_CLIENT_ID = "simulator"
SIMULATED_CHANNELS = 40
OWN_SITE = "'self'"
CHAT_URL = str(MonitoringSettings.model_fields["chat_url"].default)
SECRET_FILE = REPOSITORY / "secrets" / "twitch_client_secret"


@dataclass(frozen=True)
class Twitch:
    """`settings` are those for the real Twitch; the simulator's are derived from the ports."""

    simulated: bool
    settings: Mapping[str, str] = field(default_factory=dict)

    def environment(self, directory: Path, ports: Ports) -> dict[str, str]:
        """Return the services' settings for this Twitch; write the simulator's credentials into `directory`."""
        if not self.simulated:
            return dict(self.settings)
        secret, tokens = _write_credentials(directory / "credentials")
        http = ports.url("simulator_http")
        return {
            "MONITORING_CHAT_URL": f"irc://{LOOPBACK}:{ports.simulator_irc}",
            "MONITORING_TOP_CHANNELS": str(SIMULATED_CHANNELS),
            "TWITCH_API_URL": f"{http}/helix/",
            "TWITCH_AUTH_URL": f"{http}/oauth2/",
            "TWITCH_CLIENT_ID": SIMULATED_CLIENT_ID,
            "TWITCH_CLIENT_SECRET_FILE": str(secret),
            "TWITCH_USER_TOKENS_FILE": str(tokens),
            **emote_providers(f"{http}/emotes"),
            "VIEWER_CLIPS_LIVE_SECONDS": "20",  # who looks at the demo does not wait for five minutes
            "VIEWER_CLIPS_IDLE_SECONDS": "120",
            "API_DEMO": "true",
            "API_FRAME_SOURCES": OWN_SITE,  # clips come through the site: see demo_site
            "API_IMAGE_SOURCES": OWN_SITE,
            "API_TWITCH_EMOTES_URL": f"{http}/emotes/twitch/emote",
        } | dict(self.settings)

    def chat_complaints(self) -> dict[str, str]:
        """Ask the real Twitch's chat what is wrong with it or with the named channels."""
        names = parse_channels(self.settings.get("MONITORING_PINNED_CHANNELS", ""))
        url = self.settings.get("MONITORING_CHAT_URL", CHAT_URL)
        return chat_complaints(url, [each.login for each in names if each.login])


def emote_providers(url: str) -> dict[str, str]:
    """Return the settings with which the counter of emotes asks the simulator instead of the real providers."""
    return {
        "EMOTE_COUNTER_SEVENTV_URL": f"{url}/7tv/v3",
        "EMOTE_COUNTER_BETTERTTV_URL": f"{url}/bttv/3/cached",
        "EMOTE_COUNTER_BETTERTTV_PICTURES": f"{url}/bttv",
        "EMOTE_COUNTER_FRANKERFACEZ_URL": f"{url}/ffz/v1",
        "EMOTE_COUNTER_FRANKERFACEZ_PICTURES": f"{url}/ffz",
        "EMOTE_COUNTER_REQUESTS_PER_SECOND": "8",  # all channels are known within seconds; its limit is ten
    }


def _write_credentials(folder: Path) -> tuple[Path, Path]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret, tokens = folder / "twitch_client_secret", folder / "twitch_user_tokens.json"
    secret.write_text("simulator")
    if not tokens.exists():
        tokens.write_text(
            json.dumps(
                {
                    "access_token": USER_TOKEN,
                    "refresh_token": REFRESH_TOKEN,
                    "client_id": SIMULATED_CLIENT_ID,
                }
            )
        )
    return secret, tokens


def is_real(environment: Mapping[str, str]) -> bool:
    """Return whether these settings of a service are those for the real Twitch."""
    return environment.get("TWITCH_CLIENT_ID") != SIMULATED_CLIENT_ID


def real(channels: str, environment: Mapping[str, str], dotenv: Path = REPOSITORY / ".env") -> Twitch:
    """Select the real Twitch, watching `channels` (comma-separated). Raises SetupError.

    Settings come from the environment, else from `.env`. Without TWITCH_CLIENT_ID access is anonymous.
    """
    written = {key: value for key, value in dotenv_values(dotenv).items() if value} | dict(environment)
    try:
        names = parse_channels(channels)
    except ValueError as error:
        raise SetupError(str(error).capitalize()) from error
    if not names and not (written.get("TWITCH_CLIENT_ID") and written.get("MONITORING_TOP_CHANNELS")):
        raise SetupError("No channels were given. Example: make live CHANNELS=a_streamer,another_one")
    if not written.get("TWITCH_CLIENT_ID") and (ids := [str(each) for each in names if each.channel_id]):
        raise SetupError(f"{', '.join(ids)}: an id needs TWITCH_CLIENT_ID; without it name the login")
    settings = {key: value for key, value in written.items() if key.startswith(("TWITCH_", "MONITORING_", "CLIPS_"))}
    if SECRET_FILE.exists():
        settings.setdefault("TWITCH_CLIENT_SECRET_FILE", str(SECRET_FILE))
    return Twitch(simulated=False, settings=settings | {"MONITORING_PINNED_CHANNELS": ",".join(map(str, names))})


SIMULATED = Twitch(simulated=True)
