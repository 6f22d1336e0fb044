"""What visitors say, in Postgres: how it moves a grade, who may write it, and when it is forgotten."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from integration.support.api_frontend_process import moment
from integration.support.database import as_role
from integration.support.visitors import grade, voices

from contracts import codec
from contracts.kept import VOICES_DAYS
from contracts.moments import Moment
from embedded.paths import REPOSITORY
from recorder.database import Database, load_queries
from recorder.retention import RetentionKeeper
from recorder.settings import RecorderSettings

FORMULA = "steps = trunc(2 × log2((good + 3) / (not really + 3))), at least -4, at most 4"
MANY = 10**6
NOW = int(datetime.now(UTC).timestamp() * 1000)


@pytest.fixture
def owner(postgres_of_module: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_of_module, autocommit=True) as connection:
        yield connection
        connection.execute("DELETE FROM voices")
        connection.execute("DELETE FROM moments")


@pytest.fixture
def recorder(postgres_of_module: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(as_role(postgres_of_module, "recorder"), autocommit=True) as connection:
        yield connection


def record(recorder: psycopg.Connection, document: Moment) -> int:
    """Write a moment as the recorder does; return the grade that it has by itself."""
    text = codec.encode(document).decode()
    load_queries().write_moments(recorder, rows=f"[{text}]")
    row = recorder.execute("SELECT moment_grade(%s)", (text,)).fetchone()
    assert row is not None
    return int(row[0])


def judge(owner: psycopg.Connection, number: int, verdict: str, days_ago: int = 0) -> None:
    """Give a voice for the moment m."""
    owner.execute(
        "SELECT give_voice('m', %s, %s, NULL, true, 500)",
        (bytes([number]) * 16, verdict),
    )
    owner.execute(
        "UPDATE voices SET given_at = now() - make_interval(days => %s) WHERE visitor = %s",
        (days_ago, bytes([number]) * 16),
    )


def test_the_formula_of_the_document_is_the_databases(owner: psycopg.Connection) -> None:
    assert f"    {FORMULA}\n" in (REPOSITORY / "docs/best.md").read_text()
    for good, bad in ((good, bad) for good in (0, 1, 2, 3, 5, 9, 40, MANY) for bad in (0, 1, 2, 4, 13, MANY)):
        steps = max(-4, min(4, math.trunc(2 * math.log2((good + 3) / (bad + 3)))))
        assert owner.execute("SELECT verdict_steps(%s, %s)", (good, bad)).fetchone() == (steps,)
    for recorded, steps, result in ((30, 4, 31), (2, -4, 0), (12, -3, 9)):
        graded = owner.execute("SELECT graded(%s::smallint, %s::smallint)", (recorded, steps)).fetchone()
        assert graded == (result,)


def test_a_revision_keeps_what_verdicts_did(owner: psycopg.Connection, recorder: psycopg.Connection) -> None:
    first = record(recorder, moment("m", NOW, 3, 14.0))
    for number in range(2):
        judge(owner, number, "not_really")
    assert grade(owner, "m") == (first - 1, -1)
    higher = record(recorder, moment("m", NOW, 4, 5.0))  # fewer were expected
    assert higher > first
    assert grade(owner, "m") == (higher - 1, -1)


def test_the_website_writes_voices_through_functions_alone(postgres_of_module: str) -> None:
    with psycopg.connect(as_role(postgres_of_module, "api_frontend"), autocommit=True) as connection:
        for statement in (
            "INSERT INTO voices (moment_id, visitor, channel_id, counts) VALUES ('older', '', '11', true)",
            "DELETE FROM voices",
            "SELECT forget_old_voices(0)",
            "SELECT forget_voices(NULL, now())",
            "SELECT count_voices('older')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)  # type: ignore[call-overload]


def test_retention_forgets_old_voices_and_what_they_did(
    owner: psycopg.Connection, recorder: psycopg.Connection, postgres_of_module: str
) -> None:
    recorded = record(recorder, moment("m", NOW, 3, 14.0))
    for number, days in enumerate((VOICES_DAYS + 1, VOICES_DAYS + 1, VOICES_DAYS - 1)):
        judge(owner, number, "good", days)
    assert grade(owner, "m") == (recorded + 2, 2)
    today = datetime.now(UTC).date()
    RetentionKeeper(Database(as_role(postgres_of_module, "recorder"), "test"), RecorderSettings(), lambda: today).keep()
    assert voices(owner) == [("m", "good")]
    assert grade(owner, "m") == (recorded, 0)
