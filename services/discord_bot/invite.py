"""Prints the link with which the bot is added to a server: `python -m discord_bot.invite`."""

import base64
import binascii
import sys
from urllib.parse import urlencode

from discord_bot.settings import DiscordSettings
from service_runtime.settings import load_all

ADD = "https://discord.com/oauth2/authorize"
PERMISSIONS = {
    "view channels": 1 << 10,
    "send messages": 1 << 11,
    "embed links": 1 << 14,
    "read message history": 1 << 16,  # to find out what became of a message after a crash
    "mention everyone": 1 << 17,  # to mention a role that not everybody may mention; @everyone never is
    "send messages in threads": 1 << 38,
}


def application_id(token: str) -> str:
    """Return the application's id, which is the first part of its bot's token. Raises ValueError."""
    first = token.partition(".")[0]
    try:
        found = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise ValueError("the file of DISCORD_TOKEN_FILE holds no bot's token") from error
    if not found.isdecimal():
        raise ValueError("the file of DISCORD_TOKEN_FILE holds no bot's token")
    return found


def invite_link(client_id: str) -> str:
    """Return the link to add the bot, with the permissions that it needs."""
    wanted = {"client_id": client_id, "scope": "bot applications.commands", "permissions": sum(PERMISSIONS.values())}
    return f"{ADD}?{urlencode(wanted)}"


def main() -> int:
    """Print the link; return 0, or 1 with the reason on standard error."""
    (settings,) = load_all(DiscordSettings)
    try:
        sys.stdout.write(invite_link(application_id(settings.token())) + "\n")
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
