"""Prints the link with which the bot is added to a server: `python -m discord_bot.invite`."""

import base64
import binascii
import sys

from discord_bot.settings import DiscordSettings
from discord_notices.invite import invite_link
from service_runtime.settings import load_all


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
