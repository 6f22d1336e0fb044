"""Minutes of emotes on a real Postgres: revisions, roll-up, retention, opt-out, and a recount of every cell."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from integration.support.database import as_role
from integration.support.emote_rows import KEKW, MINUTE_MS, minute, roll_up
from integration.support.recorder_writer import NOW, Writer

from contracts.emote_counts import EmoteCounts, EmoteUses
from emote_counts.day_row import DayUses, people_by_minute
from emote_counts.minute_row import MinuteRow
from emote_counts.position import beginning
from emote_counts.slots import SlotRow
from emote_counts.sums import DaySums
from emote_counts.tally import Tally
from emote_counts.uses import EmoteKey
from recorder.database import Database
from recorder.erasure import erase
from recorder.partitions import DAY_MS, EMOTE_TABLES, name_of
from recorder.retention import RetentionKeeper
from recorder.settings import RecorderSettings

Rows = Callable[[str], list[dict[str, Any]]]
TODAY = NOW // DAY_MS * DAY_MS
YESTERDAY = TODAY - DAY_MS
HOSTILE: tuple[EmoteKey, ...] = (
    KEKW,
    ("7tv", "01A", "KEKL"),
    ("bttv", "5e", "KEKW"),
    ("ffz", "9", "kekw"),
    ("twitch", "25", "<script>alert('1')</script>"),
    ("7tv", "01B", "".join(chr(0x1F600 + number % 64) for number in range(500))),
    ("7tv", "x" * 100, "\\x00 %(name)s :name"),
)


def keep(dsn: str, day: date) -> None:
    """Run the retention once, on a day."""
    RetentionKeeper(Database(as_role(dsn, "recorder"), "test"), RecorderSettings(), lambda: day).keep()


def stored(rows: Rows) -> tuple[Counter[Any], dict[Any, int]]:
    """Return every cell (channel, second, emote) and everyone's people (channel, minute, emote) of all tables."""
    keys = {row["emote_id"]: (row["provider"], row["provider_id"], row["name"]) for row in rows("SELECT * FROM emotes")}
    cells: Counter[Any] = Counter()
    people: dict[Any, int] = {}
    for row in rows("SELECT * FROM emote_minutes"):
        start = int(row["minute_at"].timestamp())
        for emote_id, found in MinuteRow(row["packed"]):
            people[row["channel_id"], start // 60, keys[emote_id]] = found.people
            for second, uses in found.seconds:
                cells[row["channel_id"], start + second, keys[emote_id]] += uses
    for row in rows("SELECT * FROM emote_days"):
        start = int(datetime.combine(row["day"], datetime.min.time(), UTC).timestamp())
        for emote_id, packed in SlotRow(row["packed"]):
            key, day = keys[emote_id], DayUses(packed.seconds)
            for each, found in people_by_minute(day, packed.fewer).items():
                people[row["channel_id"], start // 60 + each, key] = found
            for second, uses in day.cells():
                cells[row["channel_id"], start + second, key] += uses
    return cells, people


def cells_of(rows: Rows) -> dict[tuple[int, str], int]:
    """Return uses by second and name."""
    return {(second, key[2]): uses for (_, second, key), uses in stored(rows)[0].items()}


@pytest.mark.parametrize("together", [True, False])
def test_a_later_revision_replaces_an_open_minute_and_nothing_open_a_closed_one(
    writer: Writer, rows: Rows, together: bool
) -> None:
    first = minute(TODAY, {KEKW: {0: 1}}, is_closed=False)
    second = minute(TODAY, {KEKW: {0: 1, 5: 2}}, is_closed=False)
    closed = minute(TODAY, {KEKW: {0: 1, 5: 2, 59: 1}})
    at = TODAY // 1000

    def write(*records: EmoteCounts) -> dict[tuple[int, str], int]:
        for batch in [records] if together else [[each] for each in records]:
            writer.write("emote-counts", *batch)
        return cells_of(rows)

    assert write(first, second, first) == {(at, "KEKW"): 1, (at + 5, "KEKW"): 2}
    assert write(closed, second, first) == {(at, "KEKW"): 1, (at + 5, "KEKW"): 2, (at + 59, "KEKW"): 1}
    assert rows("SELECT is_closed, uses FROM emote_minutes") == [{"is_closed": True, "uses": 4}]


def test_hostile_names_are_stored_as_they_are(writer: Writer, rows: Rows, postgres: str) -> None:
    writer.write("emote-counts", minute(YESTERDAY, {key: {place: 1} for place, key in enumerate(HOSTILE)}))
    expected = {(YESTERDAY // 1000 + place, key[2]): 1 for place, key in enumerate(HOSTILE)}
    assert cells_of(rows) == expected
    assert roll_up(postgres) == 1
    assert cells_of(rows) == expected
    assert rows("SELECT * FROM dead_letters") == []


@pytest.mark.parametrize(
    "bad",
    [
        minute(TODAY + 1, {KEKW: {0: 1}}),
        minute(TODAY + 5 * DAY_MS, {KEKW: {0: 1}}),
        minute(TODAY, {("7tv", "1", "a\x00"): {0: 1}}),
        EmoteCounts(schema_version=1, channel_id="1", minute_at=TODAY, is_closed=True, emotes=[
            EmoteUses(provider="7tv", id="1", name="a", seconds=b"\x00", people=2)]),
        EmoteCounts(schema_version=1, channel_id="1", minute_at=TODAY, is_closed=True, emotes=[
            EmoteUses(provider="7tv", id="1", name="a", seconds=b"\x3c", people=1)]),
        EmoteCounts(schema_version=1, channel_id="1", minute_at=TODAY, is_closed=True, emotes=[
            EmoteUses(provider="7tv", id="1", name="n" * 501, seconds=b"\x00", people=1)]),
    ],
    ids=["no whole minute", "days ahead", "NUL", "more people than uses", "second 60", "501 characters"],
)  # fmt: skip
def test_what_cannot_be_is_a_dead_letter_and_the_rest_is_stored(writer: Writer, rows: Rows, bad: EmoteCounts) -> None:
    writer.write("emote-counts", bad, minute(TODAY, {KEKW: {1: 1}}))
    assert cells_of(rows) == {(TODAY // 1000 + 1, "KEKW"): 1}
    assert len(rows("SELECT * FROM dead_letters")) == 1


def test_the_dictionary_has_each_name_once_and_grows_with_new_ones(writer: Writer, rows: Rows, postgres: str) -> None:
    writer.write("emote-counts", minute(TODAY, {key: {0: 1} for key in HOSTILE}))
    before = rows("SELECT * FROM emotes ORDER BY emote_id")
    again = Writer(postgres)
    again.write("emote-counts", minute(TODAY + MINUTE_MS, {key: {0: 1} for key in (*HOSTILE, ("ffz", "1", "new"))}))
    again.store.close()
    assert rows("SELECT * FROM emotes ORDER BY emote_id")[:-1] == before
    assert len(before) == len(HOSTILE)


def test_a_day_that_is_over_is_rolled_up_and_late_minutes_are_merged(writer: Writer, rows: Rows, postgres: str) -> None:
    day = YESTERDAY // 1000
    writer.write("emote-counts", minute(TODAY, {KEKW: {0: 1}}), *(
        minute(YESTERDAY + at, {KEKW: {3: 2}}, channel=channel) for at in (0, DAY_MS - MINUTE_MS) for channel in "12"
    ))  # fmt: skip
    assert roll_up(postgres) == 2
    assert rows("SELECT count(*) AS n FROM emote_minutes") == [{"n": 1}]
    table = name_of(datetime.fromtimestamp(day, UTC).date(), EMOTE_TABLES[0])
    assert rows(f"SELECT pg_relation_size('{table}') AS bytes") == [{"bytes": 0}]
    assert roll_up(postgres) == 0

    writer.write("emote-counts", minute(YESTERDAY + MINUTE_MS, {KEKW: {0: 7}}), minute(YESTERDAY, {HOSTILE[1]: {9: 1}}))
    assert roll_up(postgres) == 1
    own = {second: uses for (channel, second, _), uses in stored(rows)[0].items() if channel == "1"}
    assert own == {day + 9: 1, day + 60: 7, day + 86_343: 2, TODAY // 1000: 1}
    (rollup,) = rows("SELECT sums FROM emote_rollups WHERE channel_id = '1'")
    names = {row["emote_id"]: row["name"] for row in rows("SELECT * FROM emotes")}
    sums = DaySums(rollup["sums"])
    assert {names[each]: (uses, sums.people(each)) for each, uses in sums.uses()} == {"KEKL": (1, 1), "KEKW": (9, 7)}


def test_today_is_not_rolled_up_nor_yesterday_in_its_first_half_hour(writer: Writer, rows: Rows, postgres: str) -> None:
    writer.write("emote-counts", minute(YESTERDAY, {KEKW: {0: 1}}))
    assert roll_up(postgres, TODAY + 29 * MINUTE_MS) == 0
    assert roll_up(postgres, TODAY + 31 * MINUTE_MS) == 1


def test_a_minute_that_nobody_closed_waits_for_a_day(writer: Writer, rows: Rows, postgres: str) -> None:
    writer.write("emote-counts", minute(YESTERDAY, {KEKW: {0: 1}}, is_closed=False))
    assert roll_up(postgres) == 0
    assert rows("SELECT * FROM emote_rollups") == []
    assert roll_up(postgres, TODAY + DAY_MS) == 1
    writer.write("emote-counts", minute(YESTERDAY, {KEKW: {0: 3}}))
    writer.write("emote-counts", minute(YESTERDAY + MINUTE_MS, {KEKW: {0: 1}}, is_closed=False))
    roll_up(postgres)
    assert cells_of(rows)[YESTERDAY // 1000, "KEKW"] == 3
    writer.write("emote-counts", minute(YESTERDAY, {KEKW: {0: 1}}, is_closed=False))
    roll_up(postgres, TODAY + DAY_MS)
    assert cells_of(rows)[YESTERDAY // 1000, "KEKW"] == 3


def test_what_is_over_is_dropped(writer: Writer, rows: Rows, postgres: str) -> None:
    today = datetime.fromtimestamp(NOW / 1000, UTC).date()
    old, new = ("7tv", "old", "old"), ("7tv", "new", "new")
    writer.write("emote-counts", minute(TODAY - 30 * DAY_MS, {old: {0: 1}}), minute(YESTERDAY, {new: {0: 1}}))
    writer.write("emote-counts", minute(TODAY - 31 * DAY_MS, {KEKW: {0: 1}}))  # too old to be recorded
    assert roll_up(postgres) == 2
    keep(postgres, today)
    assert len(rows("SELECT * FROM emote_days")) == len(rows("SELECT * FROM emotes")) == 2
    keep(postgres, today + timedelta(days=2))
    assert len(rows("SELECT * FROM emote_days")) == 1
    assert [row["name"] for row in rows("SELECT * FROM emotes")] == ["new"]
    assert len(rows("SELECT * FROM emote_rollups")) == 1
    found = {row["relname"] for row in rows("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")}
    for table in EMOTE_TABLES:
        assert name_of(today - timedelta(days=30), table) not in found
        assert name_of(today + timedelta(days=4), table) in found


def test_a_channel_that_opts_out_is_erased_and_stays_away(writer: Writer, rows: Rows, postgres: str) -> None:
    def write() -> None:
        for channel in ("77", "88"):
            writer.write("emote-counts", *(minute(at, {KEKW: {0: 1}}, channel=channel) for at in (YESTERDAY, TODAY)))

    write()
    roll_up(postgres)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("INSERT INTO opt_outs (channel_id, is_out, changed_at) VALUES ('77', true, now())")
    with psycopg.connect(as_role(postgres, "recorder"), autocommit=True) as connection:
        removed = erase(connection, writer.store._queries)
    assert {table: number for table, number in removed.items() if number} == {
        "emote_minutes": 1, "emote_days": 1, "emote_rollups": 1,
    }  # fmt: skip
    write()
    roll_up(postgres)
    for table in ("emote_minutes", "emote_days", "emote_rollups"):
        assert {row["channel_id"] for row in rows(f"SELECT channel_id FROM {table}")} == {"88"}


def lines(dice: random.Random, count: int) -> list[tuple[str, int, str, str, list[EmoteKey]]]:
    """Make chat around the midnight before today: channel, time, id, chatter, uses."""
    return [
        (
            dice.choice("12"),
            TODAY + dice.randint(-4 * MINUTE_MS, 4 * MINUTE_MS - 1),
            f"id{number}",
            f"chatter{dice.randint(1, 9)}",
            dice.choices(HOSTILE, k=dice.choice([1, 1, 1, 2, 9])),
        )
        for number in range(count)
    ]


def recount(chat: Iterable[tuple[str, int, str, str, list[EmoteKey]]]) -> tuple[Counter[Any], dict[Any, int]]:
    """Count plainly."""
    cells: Counter[Any] = Counter()
    people: dict[Any, set[str]] = {}
    for channel_id, sent_at, _, chatter, uses in chat:
        for key in uses:
            cells[channel_id, sent_at // 1000, key] += 1
            people.setdefault((channel_id, sent_at // MINUTE_MS, key), set()).add(chatter)
    return cells, {key: len(found) for key, found in people.items()}


@pytest.mark.parametrize("seed", range(3))
def test_a_recount_of_everything_that_was_sent_equals_postgres(
    writer: Writer, rows: Rows, postgres: str, seed: int
) -> None:
    """Messages in any order, some twice; records twice and late; roll-ups in between."""
    dice = random.Random(seed)
    chat = lines(dice, 600)
    shuffled = chat + dice.sample(chat, 100)
    dice.shuffle(shuffled)
    tally = Tally(beginning())
    records = []
    for offset, line in enumerate(shuffled):
        tally.add(*line, offset)
        if offset % 50 == 0:
            records += tally.revisions(["1"])
    records += tally.tick(TODAY + DAY_MS, len(shuffled))
    records += dice.sample(records, 5)
    dice.shuffle(records)
    while records:
        part, records = records[:7], records[7:]
        writer.write("emote-counts", *part)
        roll_up(postgres, NOW + DAY_MS * dice.choice([0, 0, 1]))
    roll_up(postgres, NOW + 2 * DAY_MS)  # open minutes that came after their closed ones are gone then
    assert stored(rows) == recount(chat)
    assert rows("SELECT * FROM dead_letters") == []
