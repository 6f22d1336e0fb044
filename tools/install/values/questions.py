"""The values that a person has to bring: at most eight on both machines together."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from install.errors import InstallError

DOMAIN = r"(?:[a-z0-9-]+\.)+[a-z]{2,}"


@dataclass(frozen=True)
class Question:
    """A value. `file`: of a secret, in secrets/; else it is a line of .env. `needs`: asked only after that one."""

    name: str
    prompt: str
    pattern: str
    example: str
    file: str = ""
    needs: str = ""

    @property
    def is_secret(self) -> bool:
        """Return whether nobody may see it."""
        return bool(self.file)

    def problem(self, value: str) -> str:
        """Return what is wrong with an answer; empty if nothing is."""
        if not value or re.fullmatch(self.pattern, value):
            return ""
        return f"{self.name} has to look like {self.example}"


QUESTIONS = (
    Question("SITE_DOMAINS", "Name of the website (Enter: none yet)", rf"{DOMAIN}(?: {DOMAIN})*", "www.example.org"),
    Question(
        "TWITCH_CLIENT_ID",
        "Twitch application's client id, from dev.twitch.tv/console/apps (Enter: no clips)",
        r"[a-z0-9]{10,50}",
        "abcdefghijklmnopqrstuvwxyz0123",
    ),
    Question(
        "TWITCH_CLIENT_SECRET",
        "Its secret",
        r"[A-Za-z0-9]{10,100}",
        "30 letters and digits",
        file="twitch_client_secret",
        needs="TWITCH_CLIENT_ID",
    ),
    Question(
        "PINNED_CHANNELS",
        "Channels that are always watched, with commas (Enter: only the most viewed)",
        r"[\w:/.-]+(?:, ?[\w:/.-]+)*",
        "login,login",
    ),
    Question(
        "WEBHOOK_URL",
        "Discord webhook that is told of trouble (Enter: nobody is told)",
        r"https?://\S+",
        "https://discord.com/api/webhooks/...",
        file="webhook_url",
    ),
    Question(
        "CLOUDFLARED_TOKEN",
        "Cloudflare Tunnel's token (Enter: no tunnel)",
        r"[A-Za-z0-9+/=_-]{40,}",
        "the long word behind --token on Cloudflare's page",
        file="cloudflared_token",
    ),
    Question(
        "OPERATOR_ZONE",
        "Your time zone, for quiet nights (Enter: UTC)",
        r"[A-Za-z]+(?:[/_+-][\w+-]+)*",
        "Europe/Berlin",
    ),
)
# Taken from variables, and never asked for.
UNASKED = (
    Question("TOP_CHANNELS", "", r"\d+", "50"),
    Question("OPERATIONS_URL", "", r"https?://\S+", "https://git.example.org/you/stream-scout/blob/main/OPERATIONS.md"),
    Question("API_CONTACT", "", r"[^\s\"'$]+", "privacy@example.org"),
    Question("BACKUP_FOLDER", "", r"/[^\s\"'$]+", "/mnt/backup/stream-scout"),
    Question("BACKUP_REPOSITORY", "", r"[a-z0-9]+:[^\s\"'$]+", "sftp:backup@backup.example.org:/stream-scout"),
    Question("DISCORD_TOKEN", "", r"[\w.-]{20,}", "the bot's token", file="discord_token"),
)


def check(values: Mapping[str, str]) -> None:
    """Refuse values that cannot be right. Raises InstallError; a secret is not repeated."""
    problems = [each.problem(values[each.name]) for each in (*QUESTIONS, *UNASKED) if each.name in values]
    if found := [problem for problem in problems if problem]:
        raise InstallError("; ".join(found))
    if "TWITCH_CLIENT_ID" in values and not values["TWITCH_CLIENT_ID"] and not values.get("PINNED_CHANNELS"):
        raise InstallError("Without TWITCH_CLIENT_ID only PINNED_CHANNELS can be watched: one of the two is needed")
