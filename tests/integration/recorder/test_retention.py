"""Retention on a real Postgres: days ahead, old days dropped, dead letters, coverage."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from integration.support.database import as_role
from integration.support.recorder_writer import DAYS, NOW, counts

from recorder.database import Database
from recorder.partitions import name_of
from recorder.retention import RetentionKeeper
from recorder.settings import RecorderSettings


def keep(dsn: str, day: date) -> None:
    """Run the retention once, on a day."""
    RetentionKeeper(Database(as_role(dsn, "recorder"), "test"), RecorderSettings(), lambda: day).keep()


def partitions(rows: Callable[[str], list[dict[str, Any]]]) -> set[str]:
    found = rows("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relname LIKE 'chat_counts%'")
    return {row["relname"] for row in found}


def test_retention_makes_days_ahead_and_drops_old_ones(writer, rows, postgres):
    day_ms = 86_400_000
    today = datetime.fromtimestamp(NOW / 1000, UTC).date()
    writer.write("chat-counts", *(counts(NOW - age * day_ms, [1] * 60) for age in (0, 5, DAYS, DAYS + 1)))
    writer.write("chat-counts", counts(NOW + 5 * day_ms, [1] * 60))
    assert rows("SELECT count(*) AS n FROM chat_counts") == [{"n": 3}]  # one is too old, one lies ahead
    assert len(rows("SELECT * FROM dead_letters WHERE reason LIKE '%days ahead'")) == 1

    keep(postgres, today)
    ahead = {name_of(today + timedelta(days=step)) for step in range(-2, 3)}
    assert ahead <= partitions(rows)
    assert name_of(today - timedelta(days=DAYS)) in partitions(rows)
    keep(postgres, today + timedelta(days=2))
    assert name_of(today - timedelta(days=DAYS)) not in partitions(rows)
    assert rows("SELECT count(*) AS n FROM chat_counts") == [{"n": 2}]


def test_retention_deletes_dead_letters_after_their_hours(writer, rows, postgres):
    old, new = (datetime.now(UTC) - timedelta(hours=hours) for hours in (49, 1))
    insert = """INSERT INTO dead_letters (topic, partition_id, record_offset, place, reason, payload, met_at)
                VALUES ('chat-messages', 0, %s, '', '', 'hello', %s)"""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.cursor().executemany(insert, [(1, old), (2, new)])
    keep(postgres, datetime.now(UTC).date())
    assert [row["record_offset"] for row in rows("SELECT * FROM dead_letters")] == [2]


def test_retention_keeps_the_last_coverage_event(writer, rows, postgres):
    ages = {"first joined": 50, "left": 45, "joined again": 40}
    with psycopg.connect(postgres, autocommit=True) as connection:
        for (reason, age), event in zip(ages.items(), ("joined", "left", "joined"), strict=True):
            connection.execute(
                "INSERT INTO coverage VALUES ('1', %s, %s, NULL, %s)",
                (event, datetime.now(UTC) - timedelta(days=age), reason),
            )
    keep(postgres, datetime.now(UTC).date())
    assert [row["reason"] for row in rows("SELECT * FROM coverage")] == ["joined again"]


def test_retention_keeps_ninety_days_of_uptime_for_every_zone(rows, postgres):
    """And what a clock that was far ahead noted is gone before it comes true."""
    notes = {"old": (100, 92.1), "long": (100, 91), "new": (1, 0), "ahead": (-2, -3)}
    with psycopg.connect(postgres, autocommit=True) as connection:
        for begin, end in notes.values():
            times = [datetime.now(UTC) - timedelta(days=each) for each in (begin, end)]
            connection.execute(
                "INSERT INTO uptime VALUES (%s, 'down', %s, %s)", ("chat" if end == 92.1 else "website", *times)
            )
    keep(postgres, datetime.now(UTC).date())
    kept = rows("SELECT part FROM uptime WHERE from_at < now()")
    assert [row["part"] for row in kept] == ["website", "website"]
    assert rows("SELECT count(*) AS n FROM uptime") == [{"n": 2}]


def test_retention_runs_on_a_machine_a_of_the_version_before(postgres):
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP TABLE uptime")
    keep(postgres, datetime.now(UTC).date())
