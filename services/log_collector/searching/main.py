"""Prints what is found: python -m log_collector.searching.main --service recorder --since 2h."""

import argparse
import sys
from datetime import UTC, datetime

import msgspec

from log_collector.searching.lines import line_of
from log_collector.searching.question import Question, QuestionError, logsql, span, stamp
from log_collector.settings import CollectorSettings
from log_collector.store import Store, StoreAwayError
from service_runtime.settings import load_all

MOST_LINES = 100_000
AWAY = """The log store does not answer ({reason}). On machine B:
  docker compose -f docker-compose.processing.yml ps victoria-logs
Until it is back, each machine has its own last lines:
  docker compose -f docker-compose.processing.yml logs --since 1h {service}
"""


def asked(arguments: list[str]) -> Question:
    """Read the command line; it ends the process where it is wrong."""
    parser = argparse.ArgumentParser(prog="make logs", description="All times are UTC.")
    for field in msgspec.structs.fields(Question):
        parser.add_argument(f"--{field.name}", type=field.type, default=field.default)
    question = Question(**vars(parser.parse_args(arguments)))
    if not 1 <= question.limit <= MOST_LINES:
        parser.error(f"LIMIT is from 1 to {MOST_LINES}")
    return question


def nothing_found(store: Store, question: Question, now: datetime) -> str:
    """Say which services have lines in that time: perhaps a name is misspelt."""
    begin, end = (stamp(at) for at in span(question, now))
    rows = store.ask(f"_time:[{begin}, {end}] | stats by (machine, service) count() lines | sort by (machine, service)")
    services = [f"  {row['service']} on {row['machine']}: {row['lines']}" for row in rows]
    return "Nothing is found. Lines of that time, by service:\n" + ("\n".join(services) or "  none at all") + "\n"


def main(arguments: list[str]) -> int:
    """Print the lines, the oldest first; return the exit code."""
    question, now = asked(arguments), datetime.now(UTC)
    (settings,) = load_all(CollectorSettings)
    store = Store(settings.store_url)
    try:
        found = list(store.ask(logsql(question, now)))
        sys.stdout.write("".join(f"{line_of(row)}\n" for row in reversed(found)))
        if not found:
            sys.stderr.write(nothing_found(store, question, now))
        elif len(found) == question.limit:
            sys.stderr.write(f"The newest {question.limit}; LIMIT={question.limit * 10} shows more.\n")
    except QuestionError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except StoreAwayError as error:
        sys.stderr.write(AWAY.format(reason=error, service=question.service))
        return 1
    return 0 if found else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
