"""A filter's query and its predicate give the same moments in both orders: the list and live news agree.

Nothing hidden and no channel that has opted out is in either.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from integration.support.api_frontend_process import Rows, moment
from msgspec.structs import replace as with_fields
from psycopg.rows import dict_row

from api_frontend.data.database import queries
from api_frontend.data.lists import list_query
from api_frontend.data.lists.cursor import Cursor
from api_frontend.data.lists.filters import Filter
from api_frontend.data.moments import place_in
from api_frontend.data.stored_moment import Channel, StreamFacts, moment_in, utc
from contracts.moments import Moment

EXAMPLES = 300
FIRST_MS = 1_763_830_800_000
DAY_MS = 86_400_000
COMMON = st.sampled_from([(), ("run", "elden"), ("channel", "road", "ring")])
MOST = 100  # more than are stored

SECONDS = st.integers(0, 5)
CHANNELS = st.sampled_from(["11", "12", "13"])
MOODS = st.sampled_from(["awe", "hype"])
CAUSES = st.sampled_from(["raid", "vote"])
CLIPS = st.sampled_from([None, "made", "refused"])
DAYS_AGO = st.sampled_from([0, 0, 0, 0, 1, 5, 40, 200, 3000])  # so that a search takes each of its steps
MOMENTS = st.builds(
    lambda second, days, **fields: moment("", FIRST_MS + 1000 * second - DAY_MS * days, 1, 0.0, **fields),
    SECONDS,
    DAYS_AGO,
    channel_id=CHANNELS,
    mood=st.none() | MOODS,
    causes=st.lists(CAUSES, max_size=2, unique=True),
    shadow=st.sampled_from([False, False, True]),
    times_usual=st.sampled_from([2.0, 2.1, 9.0]),
    biggest_in_seconds=st.sampled_from([None, 600, 7_200, 900_000]),
)
STREAMS = st.builds(
    StreamFacts,
    title=st.sampled_from(["", "No deaths, run-3!", "Road to diamond"]),
    game_name=st.sampled_from(["", "Elden Ring", "GTA-5: Online"]),
    language=st.sampled_from(["", "de", "en"]),
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
    game=st.sampled_from([None, None, "Elden Ring", "GTA-5: Online", "Nothing"]),
    language=st.sampled_from([None, None, "de", "fi"]),
    rarity=st.sampled_from([None, None, "hour", "week"]),
    search=st.sampled_from([None, None, "run", "ROAD to d", "elden", "gta 5", "ring, eld", "channel", "nothing"]),
    period=st.sampled_from([None, None, "hour", "today", "yesterday", "week", "all"]),
    zone=st.sampled_from(["UTC", "Pacific/Kiritimati"]),
    now=st.integers(0, 3).map(lambda hours: utc(FIRST_MS + 3_600_000 * hours)),
    after=st.none() | st.builds(lambda second, at: Cursor(utc(FIRST_MS + 1000 * second), f"m{at}"), SECONDS, SECONDS),
)
GRADES = st.integers(0, 20)


def ordered(wanted: Filter, order: str, grade: int) -> Filter:
    """The filter in this order, as an address gives it: experimental moments have one order."""
    if order == "newest" or wanted.shadow:
        return wanted
    after = wanted.after and replace(wanted.after, grade=grade)
    return replace(wanted, order="best", after=after)


def with_id(document: Moment, moment_id: str) -> Moment:
    """The document of another moment."""
    return with_fields(document, moment_id=moment_id)


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


def store(rows: Rows, stored: list[tuple[Moment, StreamFacts, str | None]]) -> list[str]:
    """Store moments with their clips' states in place of what was there; their ids."""
    rows.delete_moments()
    for document, stream, clip in stored:
        rows.store(document, False, stream)
        if clip and not document.shadow:  # experimental detectors get no clips
            rows.clip(document.moment_id, clip)
    return [document.moment_id for document, *_ in stored]


def listed(
    database: psycopg.Connection[dict[str, object]], wanted: Filter, page_size: int, common: Collection[str]
) -> list[str]:
    """The ids of the list, page after page."""
    ids: list[str] = []
    while True:
        statement, values = list_query.sql(wanted), list_query.parameters(wanted, page_size, common)
        places = [place_in(row) for row in database.execute(statement, values)]  # type: ignore[call-overload]
        ids += [place.moment_id for place in places]
        if len(places) < page_size:
            return ids
        wanted = wanted.at(places[-1])


@settings(max_examples=EXAMPLES)
@given(
    st.lists(st.tuples(MOMENTS, STREAMS, CLIPS), max_size=12),
    st.builds(ordered, FILTERS, st.sampled_from(["newest", "best"]), GRADES),
    st.sampled_from([2, MOST]),
    st.sets(st.sampled_from(["m0", "m1", "m5"])),
    st.sampled_from([None, None, "12"]),
    COMMON,
)
def test_query_and_predicate_agree(
    rows: Rows,
    database: psycopg.Connection[dict[str, object]],
    drawn: list[tuple[Moment, StreamFacts, str | None]],
    wanted: Filter,
    page_size: int,
    hidden: set[str],
    opted_out: str | None,
    common: Collection[str],
) -> None:
    stored = [(with_id(document, f"m{number}"), stream, clip) for number, (document, stream, clip) in enumerate(drawn)]
    ids = store(rows, stored)
    rows.show_everything()
    for moment_id in hidden:
        rows.hide(moment_id)
    if opted_out:
        rows.opt_out(opted_out)
    read = [moment_in(row) for row in database.execute(queries.by_ids.sql, {"ids": ids})]
    fitting = sorted((one for one in read if one and wanted.fits(one)), key=lambda one: one.place(wanted.order))
    assert listed(database, wanted, page_size, common) == [one.moment_id for one in reversed(fitting)]
    assert count(database, wanted, common) == sum(wanted.at(None).fits(one) for one in read if one) or wanted.shadow
    if not wanted.search and not wanted.shadow:
        values = list_query.parameters(wanted, page_size)
        beside = database.execute(list_query.counted_sql(wanted), values).fetchall()  # type: ignore[call-overload]
        assert [place_in(row).moment_id for row in beside] == listed(database, wanted, MOST, common)[:page_size]
        assert {row["found"] for row in beside} <= {count(database, wanted, common)}
    if wanted.search and not wanted.shadow:  # all that is stored is near
        near = database.execute(list_query.near_sql(wanted), list_query.parameters(wanted, MOST))  # type: ignore[call-overload]
        assert [row["moment_id"] for row in near] == listed(database, wanted, MOST, common)
    shown = {one.moment_id for one in read if one}
    assert shown == {
        document.moment_id
        for document, *_ in stored
        if document.moment_id not in hidden and document.channel_id != opted_out
    }


def count(database: psycopg.Connection[dict[str, object]], wanted: Filter, common: Collection[str]) -> object:
    """How many moments Postgres counts."""
    statement, values = list_query.count_sql(wanted), list_query.parameters(wanted, MOST, common)
    row = database.execute(statement, values).fetchone()  # type: ignore[call-overload]
    return row and row["found"]
