"""Hide a moment from visitors, or show it again; list what visitors report.

`python -m recorder.hiding add|remove MOMENT`, `list`, `reports`, `reviewed MOMENT`.
"""

import argparse
import re
from collections.abc import Sequence
from typing import Any

import psycopg

from recorder.operator_command import RefusedError, run

MOMENT = re.compile(r"(?:.*/moments/)?([A-Za-z0-9_.:-]{1,200})(?:[/?#].*)?")
HIDDEN = "{} is hidden: pages, API and feeds leave it out at once, and open pages remove it. Clips stay at Twitch.\n"


class UnknownMomentError(RefusedError):
    """No moment has this id."""


def add(connection: psycopg.Connection, queries: Any, options: argparse.Namespace) -> str:
    """Hide a moment; return a report. Raises UnknownMomentError for an id that is stored nowhere."""
    if not queries.find_moment(connection, moment_id=options.moment):
        raise UnknownMomentError(f"there is no moment {options.moment}; copy it from its page's address")
    queries.hide_moment(connection, moment_id=options.moment, why=options.why)
    return HIDDEN.format(options.moment)


def remove(connection: psycopg.Connection, queries: Any, options: argparse.Namespace) -> str:
    """Show a hidden moment again; return a report."""
    shown = list(queries.show_moment(connection, moment_id=options.moment))
    return f"{options.moment} is shown again.\n" if shown else f"{options.moment} was not hidden.\n"


def listing(connection: psycopg.Connection, queries: Any, _: argparse.Namespace) -> str:
    """List the hidden moments, the newest first."""
    lines = [
        f"{moment_id} since {hidden_at:%Y-%m-%d %H:%M} UTC" + (f": {why}" if why else "")
        for moment_id, hidden_at, why in queries.list_hidden(connection)
    ]
    return "".join(f"{line}\n" for line in lines) or "no moment is hidden\n"


def reports(connection: psycopg.Connection, queries: Any, _: argparse.Namespace) -> str:
    """List the reported moments that are still shown, the most reported first."""
    lines = [
        f"{times:>5} times, last {reported_at:%Y-%m-%d %H:%M} UTC: /moments/{moment_id} ({reasons})"
        for moment_id, times, reasons, reported_at in queries.list_reports(connection)
    ]
    return "".join(f"{line}\n" for line in lines) or "nothing is reported\n"


def reviewed(connection: psycopg.Connection, queries: Any, options: argparse.Namespace) -> str:
    """Take a moment off the list of reports and leave it as it is."""
    queries.delete_reports(connection, moment_id=options.moment)
    return f"{options.moment} is off the list of reports.\n"


COMMANDS = {"add": add, "remove": remove, "list": listing, "reports": reports, "reviewed": reviewed}


def moment_id(text: str) -> str:
    """Read a moment's id or its page's address. Raises ArgumentTypeError."""
    found = MOMENT.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is neither a moment's id nor its page's address")
    return found[1]


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m recorder.hiding", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("add", "hide a moment"),
        ("remove", "show it again"),
        ("reviewed", "take it off the list of reports"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("moment", type=moment_id, help="its id, or its page's address")
        if name == "add":
            command.add_argument("--why", default="", help="a note for yourself")
    commands.add_parser("list", help="show what is hidden")
    commands.add_parser("reports", help="show what visitors reported")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 1 with the reason on standard error."""
    options = arguments(words)
    return run("hide", lambda connection, queries: COMMANDS[options.command](connection, queries, options))


if __name__ == "__main__":
    raise SystemExit(main())
