"""Hold alerts back while a machine is being worked on, ten minutes at most.

`python -m recorder.pause begin A|B SECONDS REASON`, `end A|B`.
"""

import argparse
from collections.abc import Sequence
from typing import Any

import psycopg

from recorder.operator_command import run

MOST_SECONDS = 600  # longer, and a machine that stays down would go unnoticed
MOST_REASON = 200  # characters; the column's limit


def seconds(text: str) -> int:
    """Read a number of seconds. Raises ArgumentTypeError beyond the limit."""
    if not text.isdigit() or not 0 < int(text) <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds up to {MOST_SECONDS}")
    return int(text)


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m recorder.pause", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("begin", "hold alerts back"), ("end", "let them through")):
        command = commands.add_parser(name, help=text)
        command.add_argument("machine", choices=("A", "B"))
        if name == "begin":
            command.add_argument("seconds", type=seconds, help=f"for so long, at most {MOST_SECONDS}")
            command.add_argument("reason", help="why, for whoever looks")
    return parser.parse_args(words)


def do(connection: psycopg.Connection, queries: Any, options: argparse.Namespace) -> str:
    """Begin or end a pause; return a report."""
    if options.command == "end":
        queries.end_pause(connection, machine=options.machine)
        return f"Alerts come through again, as far as machine {options.machine} is concerned.\n"
    reason = options.reason[:MOST_REASON]
    queries.begin_pause(connection, machine=options.machine, seconds=options.seconds, reason=reason)
    return f"Alerts are held back for {options.seconds} s.\n"


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 1 with the reason on standard error."""
    options = arguments(words)
    return run("pause", lambda connection, queries: do(connection, queries, options))


if __name__ == "__main__":
    raise SystemExit(main())
