"""A filter's query and its predicate give the same moments: the list and live news agree."""

from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from integration.support.api_frontend_process import Rows, moment
from msgspec.structs import replace
from psycopg.rows import dict_row

from api_frontend.data import list_query
from api_frontend.data.cursor import Cursor
from api_frontend.data.database import queries
from api_frontend.data.filters import Filter
from api_frontend.data.stored_moment import Channel, StoredMoment, moment_in, utc
from contracts.moments import Moment

EXAMPLES = 300
FIRST_MS = 1_763_830_800_000
MOST = 100  # more than are stored

SECONDS = st.integers(0, 5)
CHANNELS = st.sampled_from(["11", "12", "13"])
MOODS = st.sampled_from(["awe", "hype"])
CAUSES = st.sampled_from(["raid", "vote"])
CLIPS = st.sampled_from([None, "made", "refused"])
MOMENTS = st.builds(
    lambda second, **fields: moment("", FIRST_MS + 1000 * second, 1, 0.0, **fields),
    SECONDS,
    channel_id=CHANNELS,
    mood=st.none() | MOODS,
    causes=st.lists(CAUSES, max_size=2, unique=True),
    shadow=st.sampled_from([False, False, True]),
)
TIMES = st.none() | SECONDS.map(lambda second: utc(FIRST_MS + 1000 * second + second % 2))
FILTERS = st.builds(
    lambda channel, **fields: Filter(channel=channel, **fields).of(known(channel)),
    channel=st.none() | CHANNELS | st.just("nobody"),
    from_at=TIMES,
    until_at=TIMES,
    clips_only=st.booleans(),
    mood=st.none() | MOODS,
    cause=st.none() | CAUSES,
    shadow=st.sampled_from([False, False, True]),
    after=st.none() | st.builds(lambda second, at: Cursor(utc(FIRST_MS + 1000 * second), f"m{at}"), SECONDS, SECONDS),
)


def known(channel: str | None) -> Channel | None:
    """The channel that a name leads to."""
    return Channel(channel, None, "") if channel and channel.isdigit() else None


@pytest.fixture(scope="module")
def rows(postgres_of_module: str) -> Iterator[Rows]:
    rows = Rows(postgres_of_module)
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def database(postgres_of_module: str) -> Iterator[psycopg.Connection[dict[str, object]]]:
    with psycopg.connect(postgres_of_module, autocommit=True, row_factory=dict_row) as connection:
        yield connection


def store(rows: Rows, stored: list[tuple[Moment, str | None]]) -> list[str]:
    """Store moments with their clips' states in place of what was there; their ids."""
    rows.delete_moments()
    for document, clip in stored:
        rows.store(document, notify=False)
        if clip and not document.shadow:  # experimental detectors get no clips
            rows.clip(document.moment_id, clip)
    return [document.moment_id for document, _ in stored]


def listed(database: psycopg.Connection[dict[str, object]], wanted: Filter, page_size: int) -> list[str]:
    """The ids of the list, page after page."""
    ids: list[str] = []
    while True:
        statement, values = list_query.sql(wanted), list_query.parameters(wanted, page_size)
        places = [Cursor(**row) for row in database.execute(statement, values)]  # type: ignore[arg-type, call-overload]
        ids += [place.moment_id for place in places]
        if len(places) < page_size:
            return ids
        wanted = wanted.at(places[-1])


def newest_first(one: StoredMoment) -> tuple[object, str]:
    """The list's order, reversed."""
    return one.crossed_at, one.moment_id


@settings(max_examples=EXAMPLES)
@given(st.lists(st.tuples(MOMENTS, CLIPS), max_size=12), FILTERS, st.sampled_from([2, MOST]))
def test_query_and_predicate_agree(
    rows: Rows,
    database: psycopg.Connection[dict[str, object]],
    drawn: list[tuple[Moment, str | None]],
    wanted: Filter,
    page_size: int,
) -> None:
    stored = [(replace(document, moment_id=f"m{number}"), clip) for number, (document, clip) in enumerate(drawn)]
    ids = store(rows, stored)
    read = [moment_in(row) for row in database.execute(queries.by_ids.sql, {"ids": ids})]
    fitting = sorted((one for one in read if one and wanted.fits(one)), key=newest_first, reverse=True)
    assert listed(database, wanted, page_size) == [one.moment_id for one in fitting]
