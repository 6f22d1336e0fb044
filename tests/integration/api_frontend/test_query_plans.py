"""The list's queries walk an index from the cursor on: however many moments are stored, none is sorted or scanned."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from benchmarks.moments_million import fill

from api_frontend.data.database import queries

STORED = 20_000
PAGE = 25
MOST_BUFFERS = 4 * PAGE  # 8 kB blocks touched: a few for the index's root, and at worst a row's block each


@pytest.fixture(scope="module")
def filled(postgres_of_module: str) -> Iterator[psycopg.Connection]:
    fill(postgres_of_module, STORED)
    with psycopg.connect(postgres_of_module, autocommit=True, options="-c plan_cache_mode=force_generic_plan") as db:
        yield db


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node of a plan."""
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


@pytest.mark.parametrize("month_ago", [0, 6])
@pytest.mark.parametrize(
    "name",
    [
        "newest_places",
        "newest_places_of_channel",
        "newest_clip_places",
        "newest_clip_places_of_channel",
        "places_of_channel_and_mood",
        "places_of_channel_and_cause",
        "places_of_mood",
        "places_of_cause",
        "shadow_places",
    ],
)
def test_an_index_is_walked_from_the_cursor_on(filled: psycopg.Connection, name: str, month_ago: int) -> None:
    before = datetime.now(UTC) - timedelta(days=30 * month_ago)
    parameters = {
        "channel_id": "10000001",
        "from_at": datetime(1970, 1, 1, tzinfo=UTC),
        "before_at": before,
        "before_id": "5",
        "most": PAGE,
        "mood": None if name == "shadow_places" else "laughter",
        "cause": "raid" if name.endswith("_cause") else None,
        "clips_only": False,
    }
    if name == "shadow_places":
        parameters["channel_id"] = None
    sql = getattr(queries, name).sql
    rows = filled.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", parameters).fetchone()
    assert rows is not None
    found = json.loads(rows[0]) if isinstance(rows[0], str) else rows[0]
    plan = found[0]["Plan"]
    assert plan["Actual Rows"] == PAGE
    kinds = {node["Node Type"] for node in nodes(plan)}
    assert kinds <= {"Limit", "Index Scan", "Index Only Scan"}
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= MOST_BUFFERS
