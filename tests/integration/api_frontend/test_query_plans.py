"""The list's queries walk an index from the cursor on: nothing is sorted or scanned, however much is stored."""

import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, product
from typing import Any

import psycopg
import pytest
from benchmarks.moments_million import fill

from api_frontend.data.database import queries
from api_frontend.data.lists import list_query
from api_frontend.data.lists.cursor import Cursor
from api_frontend.data.lists.filters import Filter
from api_frontend.data.lists.parameters import Order

STORED = 20_000
PAGE = 25
WALKS = {"Limit", "Index Scan", "Index Only Scan"}
MOST_SORTED = STORED // 40
MOST_BUFFERS = 6 * PAGE  # 8 kB blocks touched: for each row at worst its own, and of what is hidden and opted out


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


def plan_of(filled: psycopg.Connection, wanted: Filter, common: Collection[str] = ()) -> dict[str, Any]:
    """How Postgres answers the list's query."""
    statement = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {list_query.sql(wanted)}"
    rows = filled.execute(statement, list_query.parameters(wanted, PAGE, common)).fetchone()  # type: ignore[call-overload]
    assert rows is not None
    found = json.loads(rows[0]) if isinstance(rows[0], str) else rows[0]
    return dict(found[0]["Plan"])


CHANNEL = {"channel": "channel_1", "channel_id": "10000001"}
NARROWINGS: tuple[dict[str, Any], ...] = (
    {},
    CHANNEL,
    {"clips_only": True},
    {"clips_only": True} | CHANNEL,
    {"mood": "laughter"},
    {"cause": "raid"},
    {"mood": "laughter"} | CHANNEL,
    {"cause": "raid"} | CHANNEL,
    {"mood": "laughter", "clips_only": True},
    {"game": "game 1"},
    {"language": "en"},
    {"rarity": "hour"},
    {"shadow": True},
)


@pytest.mark.parametrize("days_ago", [0, 180])
@pytest.mark.parametrize("fields", NARROWINGS, ids=lambda fields: ", ".join(fields) or "all")
def test_a_page_is_a_walk_along_an_index(filled: psycopg.Connection, fields: dict[str, Any], days_ago: int) -> None:
    after = Cursor(datetime.now(UTC) - timedelta(days=days_ago), "5")
    plan = plan_of(filled, Filter(after=after, **fields))
    assert plan["Actual Rows"] == PAGE
    assert {node["Node Type"] for node in nodes(plan)} <= WALKS
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= MOST_BUFFERS * (4 if len(fields) > 1 else 1)


OPTIONS: tuple[tuple[dict[str, Any], ...], ...] = (
    ({}, CHANNEL),
    ({}, {"mood": "laughter"}),
    ({}, {"cause": "raid"}),
    ({}, {"clips_only": True}),
    ({}, {"from_at": datetime.now(UTC) - timedelta(days=90), "until_at": datetime.now(UTC) - timedelta(days=30)}),
)


def test_no_combination_of_filters_scans_or_sorts_more_than_a_few(filled: psycopg.Connection) -> None:
    """Where two filters leave few rows of all, Postgres may fetch these and sort them."""
    for chosen in product(*OPTIONS):
        fields = dict(chain.from_iterable(option.items() for option in chosen))
        found = list(nodes(plan_of(filled, Filter(**fields))))
        kinds = {node["Node Type"] for node in found}
        assert kinds <= WALKS | {"Sort", "Bitmap Heap Scan", "Bitmap Index Scan"}, f"{fields}: {kinds}"
        is_sorted = max((node["Plans"][0]["Actual Rows"] for node in found if node["Node Type"] == "Sort"), default=0)
        assert is_sorted <= MOST_SORTED, f"{fields}: {is_sorted}"


BEST_WALKS = WALKS | {"Nested Loop", "Function Scan"}
GRADES = 32
PERIODS: tuple[dict[str, Any], ...] = (
    {"period": "hour"},
    {"period": "week"},
    {"period": "all"},
    {"period": "all", "after": Cursor(datetime.now(UTC) - timedelta(days=90), "5", 12)},
)


@pytest.mark.parametrize("period", PERIODS, ids=lambda fields: str(fields["period"]) + " deep" * ("after" in fields))
@pytest.mark.parametrize("fields", NARROWINGS[:-1], ids=lambda fields: ", ".join(fields) or "all")
def test_the_best_are_a_walk_from_grade_to_grade(
    filled: psycopg.Connection, fields: dict[str, Any], period: dict[str, Any]
) -> None:
    plan = plan_of(filled, Filter(order="best", **period, **fields))
    found = list(nodes(plan))
    assert {node["Node Type"] for node in found} <= BEST_WALKS
    outer = next(node["Plans"][0] for node in found if node["Node Type"] == "Nested Loop")
    assert outer["Node Type"] == "Function Scan"  # the grades, from the highest down: the order of what is found
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= 4 * GRADES + 5 * MOST_BUFFERS


@pytest.mark.parametrize("fields", PERIODS[:3], ids=lambda fields: str(fields["period"]))
@pytest.mark.parametrize("order", ["newest", "best"])
def test_one_plan_counts_every_list_that_nothing_narrows(
    filled: psycopg.Connection, order: Order, fields: dict[str, Any]
) -> None:
    """The site keeps it, whatever the times: half of such a page's question to Postgres was planning it anew."""
    wanted = Filter(order=order, **fields)
    statement = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {list_query.counted_sql(wanted)}"
    rows = filled.execute(statement, list_query.parameters(wanted, PAGE)).fetchone()  # type: ignore[call-overload]
    assert rows is not None
    plan = rows[0][0]["Plan"]
    kinds = {node["Node Type"] for node in nodes(plan)}
    assert kinds <= BEST_WALKS | {"Aggregate", "Subquery Scan"}
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= 4 * list_query.MOST_COUNTED + 5 * MOST_BUFFERS


SEARCHES = ("day 265", "drops", "word12", "channel_7", "nowhere", "diamond channel 12")
MOST_READ = 8 * PAGE  # rows of the table: few more than are shown, however many have the words
STEPS = {"newest": 7, "best": GRADES}
MOST_STEP_BUFFERS = 60  # of the index of words, 8 kB blocks


@pytest.mark.parametrize("order", STEPS)
@pytest.mark.parametrize("search", SEARCHES)
def test_a_search_reads_few_more_moments_than_it_shows(filled: psycopg.Connection, search: str, order: Order) -> None:
    common = {row[0] for row in filled.execute(queries.common_words.sql, {"sample": 1000, "least": 50})}
    assert {"day", "channel"} <= common
    plan = plan_of(filled, Filter(search=search, order=order, period="all"), common)
    found = list(nodes(plan))
    scans = [node for node in found if node["Node Type"] == "Bitmap Index Scan"]
    assert {node["Index Name"] for node in scans} == {"moments_places"}
    assert sum(node["Actual Loops"] for node in scans) <= STEPS[order]
    heap = [node for node in found if node["Node Type"] == "Bitmap Heap Scan"]
    read = sum(node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) for node in heap)
    assert read <= MOST_READ
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= 8 * MOST_READ + STEPS[order] * MOST_STEP_BUFFERS


def test_a_search_in_a_period_reads_that_period(filled: psycopg.Connection) -> None:
    plan = plan_of(filled, Filter(search="drops", order="best", period="week"), {"drops"})
    heap = [node for node in nodes(plan) if node["Node Type"] == "Bitmap Heap Scan"]
    read = sum(node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) for node in heap)
    assert read <= STORED // 52
