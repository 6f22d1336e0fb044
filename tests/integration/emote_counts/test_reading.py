"""Series and tops from a real Postgres, as the site asks, are what a plain count finds."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from integration.support.database import as_role
from integration.support.emote_rows import MINUTE_MS, minute, roll_up
from integration.support.recorder_writer import NOW, Writer

from emote_counts.reading import Ask, asking, emote_series, ids_of, moment, top_emotes
from emote_counts.series import STEPS, period_of
from emote_counts.uses import EmoteKey
from recorder.partitions import DAY_MS

TODAY = NOW // DAY_MS * DAY_MS
FIRST = TODAY - 3 * DAY_MS  # three days that are rolled up, and today
KEYS: tuple[EmoteKey, ...] = tuple(
    ("7tv" if place % 3 else "bttv", f"id{place // 2}", f"name{place}") for place in range(40)
)
GAP = (TODAY - 2 * DAY_MS - 3 * 3_600_000, TODAY - 2 * DAY_MS)  # nobody read
OFFLINE = (TODAY - 8 * 3_600_000, TODAY - 4 * 3_600_000)
Cells = dict[int, dict[EmoteKey, dict[int, int]]]  # by minute, emote and second of the minute


def chat() -> Cells:
    """Make four days, with a heavy tail; the first emote is in many seconds."""
    dice = random.Random(7)
    weights = [1 / (rank + 1) ** 1.5 for rank in range(len(KEYS))]
    found: Cells = {}
    for at in range(FIRST, NOW, MINUTE_MS):
        if dice.random() < 0.6 and not GAP[0] <= at < GAP[1] and not OFFLINE[0] <= at < OFFLINE[1]:
            emotes = found.setdefault(at, {})
            for key in dice.choices(KEYS, weights, k=dice.randint(1, 6)):
                uses = emotes.setdefault(key, {})
                second = dice.randint(0, 59)
                uses[second] = uses.get(second, 0) + dice.choice([1, 1, 1, 2, 300])
    return found


CHAT = chat()


@pytest.fixture(scope="module")
def dsn(postgres_of_module: str) -> str:
    """A database with the chat: three days rolled up, but for one that came in two parts."""
    writer = Writer(postgres_of_module)
    late = [at for at in CHAT if at // MINUTE_MS % 7 == 0]
    for times in ([at for at in CHAT if at not in late], late):
        writer.write("emote-counts", *(minute(at, CHAT[at]) for at in times))
        roll_up(postgres_of_module)
    writer.write("emote-counts", *(minute(at, CHAT[at], channel="2") for at in list(CHAT)[:50]))
    writer.store.close()
    with psycopg.connect(postgres_of_module) as connection:
        events = [("joined", FIRST, None), ("gap", *GAP)]
        for event, from_at, until_at in events:
            values = (event, moment(from_at), until_at and moment(until_at))
            connection.execute("INSERT INTO coverage VALUES ('1', %s, %s, %s, '')", values)
        streams = [("a", FIRST, OFFLINE[0]), ("b", OFFLINE[1], None)]
        for name, from_at, until_at in streams:
            values = (name, moment(from_at), until_at and moment(until_at))
            connection.execute(
                "INSERT INTO streams (stream_id, channel_id, started_at, ended_at, updated_at)"
                " VALUES (%s, '1', %s, %s, now())",
                values,
            )
    return postgres_of_module


@pytest.fixture
async def ask(dsn: str) -> AsyncIterator[Ask]:
    """The site's connection."""
    async with await psycopg.AsyncConnection.connect(as_role(dsn, "api_frontend"), autocommit=True) as connection:
        yield asking(connection)


def naive_top(from_at: int, until_at: int) -> tuple[Counter[EmoteKey], dict[EmoteKey, int]]:
    """Count plainly: uses by second, people by minutes that begin in the time."""
    uses: Counter[EmoteKey] = Counter()
    people: dict[EmoteKey, int] = {}
    for at, emotes in CHAT.items():
        for key, seconds in emotes.items():
            uses[key] += sum(number for second, number in seconds.items() if from_at <= at + second * 1000 < until_at)
            if from_at <= at < until_at:
                people[key] = max(people.get(key, 0), sum(seconds.values()))
    return +uses, people


HOUR_MS = 3_600_000
TIMES = [
    (FIRST, NOW),
    (NOW - HOUR_MS, NOW),
    (NOW - DAY_MS, NOW),
    (FIRST + 5 * HOUR_MS, FIRST + 6 * HOUR_MS),
    (FIRST + 5 * HOUR_MS + 61_000, FIRST + 5 * HOUR_MS + 2_000_000),
    (FIRST + 5 * HOUR_MS + 1_234_000, FIRST + 30 * HOUR_MS + 77_000),
    (FIRST + HOUR_MS - 3_000, FIRST + HOUR_MS + 3_000),
    (FIRST + DAY_MS, FIRST + 2 * DAY_MS),
    (FIRST - DAY_MS, FIRST),
    (NOW - 90_000, NOW - 30_000),
]


