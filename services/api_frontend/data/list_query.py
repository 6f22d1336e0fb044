"""Builds the list's query of a filter from the fragments in sql/list.sql: a source, the conditions, the order."""

from functools import cache
from typing import Any

from api_frontend.data.database import queries
from api_frontend.data.filters import Filter


def source(wanted: Filter) -> str:
    """Name the table to walk: `clips` has fewer rows, but cannot answer every condition."""
    if wanted.shadow:
        return "experimental_moments"
    if wanted.clips_only and all(condition.in_clips for condition in wanted.conditions()):
        return "made_clips"
    return "public_moments"


@cache
def joined(fragments: tuple[str, ...]) -> str:
    """Join named fragments; the same names give the same text, which Postgres prepares once."""
    return "\n".join(getattr(queries, name).sql for name in fragments)


def sql(wanted: Filter) -> str:
    """Return the query of the filter's positions, newest first."""
    table = source(wanted)
    conditions = [one.fragment for one in wanted.conditions() if (table, one.fragment) != ("made_clips", "with_clip")]
    return joined((table, *dict.fromkeys(conditions), "newest_first"))


def parameters(wanted: Filter, most: int) -> dict[str, Any]:
    """Return what the fragments bind: the filter's fields by name, where the page begins, and its size."""
    before = wanted.before
    position = {"before_at": before.crossed_at, "before_id": before.moment_id} if before else {}
    return vars(wanted) | position | {"most": most}
