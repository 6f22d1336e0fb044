"""Which errors blame the row and which the server."""

import psycopg
import pytest

from recorder.database import is_refusal


@pytest.mark.parametrize(
    ("error", "blames_the_row"),
    [
        (psycopg.errors.NumericValueOutOfRange(), True),
        (psycopg.errors.UntranslatableCharacter(), True),
        (psycopg.errors.NotNullViolation(), True),
        (psycopg.errors.ProgramLimitExceeded(), True),  # a key too long for an index; an OperationalError
        (psycopg.DataError("NUL"), True),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "half a character"), True),
        (psycopg.OperationalError("connection refused"), False),
        (psycopg.errors.AdminShutdown(), False),
        (psycopg.errors.DiskFull(), False),
        (psycopg.errors.DeadlockDetected(), False),
        (psycopg.errors.UndefinedTable(), False),
        (psycopg.errors.InternalError_(), False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_refusals(error, blames_the_row):
    assert is_refusal(error) is blames_the_row
