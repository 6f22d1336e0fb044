"""Streams rolled up into recaps on a real Postgres: what a table of moments cannot say the morning after."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from integration.support.database import as_role
from integration.support.recorder_writer import NOW, Writer, counts, example
from msgspec.structs import replace

from contracts.chat_messages import Lifecycle
from emote_counts.minute_row import MinuteUses, pack_minute
from recorder.database import Database
from recorder.erasure import erase
from recorder.recaps.recap_keeper import RecapKeeper

MINUTE, HOUR = 60_000, 3_600_000
START = NOW - 6 * HOUR
CHANNEL = "12826"  # of the contract's examples
Rows = Callable[[str], list[dict[str, Any]]]


class Night:
    """A channel's evening, written as the recorder does."""

    def __init__(self, dsn: str, writer: Writer) -> None:
        self.writer = writer
        self._own = psycopg.connect(dsn, autocommit=True)
        self._keeper = RecapKeeper(Database(as_role(dsn, "recorder"), "recaps"))
        self.coverage("joined", START - HOUR)

    def close(self) -> None:
        """End the connections."""
        self._own.close()
        self._keeper._database.close()

    def tell(self, event: str, at: int, **fields: Any) -> None:
        """Record what Twitch said of the stream."""
        online: Lifecycle = example("stream-lifecycle", "lifecycle_online")
        common = {"stream_id": "s1", "stream_started_at": START, "event": event, "sent_at": at}
        self.writer.write("stream-lifecycle", replace(online, **common | fields))

    def coverage(self, event: str, at: int, until: int | None = None) -> None:
        """Record what was read."""
        gap = example("stream-lifecycle", "coverage_gap")
        times = {"gap_from_at": at, "gap_until_at": until} if event == "gap" else {}
        self.writer.write("stream-lifecycle", replace(gap, event=event, channel_id=CHANNEL, sent_at=at, **times))

    def count(self, minute: int, messages: list[int], people: list[int] | None = None) -> None:
        """Record a minute of counts, by its number in the stream."""
        self.writer.write("chat-counts", replace(counts(START + minute * MINUTE, messages, people), channel_id=CHANNEL))

    def counted(self, until: int) -> None:
        """Say that the job has finished everything up to this time."""
        self._own.execute(
            "INSERT INTO pipeline_progress VALUES ('job', to_timestamp(%s / 1000.0), now())"
            " ON CONFLICT (stage) DO UPDATE SET event_at = excluded.event_at",
            (until + 10_000,),
        )

    def used(self, minute: int, uses: dict[str, int]) -> None:
        """Store the emotes of a minute."""
        self._own.execute("SELECT make_emote_partitions(to_timestamp(%s)::date)", (START // 1000,))
        found = {}
        for name, number in uses.items():
            sql = """INSERT INTO emotes (provider, provider_id, name, used_on) VALUES ('7tv', %s, %s, now())
                     ON CONFLICT (provider, provider_id, name) DO UPDATE SET used_on = now() RETURNING emote_id"""
            row = self._own.execute(sql, (f"id{name}", name)).fetchone()
            assert row
            found[row[0]] = MinuteUses(((5, number),), min(number, 9))
        self._own.execute(
            "INSERT INTO emote_minutes VALUES (to_timestamp(%s), %s, true, %s, %s)",
            ((START + minute * MINUTE) // 1000, sum(uses.values()), CHANNEL, pack_minute(found)),
        )

    def roll_up(self) -> int:
        """Roll up what is due."""
        return self._keeper.roll_up(0.0)


@pytest.fixture
def night(postgres: str, writer: Writer) -> Iterator[Night]:
    made = Night(postgres, writer)
    yield made
    made.close()


def recap(rows: Rows) -> dict[str, Any]:
    (found,) = rows("SELECT * FROM stream_recaps WHERE stream_id = 's1'")
    return found


def test_a_live_stream_is_rolled_up_each_half_hour_and_whole_at_its_end(night: Night, rows: Rows) -> None:
    night.tell("online", START)
    for minute in range(75):
        night.count(minute, [minute] + [0] * 59, [2] * 60)
    night.counted(START + 20 * MINUTE)
    assert night.roll_up() == 0
    night.counted(START + 40 * MINUTE)
    assert [night.roll_up(), night.roll_up()] == [1, 0]
    assert recap(rows)["messages"] == list(range(40))
    assert recap(rows)["is_open"]
    night.tell("offline", START + 70 * MINUTE)
    night.counted(START + 72 * MINUTE)
    assert [night.roll_up(), night.roll_up()] == [1, 0]
    assert recap(rows)["messages"] == list(range(70))
    night.counted(START + 130 * MINUTE)
    assert [night.roll_up(), night.roll_up()] == [1, 0]
    found = recap(rows)
    assert (found["messages"], found["people"], found["unread"]) == (list(range(70)), [2] * 70, [0] * 70)
    assert (found["is_open"], found["is_stale"]) == (False, False)


def test_late_counts_and_late_gaps_make_a_recap_anew(night: Night, rows: Rows) -> None:
    """Revisions that arrive late: a count for a minute that was rolled up, a gap that is told hours afterwards."""
    night.tell("online", START)
    for minute in range(60):
        night.count(minute, [1] * 60)
    night.tell("offline", START + HOUR)
    night.counted(START + 3 * HOUR)
    assert night.roll_up() == 1
    night.count(5, [9] * 60)
    assert recap(rows)["is_stale"]
    assert [night.roll_up(), night.roll_up()] == [1, 0]
    assert recap(rows)["messages"][4:7] == [60, 540, 60]
    night.coverage("gap", START + 10 * MINUTE, START + 12 * MINUTE + 30_000)
    assert [night.roll_up(), night.roll_up()] == [1, 0]
    assert recap(rows)["unread"][9:14] == [0, 60, 60, 30, 0]
    night.count(5, [9] * 60)
    night.coverage("gap", START + 10 * MINUTE, START + 12 * MINUTE)
    assert night.roll_up() == 0, "nothing of that is new"


def test_a_gap_over_the_whole_stream_is_a_recap_of_unread_minutes(night: Night, rows: Rows) -> None:
    night.tell("online", START)
    night.coverage("gap", START - MINUTE, START + 2 * HOUR)
    night.tell("offline", START + HOUR)
    night.counted(START + 3 * HOUR)
    night.roll_up()
    assert recap(rows)["unread"] == [60] * 60
    assert recap(rows)["messages"] == [0] * 60


def test_two_streams_across_midnight_stay_apart(night: Night, rows: Rows) -> None:
    """The first one's end was not seen: it is over where the next one begins."""
    second = START + 90 * MINUTE
    night.tell("online", START)
    night.tell("online", second, stream_id="s2", stream_started_at=second)
    for minute in range(180):
        night.count(minute, [minute] + [0] * 59)
    night.tell("offline", START + 170 * MINUTE, stream_id="s2", stream_started_at=second)
    night.counted(START + 6 * HOUR)
    assert night.roll_up() == 2
    found = {row["stream_id"]: row["messages"] for row in rows("SELECT stream_id, messages FROM stream_recaps")}
    assert found == {"s1": list(range(90)), "s2": list(range(90, 170))}


def test_a_stream_that_goes_on_after_its_end_is_opened_again(night: Night, rows: Rows) -> None:
    """Twitch says "offline", and then the same stream is there again."""
    night.tell("online", START)
    for minute in range(120):
        night.count(minute, [1] + [0] * 59)
    night.tell("offline", START + HOUR)
    night.counted(START + 2 * HOUR)
    night.roll_up()
    assert not recap(rows)["is_open"]
    night.tell("update", START + 90 * MINUTE)
    assert night.roll_up() == 1
    assert recap(rows)["messages"] == [1] * 120
    assert recap(rows)["is_open"]


def test_titles_and_games_are_recorded_where_they_change(night: Night, rows: Rows) -> None:
    told = [("chatting", "Just Chatting"), ("chatting", "Just Chatting"), ("ranked", "Chess"), ("ranked", "Chess")]
    for number, (title, game) in enumerate(told):
        night.tell("online" if not number else "update", START + number * 300_000, title=title, game_name=game)
    night.tell("update", START + 2 * 300_000, title="ranked", game_name="Chess")  # once more
    night.tell("offline", START + HOUR, title="ranked", game_name="Chess")
    found = rows("SELECT title, game_name FROM stream_changes ORDER BY changed_at")
    assert found == [{"title": title, "game_name": game} for title, game in told[::2]]


def test_viewers_are_kept_for_each_five_minutes(night: Night, rows: Rows) -> None:
    for minute, viewers in ((0, 10), (4, 30), (11, 20), (5, 7)):
        night.tell("update", START + minute * MINUTE, viewer_count=viewers)
    night.tell("update", START - MINUTE, viewer_count=99)  # before its own start
    night.tell("update", START + MINUTE, viewer_count=None)
    night.tell("offline", START + 30 * MINUTE, viewer_count=5000)
    assert rows("SELECT viewers FROM stream_viewers") == [{"viewers": [30, 7, 20]}]


def test_a_record_without_a_stream_id_makes_no_recap(night: Night, rows: Rows) -> None:
    night.tell("update", START, stream_id="", viewer_count=5)
    for table in ("stream_recaps", "stream_changes", "stream_viewers", "streams"):
        assert rows(f"SELECT * FROM {table}") == []


def test_what_was_felt_is_kept_by_the_hour(night: Night, rows: Rows) -> None:
    night.tell("online", START)
    night.used(10, {"KEKW": 90, "Kreygasm": 1, "xyz": 500})
    night.used(70, {"PogChamp": 80, "KEKW": 20})
    night.tell("offline", START + 2 * HOUR)
    night.counted(START + 5 * HOUR)
    night.roll_up()
    first, second = recap(rows)["hours"]
    assert [each[2] for each in first["emotes"]] == ["xyz", "KEKW", "Kreygasm"]
    assert first["moods"]["laughter"] > 0.9
    assert next(iter(second["moods"])) == "awe"
    assert [(each[2], each[3]) for each in recap(rows)["emotes"]][:3] == [("xyz", 500), ("KEKW", 110), ("PogChamp", 80)]
    night._own.execute("DELETE FROM emote_minutes")  # the emotes' thirty days are over, and something comes late
    night.count(3, [1] * 60)
    assert night.roll_up() == 1
    assert recap(rows)["hours"] == [first, second]
    assert recap(rows)["emotes"]


def test_an_opt_out_erases_what_recaps_are_made_of(night: Night, rows: Rows, postgres: str) -> None:
    night.tell("online", START, viewer_count=3)
    night.count(0, [1] * 60)
    night.counted(START + HOUR)
    night._own.execute("SELECT opt_out_channel(%s, '')", (CHANNEL,))
    assert night.roll_up() == 0
    with psycopg.connect(as_role(postgres, "recorder"), autocommit=True) as connection:
        erase(connection, night._keeper._queries)
    night.tell("update", START + HOUR, viewer_count=4)
    for table in ("stream_recaps", "stream_changes", "stream_viewers"):
        assert rows(f"SELECT * FROM {table}") == []


def test_old_recaps_and_raids_go_after_their_days(night: Night, rows: Rows) -> None:
    night.tell("online", START, viewer_count=3)
    raid = example("stream-lifecycle", "notice_raid")
    night.writer.write("stream-lifecycle", raid, replace(raid, notice_id="g", notice_type="subgift"))
    night._own.execute("UPDATE notices SET sent_at = now() - interval '100 days'")
    queries = night._keeper._queries
    queries.delete_old_notices(night._own, days=90, raid_days=400)
    assert [row["notice_type"] for row in rows("SELECT * FROM notices")] == ["raid"]
    queries.delete_old_recaps(night._own, days=400)
    assert rows("SELECT * FROM stream_viewers")
    night._own.execute("UPDATE stream_recaps SET started_at = now() - interval '401 days'")
    queries.delete_old_recaps(night._own, days=400)
    for table in ("stream_recaps", "stream_changes", "stream_viewers"):
        assert rows(f"SELECT * FROM {table}") == []


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_sums_are_those_of_the_seconds_however_it_is_rolled_up(night: Night, rows: Rows, data: Any) -> None:
    """In parts while it is live, at once, or anew after late counts: the messages are those of chat_counts."""
    for table in ("chat_counts", "stream_recaps", "streams"):
        night._own.execute(f"DELETE FROM {table}")
    length = data.draw(st.integers(31, 200))
    night.tell("online", START)
    minutes = data.draw(st.lists(st.integers(0, length - 1), unique=True, max_size=40))
    early = data.draw(st.sets(st.sampled_from(minutes))) if minutes else set()
    dice = data.draw(st.randoms(use_true_random=False))
    for batch, until in ((early, data.draw(st.integers(0, length))), (set(minutes) - early, length)):
        for minute in batch:
            night.count(minute, [dice.randrange(50) for _ in range(60)])
        night.counted(START + until * MINUTE)
        night.roll_up()
    night.tell("offline", START + length * MINUTE)
    night.counted(START + length * MINUTE + HOUR)
    night.roll_up()
    (truth,) = rows("""SELECT coalesce(sum((SELECT sum(m) FROM unnest(messages) m)), 0)::int AS messages,
        coalesce(max((SELECT max(p) FROM unnest(chatters) p)), 0)::int AS people FROM chat_counts""")
    found = recap(rows)
    assert len(found["messages"]) == length
    assert sum(found["messages"]) == truth["messages"]
    assert max(found["people"]) == truth["people"]
    assert msgspec.json.encode(found["hours"])
