"""Machine B notes in machine A's database how its backup went."""

import subprocess
import sys

import psycopg
from integration.support.database import as_role

NOTED = "SELECT good_at IS NOT NULL, problem FROM backups WHERE kind = 'processing'"


def note(dsn: str, problem: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "service_runtime.backup_note", "processing", problem]
    return subprocess.run(command, env={"POSTGRES_DSN": dsn}, capture_output=True, text=True, timeout=60, check=False)


def test_a_failure_leaves_the_time_of_the_last_good_one(postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        for problem, noted in (("it is full", (False, "it is full")), ("", (True, "")), ("away", (True, "away"))):
            done = note(as_role(postgres, "recorder"), problem)
            assert done.returncode == 0, done.stderr
            assert connection.execute(NOTED).fetchone() == noted


def test_without_postgres_it_says_so() -> None:
    done = note("postgresql://recorder@127.0.0.1:1/none", "")
    assert done.returncode == 1
    assert done.stderr.startswith("backup_note: ")
