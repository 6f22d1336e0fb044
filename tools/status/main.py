"""Prints the state of each stage and what to type next. Exit code 0: all ok, 1: a stage is behind, 2: one is down."""

import argparse
import sys
from collections.abc import Sequence

import psycopg

from service_runtime.settings import load_all
from status import postgres, table
from status.assessment import assess
from status.commands import with_commands
from status.line import EXIT_CODES, worst
from status.probes import run_probes
from status.settings import StatusSettings, addresses

CANNOT_QUERY = 2


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m status", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.add_argument("--requests", action="store_true", help="print which channels visitors want to be watched")
    parser.add_argument("--dead-letters", action="store_true", help="print why records of the last day were rejected")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Query and print; return the exit code."""
    chosen = options(arguments)
    (settings,) = load_all(StatusSettings)
    try:
        known = addresses(settings)
        if chosen.dead_letters:
            write_line("\n".join(postgres.dead_letters(known.postgres)) or "No dead letters in the last 24 hours.")
            return 0
        if chosen.requests:
            write_line("\n".join(postgres.channel_requests(known.postgres)) or "Nobody has asked for a channel.")
            return 0
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}. Run make secrets, or copy secrets/ from machine A.\n")
        return CANNOT_QUERY
    except psycopg.Error as error:
        sys.stderr.write(f"Postgres: {postgres.reason(error)}\n")
        return CANNOT_QUERY
    lines = with_commands(
        assess(run_probes(known, settings.status_directory, settings.machine_health_file)), settings.here
    )
    write_line(table.as_json(lines) if chosen.json else table.text(lines))
    return EXIT_CODES[worst(lines)]


def write_line(text: str) -> None:
    """Write `text` to standard output at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
