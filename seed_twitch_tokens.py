#!/usr/bin/env python3
"""Signs a person in at Twitch once and keeps the tokens in secrets/twitch_user_tokens.json.

Run `python seed_twitch_tokens.py` on a machine with a browser, `python seed_twitch_tokens.py --device` on one
without. Clips are then made in that account's name; the services refresh the tokens by themselves.
"""

import argparse
import sys
import webbrowser
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent
sys.path.insert(0, str(REPOSITORY / "libraries"))

try:
    from service_runtime import logs
    from service_runtime.settings import load_all
    from twitch_access.authority import Authority
    from twitch_access.errors import TwitchError
    from twitch_access.settings import TwitchSettings
    from twitch_access.sign_in import SignInError, sign_in_by_browser, sign_in_by_device
    from twitch_access.token_file import TokenFile
    from twitch_access.transport import Transport
except ImportError as missing:
    sys.stderr.write(f"{missing}. Run `make venv`, then `.venv/bin/python seed_twitch_tokens.py`.\n")
    raise SystemExit(2) from missing

REDIRECT_PORT = 17563  # register http://localhost:17563 as the application's OAuth redirect URL
BROWSER_SECONDS = 300.0
LOCK_SECONDS = 30.0  # a service may be renewing the tokens
FAILED, WRONG_SETTINGS = 1, 2
HELP = f"""
Needs an application of yours (https://dev.twitch.tv/console) with the OAuth redirect URL
http://localhost:{REDIRECT_PORT}, and in the environment or .env:
  TWITCH_CLIENT_ID            its client id
  TWITCH_CLIENT_SECRET_FILE   a file that holds its secret (not needed with --device for a public client)
The account that signs in is the one that makes the clips; it grants clips:edit and nothing else.
"""


def arguments() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    parser = argparse.ArgumentParser(
        description="Sign in at Twitch once, so that clips can be made.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--device", action="store_true", help="show a code to enter on another machine")
    parser.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    parser.add_argument("--port", type=int, default=REDIRECT_PORT, help="port of the redirect URL (%(default)s)")
    parser.add_argument("--seconds", type=float, default=BROWSER_SECONDS, help="how long to wait (%(default)s)")
    parser.add_argument("--file", type=Path, help="where to write (TWITCH_USER_TOKENS_FILE)")
    return parser


def show_line(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


def show_address(address: str) -> None:
    """Print the page's address."""
    show_line(f"Sign in at this address:\n{address}")


def open_page(address: str) -> None:
    """Open the page; print its address too, in case no browser opens."""
    show_address(address)
    webbrowser.open(address)


def settings() -> TwitchSettings:
    """Read the environment and .env; end the program if the client id is missing."""
    (loaded,) = load_all(SettingsWithFile)
    if not isinstance(loaded, TwitchSettings) or loaded.anonymous:
        sys.stderr.write(f"TWITCH_CLIENT_ID is missing.\n{HELP}")
        raise SystemExit(WRONG_SETTINGS)
    return loaded


class SettingsWithFile(TwitchSettings):
    """The same settings, read from .env where the environment lacks them."""

    model_config = TwitchSettings.model_config | {"env_file": REPOSITORY / ".env", "extra": "ignore"}


def main(options: argparse.Namespace) -> int:
    """Sign in, write the file and return the exit code."""
    logs.configure("seed-twitch-tokens", "ERROR")
    twitch = settings()
    file = TokenFile(options.file or REPOSITORY / twitch.user_tokens_file)
    try:
        authority = Authority(
            Transport(), twitch.auth_url, twitch.client_id, twitch.client_secret(), twitch.deadline_seconds
        )
        if options.device:
            tokens = sign_in_by_device(authority, show_line)
        else:
            show = show_address if options.no_browser else open_page
            tokens = sign_in_by_browser(authority, options.port, options.seconds, show)
        file.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with file.lock(LOCK_SECONDS):
            file.write(tokens)
    except (SignInError, TwitchError, OSError) as error:
        sys.stderr.write(f"Not signed in: {error}\n")
        return FAILED
    show_line(f"Signed in as {tokens.login}. The tokens are in {file.path}.")
    return 0


if __name__ == "__main__":
    try:
        raise SystemExit(main(arguments().parse_args()))
    except KeyboardInterrupt:
        sys.stderr.write("\nNot signed in: stopped.\n")
        raise SystemExit(FAILED) from None
