"""Exclude a channel, or include it again: `python -m recorder.opt_out add|remove CHANNEL`, and `list`."""

import argparse
from collections.abc import Sequence
from typing import Any

import psycopg

from contracts.channel_names import parse_channel
from recorder.erasure import erase
from recorder.operator_command import RefusedError, run

AFTERWARDS = """Within a minute it is no longer read, and erased from the job's state and from the spools.
Kafka deletes its chat after 48 h, and its moments, clips and counts within a day.
Earlier dumps of Postgres still contain it: delete them (OPERATIONS.md, Opt-out).
"""


class UnknownChannelError(RefusedError):
    """No channel of this name was ever stored; give its numeric id to exclude it."""


def channel_of(connection: psycopg.Connection, queries: Any, name: str) -> tuple[str, str]:
    """Look up id and login by either; an id that was never stored has no login. Raises UnknownChannelError."""
    for channel_id, login in queries.find_channel(connection, name=name):
        return channel_id, login
    if name.isdecimal():
        return name, ""
    raise UnknownChannelError(f"{name}: no channel of this name was ever stored; give its numeric id to exclude it")


def add(connection: psycopg.Connection, queries: Any, name: str) -> str:
    """Put a channel on the list and erase its rows; return a report."""
    channel_id, login = channel_of(connection, queries, name)
    with connection.transaction():
        queries.put_opt_out(connection, channel_id=channel_id, login=login, is_out=True)
        removed = {table: rows for table, rows in erase(connection, queries).items() if rows}
    erased = ", ".join(f"{rows:,} of {table}" for table, rows in removed.items()) or "none"
    return f"{title(channel_id, login)} is on the list. Erased rows: {erased}.\n{AFTERWARDS}"


def remove(connection: psycopg.Connection, queries: Any, name: str) -> str:
    """Take a channel off the list; return a report."""
    channel_id, login = channel_of(connection, queries, name)
    if channel_id not in {row[0] for row in queries.list_opt_outs(connection)}:
        return f"{title(channel_id, login)} was not on the list.\n"
    queries.put_opt_out(connection, channel_id=channel_id, login=login, is_out=False)
    return f"{title(channel_id, login)} is off the list and may be watched again.\n"


def listing(connection: psycopg.Connection, queries: Any) -> str:
    """List the excluded channels, one per line."""
    lines = [
        f"{title(channel_id, login)} since {changed_at:%Y-%m-%d %H:%M} UTC"
        + ("" if cleared_for else "; not erased from Kafka yet")
        for channel_id, login, changed_at, cleared_for in queries.list_opt_outs(connection)
    ]
    return "".join(f"{line}\n" for line in lines) or "no channel has opted out\n"


def title(channel_id: str, login: str) -> str:
    """Name a channel by login and id."""
    return f"{login} ({channel_id})" if login else channel_id


def channel_name(text: str) -> str:
    """Read a channel in any form; a bare number is a login or an id. Raises ArgumentTypeError."""
    try:
        name = parse_channel(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return name.login or name.channel_id


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m recorder.opt_out", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("add", "exclude a channel and erase it"), ("remove", "include a channel again")):
        commands.add_parser(name, help=text).add_argument(
            "channel", type=channel_name, help="its login, its address, or its id"
        )
    commands.add_parser("list", help="show the excluded channels")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 1 with the reason on standard error."""
    options = arguments(words)

    def do(connection: psycopg.Connection, queries: Any) -> str:
        if options.command == "list":
            return listing(connection, queries)
        return {"add": add, "remove": remove}[options.command](connection, queries, options.channel)

    return run("opt_out", do)


if __name__ == "__main__":
    raise SystemExit(main())
