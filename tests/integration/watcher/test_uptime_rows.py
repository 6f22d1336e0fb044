"""The table of uptime: notes in any order, and ninety days read at once."""

import random
import time
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from integration.support.database import as_role
from integration.support.uptime_reading import rows_of, store
from integration.support.uptime_rows import PARTS

from api_frontend.data.database import queries
from contracts.uptime import Noted, Part, UptimeState
from watcher.record.sources import UptimeDatabase

MOST_QUERY_MS = 5.0

notes = st.lists(
    st.builds(
        lambda part, is_up, begin, length: Noted(
            part, UptimeState.UP if is_up else UptimeState.DOWN, begin * 1000, (begin + length) * 1000
        ),
        st.sampled_from([Part.WEBSITE, Part.CHAT]),
        st.booleans(),
        st.integers(1_700_000_000, 1_700_000_005),
        st.integers(0, 100),
    ),
    min_size=1,
    max_size=15,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(notes, st.randoms(use_true_random=False))
def test_notes_may_come_in_any_order_and_as_often_as_they_like(postgres: str, found: list[Noted], rand: random.Random):
    database = UptimeDatabase(as_role(postgres, "watcher"))

    def stored(batches: list[list[Noted]]) -> list[Any]:
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute("TRUNCATE uptime")
            for batch in batches:
                assert database.note(batch)
            return connection.execute("SELECT * FROM uptime ORDER BY 1, 2, 3").fetchall()

    again = [*found, *found]
    rand.shuffle(again)
    cut = rand.randint(0, len(again))
    assert stored([found]) == stored([batch for batch in (again[:cut], again[cut:]) if batch])
    database.close()


def test_ninety_days_are_read_in_five_milliseconds(postgres):
    """Five parts that change every two hours, and a deploy a day."""
    now = round(time.time())
    found = [
        Noted(part, UptimeState.UP, 1000 * begin, 1000 * (begin + 7100))
        for part in map(Part, PARTS)
        for begin in range(now - 90 * 86_400, now, 7200)
    ]
    days = range(now - 90 * 86_400, now, 86_400)
    found += [Noted(Part.WORK, UptimeState.PLANNED, 1000 * at, 1000 * (at + 90)) for at in days]
    with psycopg.connect(postgres, autocommit=True) as connection:
        store(connection, found)
        connection.execute("VACUUM ANALYZE uptime")
    with psycopg.connect(as_role(postgres, "api_frontend"), autocommit=True) as connection:
        times = []
        for _ in range(9):
            (plan,) = connection.execute(
                "EXPLAIN (ANALYZE, FORMAT JSON) " + queries.uptime.sql, {"days": 91}
            ).fetchone() or (None,)
            times.append(plan[0]["Execution Time"])
    assert len(rows_of(postgres)) == len(found) + 1
    print(f"{len(found)} rows: {sorted(times)[4]:.2f} ms in the median")
    assert min(times) < MOST_QUERY_MS  # the machine may be busy
