"""Note how machine B's backup went, for the alerts: `python -m service_runtime.backup_note KIND PROBLEM`.

An empty problem is a good backup. Machine A notes its own in its database's container.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import aiosql

from service_runtime.postgres import Database, PostgresAwayError, with_deadlines
from service_runtime.settings import PostgresSettings, load_all

SQL = Path(__file__).parent / "sql"
CONNECT_SECONDS = 10
STATEMENT_SECONDS = 10.0


def main() -> int:
    """Note it; return 0, or 1 with the reason on standard error."""
    parser = argparse.ArgumentParser(prog="backup_note", description=__doc__)
    parser.add_argument("kind", choices=["processing"])
    parser.add_argument("problem")
    options = parser.parse_args()
    (settings,) = load_all(PostgresSettings)
    deadlines = {"connect_seconds": CONNECT_SECONDS, "statement_seconds": STATEMENT_SECONDS}
    queries: Any = aiosql.from_path(SQL, "psycopg")
    try:
        with Database(with_deadlines(settings.conninfo(), "backup-note", **deadlines)) as connection:  # type: ignore[arg-type]
            queries.note_backup(connection, kind=options.kind, problem=options.problem)
    except PostgresAwayError as error:
        sys.stderr.write(f"backup_note: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
