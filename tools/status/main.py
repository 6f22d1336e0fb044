"""Prints how each stage is and what to type next. Exit code 0: all is well, 1: something is behind, 2: away."""

import argparse
import sys
from collections.abc import Sequence

import psycopg

from service_runtime.settings import load_all
from status import postgres, table
from status.commands import with_commands
from status.judgement import judge
from status.line import EXIT_CODES, worst
from status.probes import look
from status.settings import StatusSettings, addresses

WRONG_USE = 2


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m status", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--dead-letters", action="store_true", help="why records of the last day were not understood")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Ask, judge, print; the exit code."""
    chosen = options(arguments)
    (settings,) = load_all(StatusSettings)
    try:
        known = addresses(settings)
        if chosen.dead_letters:
            say("\n".join(postgres.dead_letters(known.postgres)) or "none in the last day")
            return 0
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}. Run make secrets, or copy secrets/ from machine A.\n")
        return WRONG_USE
    except psycopg.Error as error:
        sys.stderr.write(f"Postgres: {postgres.reason(error)}\n")
        return WRONG_USE
    lines = with_commands(judge(look(known, settings.status_directory)), settings.here)
    say(table.as_json(lines) if chosen.json else table.text(lines))
    return EXIT_CODES[worst(lines)]


def say(text: str) -> None:
    """Write to the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
