"""Keep a channel out, or let it in again: `python -m recorder.opt_out add|remove CHANNEL`, and `list`."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import psycopg

from recorder.database import Database, SchemaMissingError, load_queries
from recorder.erasure import forget
from service_runtime import logs
from service_runtime.postgres import PostgresAwayError
from service_runtime.settings import LogSettings, PostgresSettings, load_all

AFTERWARDS = """Within a minute it is not read any more, the job forgets it and the spools are cleared of it.
Kafka keeps chat for 48 h, and within a day loses the channel's moments, clips and counts.
Dumps of Postgres that you made before still hold it: delete them (OPERATIONS.md, Opt-out).
"""


class UnknownChannelError(RuntimeError):
    """No channel of this name was ever stored, so there is nothing to remove; give its numeric id to keep it out."""


def channel_of(connection: psycopg.Connection, queries: Any, name: str) -> tuple[str, str]:
    """Id and login of a channel by either; an id that was never seen has no login. Raises UnknownChannelError."""
    for channel_id, login in queries.find_channel(connection, name=name):
        return channel_id, login
    if name.isdecimal():
        return name, ""
    raise UnknownChannelError(
        f"{name}: no channel of this name was ever stored here; give its numeric id to keep it out"
    )


def add(connection: psycopg.Connection, queries: Any, name: str) -> str:
    """Put a channel on the list and remove what Postgres has of it; what was done, in words."""
    channel_id, login = channel_of(connection, queries, name)
    with connection.transaction():
        queries.put_opt_out(connection, channel_id=channel_id, login=login, is_out=True)
        removed = {table: rows for table, rows in forget(connection, queries).items() if rows}
    words = ", ".join(f"{rows:,} of {table}" for table, rows in removed.items()) or "nothing was stored"
    return f"{title(channel_id, login)} is on the list. Removed rows: {words}.\n{AFTERWARDS}"


def remove(connection: psycopg.Connection, queries: Any, name: str) -> str:
    """Take a channel off the list; what was done, in words."""
    channel_id, login = channel_of(connection, queries, name)
    if channel_id not in {row[0] for row in queries.list_opt_outs(connection)}:
        return f"{title(channel_id, login)} was not on the list.\n"
    queries.put_opt_out(connection, channel_id=channel_id, login=login, is_out=False)
    return f"{title(channel_id, login)} is off the list and may be watched again.\n"


def listing(connection: psycopg.Connection, queries: Any) -> str:
    """One line a channel on the list."""
    lines = [
        f"{title(channel_id, login)} since {changed_at:%Y-%m-%d %H:%M} UTC"
        + ("" if cleared_for else "; Kafka is not cleared of it yet")
        for channel_id, login, changed_at, cleared_for in queries.list_opt_outs(connection)
    ]
    return "".join(f"{line}\n" for line in lines) or "nobody has opted out\n"


def title(channel_id: str, login: str) -> str:
    """A channel as people and programs know it."""
    return f"{login} ({channel_id})" if login else channel_id


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(prog="python -m recorder.opt_out", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, meaning in (("add", "keep a channel out and remove it"), ("remove", "let a channel in again")):
        commands.add_parser(name, help=meaning).add_argument("channel", type=str.lower, help="its login or numeric id")
    commands.add_parser("list", help="the channels on the list")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Do what was typed; 0, or 1 with the reason on standard error."""
    typed = arguments(words)
    log_settings, postgres = load_all(LogSettings, PostgresSettings)
    logs.configure("opt_out", log_settings.level)
    database, queries = Database(postgres.conninfo(), "opt_out"), load_queries()
    try:
        with database as connection:
            if typed.command == "list":
                said = listing(connection, queries)
            else:
                said = {"add": add, "remove": remove}[typed.command](connection, queries, typed.channel)
    except (UnknownChannelError, PostgresAwayError, SchemaMissingError) as error:
        sys.stderr.write(f"opt_out: {error}\n")
        return 1
    finally:
        database.close()
    sys.stdout.write(said)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