@pytest.mark.parametrize(("from_at", "until_at"), TIMES)
async def test_a_top_is_what_a_plain_count_finds(ask: Ask, from_at: int, until_at: int) -> None:
    uses, people = naive_top(from_at, until_at)
    for most in (1, 5, 50):
        found = await top_emotes(ask, "1", from_at, until_at, most=most)
        assert [each.uses for each in found] == sorted(uses.values(), reverse=True)[:most]
        for each in found:
            key = (each.provider, each.provider_id, each.name)
            assert each.uses == uses[key]
            assert each.people == people.get(key, 0)


async def test_a_top_may_be_of_one_provider(ask: Ask) -> None:
    uses, _ = naive_top(FIRST, NOW)
    found = await top_emotes(ask, "1", FIRST, NOW, most=3, providers=["bttv"])
    own = sorted((number for key, number in uses.items() if key[0] == "bttv"), reverse=True)
    assert [(each.provider, each.uses) for each in found] == [("bttv", number) for number in own[:3]]


async def test_an_empty_time_and_an_unknown_channel_have_no_top(ask: Ask) -> None:
    assert await top_emotes(ask, "1", NOW, NOW) == []
    assert await top_emotes(ask, "nobody", FIRST, NOW) == []


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("number", [0, 9])
async def test_a_series_is_what_a_plain_count_finds(ask: Ask, step: int, number: int) -> None:
    """At every step, over times that end today, begin in a rolled-up day, and have gaps."""
    emote_ids = await ids_of(ask, KEYS[2 * number][0], f"id{number}")
    names = {f"name{2 * number}", f"name{2 * number + 1}"} if len(emote_ids) == 2 else {f"name{2 * number}"}
    cells = {
        at + second * 1000: uses
        for at, emotes in CHAT.items()
        for key in emotes
        if key[1] == f"id{number}" and key[2] in names and key[0] == KEYS[2 * number][0]
        for second, uses in emotes[key].items()
    }
    for until_at in (NOW, TODAY + 60_000, OFFLINE[1] + 60_000, GAP[1] + 120_000):
        period = period_of(until_at - min(1400 * step * 1000, until_at - FIRST), until_at, step)
        found = await emote_series(ask, "1", emote_ids, period)
        counted: Counter[int] = Counter()
        for at, uses in cells.items():
            counted[(at - period.from_at) // period.step_ms] += uses
        for point, value in enumerate(found.uses):
            at = period.from_at + point * period.step_ms
            is_gap = any(begin <= at and at + period.step_ms <= end for begin, end in (GAP, OFFLINE))
            assert value is None if is_gap else value == counted[point]
        assert all(people is None for people in found.people) if step < 60 else max(found.people, key=lambda p: p or 0)


async def test_an_emote_that_nobody_used_is_0_where_the_channel_was_read(ask: Ask) -> None:
    assert await ids_of(ask, "7tv", "unknown") == []
    found = await emote_series(ask, "1", [], period_of(NOW - 600_000, NOW, 60), counted_until=NOW - 120_000)
    assert found.uses == [0] * 8 + [None] * 2


async def test_a_roll_up_between_two_questions_counts_nothing_twice(ask: Ask, dsn: str) -> None:
    """Today is rolled up just after its minutes were read."""
    period = period_of(TODAY, NOW, 3600)
    emote_ids = await ids_of(ask, *KEYS[0][:2])
    expected = await emote_series(ask, "1", emote_ids, period)
    top = await top_emotes(ask, "1", FIRST, NOW)
    begun = False

    async def meanwhile(sql: str, values: Any) -> Any:
        nonlocal begun
        rows = await ask(sql, values)
        if "emote_minutes" in sql and not begun:
            begun = True
            assert roll_up(dsn, NOW + DAY_MS) >= 1
        return rows

    assert await top_emotes(meanwhile, "1", FIRST, NOW) == top
    assert begun
    assert await emote_series(ask, "1", emote_ids, period) == expected
    assert await top_emotes(ask, "1", FIRST, NOW) == top


async def test_nothing_is_answered_of_a_channel_that_has_opted_out(ask: Ask, dsn: str) -> None:
    assert await top_emotes(ask, "2", FIRST, NOW)
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO opt_outs (channel_id, is_out, changed_at) VALUES ('2', true, now())")
    assert await top_emotes(ask, "2", FIRST, NOW) == []
