"""Parses the command line, asks, does one step after the other, and says what comes next."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from install.console import Console
from install.errors import InstallError, UsageError
from install.installation import Installation
from install.machine.host import Host
from install.roles import PROCESSING, RELIABLE, ROLES

CHECKOUT = Path(__file__).resolve().parents[2]


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="infrastructure/install.sh",
        description="Install this machine. Asks for what is missing; with NONINTERACTIVE=1 all comes from variables. "
        "Cut off, or killed? Run it again.",
        epilog="Variables: SITE_DOMAINS TWITCH_CLIENT_ID TWITCH_CLIENT_SECRET PINNED_CHANNELS WEBHOOK_URL "
        "CLOUDFLARED_TOKEN OPERATOR_ZONE, and TS_AUTHKEY; on B TS_AUTHKEY and JOIN_LINE. "
        "Ends with 0 when all is done, 1 when something has to be put right, 2 when it cannot work.",
    )
    parser.add_argument(
        "what",
        choices=[*ROLES, "invite", "join"],
        help="this machine's part; invite: let machine B join; join: join again",
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Install; the last line says how much was changed."""
    chosen = options(arguments)
    console = Console()
    changed: list[str] = []
    try:
        code = start(chosen.what, console, changed)
    except UsageError as error:
        code = problem(console, error, 2)
    except InstallError as error:
        code = problem(console, error, 1)
    except (KeyboardInterrupt, EOFError):
        code = problem(console, "You have stopped it. Run it again: it goes on where it was.", 1)
    console.say(f"changed={len(changed)}")
    return code


def start(what: str, console: Console, changed: list[str]) -> int:
    """Do what was asked for; return the exit code."""
    is_interactive = not os.environ.get("NONINTERACTIVE") and sys.stdin.isatty()
    role = ROLES.get(what, PROCESSING if what == "join" else RELIABLE)
    host = Host(CHECKOUT, is_interactive)
    host.check_rights()
    installation = Installation(host, role, console, changed, joins_again=what == "join")
    return installation.invite() if what == "invite" else installation.install()


def problem(console: Console, text: object, code: int) -> int:
    """Say what is wrong."""
    console.say(f"\nSTOPPED  {text}")
    return code
