"""Builds the queries of a filter from fragments in sql/list.sql and sql/best.sql."""

from collections.abc import Collection
from functools import cache
from typing import Any

from api_frontend.data.database import queries
from api_frontend.data.lists.cursor import TOP_GRADE
from api_frontend.data.lists.filters import Filter
from api_frontend.data.lists.words import firm_query_of, query_of

PLACE_OF_CONDITIONS = "AND true"
PLACE_OF_COUNT, PLACE_OF_LIST = "SELECT 0 AS the_count", "SELECT 0 AS the_list"
MOST_COUNTED = 1_000  # a page says "1,000+" beyond
NEAR = 250  # moments that a search looks at before it asks the index of words


def source(wanted: Filter) -> str:
    """Name the table to walk: `clips` has fewer rows, but cannot answer every condition."""
    if wanted.shadow:
        return "experimental_moments"
    if wanted.clips_only and all(condition.in_clips for condition in wanted.conditions()):
        return "made_clips"
    return "public_moments"


def narrowing(wanted: Filter) -> tuple[str, ...]:
    """Name the fragments of the conditions that are asked for."""
    return tuple(one.fragment for one in wanted.conditions() if one.fragment)


def besides_words(wanted: Filter) -> tuple[str, ...]:
    """Name them without the words, which a search's own queries look for."""
    return tuple(name for name in narrowing(wanted) if name != "with_words")


@cache
def joined(fragments: tuple[str, ...]) -> str:
    """Join named fragments; the same names give the same text, which Postgres prepares once."""
    return "\n".join(getattr(queries, name).sql for name in fragments)


@cache
def filled(statement: str, fragments: tuple[str, ...]) -> str:
    """Put the fragments into a statement of sql/best.sql."""
    text: str = getattr(queries, statement).sql
    return text.replace(PLACE_OF_CONDITIONS, joined(fragments))


def sql(wanted: Filter) -> str:
    """Return the query of the filter's positions in its order."""
    if wanted.search and not wanted.shadow:
        return filled(f"{wanted.order}_found", besides_words(wanted))
    if wanted.order == "best":
        return filled("best_moments", narrowing(wanted))
    table = source(wanted)
    conditions = [name for name in narrowing(wanted) if (table, name) != ("made_clips", "with_clip")]
    bounds = ["crossed_from"] * bool(wanted.begin) + ["crossed_before"] * bool(wanted.end or wanted.after)
    return joined((table, *conditions, *bounds, "newest_first"))


def near_sql(wanted: Filter) -> str:
    """Return the query of what a search finds among the first `NEAR` of the list."""
    return filled(f"near_{wanted.order}", besides_words(wanted))


def count_sql(wanted: Filter) -> str:
    """Return the query that counts the filter's moments, whatever the page."""
    return filled("counted", narrowing(wanted))


def counted_sql(wanted: Filter) -> str:
    """Return the query of the positions of which each has the count beside it: one question instead of two."""
    return with_count(sql(wanted), count_sql(wanted))


@cache
def with_count(places: str, count: str) -> str:
    """Put the count beside each row."""
    listed, counted = (each.strip().removesuffix(";") for each in (places, count))
    text: str = queries.with_count.sql
    return text.replace(PLACE_OF_COUNT, counted).replace(PLACE_OF_LIST, listed)


def parameters(wanted: Filter, most: int, common: Collection[str] = ()) -> dict[str, Any]:
    """Return what the fragments bind: the filter's fields by name, where the page begins, and its size.

    `common`: words that a search finds nearly everywhere.
    """
    end = wanted.end or "infinity"
    values = vars(wanted) | {
        "words": query_of(wanted.search or ""),
        "firm_words": firm_query_of(wanted.search or "", common),
        "least_seconds": wanted.least_seconds,
        "begin_at": wanted.begin or "-infinity",
        "most": most,
        "end_at": end,
        "most_counted": MOST_COUNTED + 1,
        "near": NEAR,
    }
    return values | (best_position(wanted, end) if wanted.order == "best" else newest_position(wanted, end))


def newest_position(wanted: Filter, end: object) -> dict[str, Any]:
    """Return the position that every moment of the page comes before: the cursor, or the end of the time."""
    after = wanted.after
    if after and (wanted.end is None or after.crossed_at < wanted.end):
        return {"before_at": after.crossed_at, "before_id": after.moment_id}
    return {"before_at": end, "before_id": ""}


def best_position(wanted: Filter, end: object) -> dict[str, Any]:
    """Return the highest grade of the page, and the position before which it begins there and in lower grades."""
    after = wanted.after
    if after is None:
        return {"top_grade": TOP_GRADE, "top_at": end, "top_id": "", "before_at": end}
    is_inside = wanted.end is None or after.crossed_at < wanted.end
    top = {"top_at": after.crossed_at, "top_id": after.moment_id} if is_inside else {"top_at": end, "top_id": ""}
    return {"top_grade": after.grade, "before_at": end} | top
