"""The self-score on a real Postgres: by day, anew while clips come, the same after a kill, gone with an opt-out."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import psycopg
import pytest
from integration.support.database import as_role
from integration.support.recorder_writer import NOW, Writer, example
from msgspec.structs import replace

from contracts.chat_messages import Coverage
from contracts.moments import Moment
from contracts.viewer_clips import ViewerClip
from recorder.database import Database, load_queries
from recorder.erasure import erase
from recorder.judging.score_keeper import ScoreKeeper

SECOND, HOUR, DAY = 1000, 3_600_000, 86_400_000
MIDNIGHT = NOW - 12 * HOUR
CHANNEL = "12826"
Rows = Callable[[str], list[dict[str, Any]]]


class Judged:
    """A channel whose viewers clip."""

    def __init__(self, dsn: str, writer: Writer) -> None:
        self.writer, self.dsn = writer, dsn
        self.own = psycopg.connect(dsn, autocommit=True)
        self.database = Database(as_role(dsn, "recorder"), "self-score")
        self.keeper = ScoreKeeper(self.database)
        self.read(CHANNEL)

    def close(self) -> None:
        """End the connections."""
        self.own.close()
        self.database.close()

    def read(self, channel: str) -> None:
        """Have a channel's chat read from the day before on."""
        joined: Coverage = example("stream-lifecycle", "coverage_gap")
        self.writer.write(
            "stream-lifecycle", replace(joined, event="joined", channel_id=channel, sent_at=MIDNIGHT - DAY)
        )

    def clip(self, name: str, at: int, seconds: int = 30, **fields: Any) -> None:
        """Record a viewer's clip that begins so many ms after noon."""
        made: ViewerClip = example("viewer-clips", "by_vod_offset")
        begin = NOW + at
        common = {"clip_id": name, "channel_id": CHANNEL, "again": False, "views": 5}
        times = {"started_at": begin, "ended_at": begin + seconds * SECOND, "created_at": begin + 60 * SECOND}
        self.writer.write("viewer-clips", replace(made, **common | times | fields))

    def moment(self, name: str, at: int, **fields: Any) -> None:
        """Record a moment that crosses so many ms after noon."""
        made: Moment = example("moments", "closed")
        common = {"moment_id": name, "channel_id": CHANNEL, "shadow": False, "score": 5.2, "stream_id": None}
        times = {"crossed_at": NOW + at, "peak_at": NOW + at + 4 * SECOND}
        self.writer.write("moments", replace(made, **common | times | fields))

    def keep(self) -> int:
        """Score what is due, without a wait between two scores of a day."""
        return self.keeper.keep(every_seconds=0.0, pause_seconds=0.0)


@pytest.fixture
def judged(postgres: str, writer: Writer) -> Iterator[Judged]:
    made = Judged(postgres, writer)
    yield made
    made.close()


def score(rows: Rows, detector: str = "") -> dict[str, int]:
    """Return the sums of a detector's rows."""
    (found,) = rows(
        "SELECT sum(places)::int AS places, sum(unread)::int AS unread, sum(moments[1])::int AS moments,"
        f" sum(clipped[1])::int AS clipped, sum(found[1])::int AS found FROM self_scores WHERE detector = '{detector}'"
    )
    return found


def noted(rows: Rows) -> dict[str, tuple[int, str | None]]:
    """Return what moments say of viewers."""
    found = rows("SELECT moment_id, viewer_clips, viewer_clip_id FROM moments ORDER BY 1")
    return {each["moment_id"]: (each["viewer_clips"], each["viewer_clip_id"]) for each in found}


def test_a_day_has_its_score_and_its_moments_say_who_clipped_them(judged: Judged, rows: Rows) -> None:
    judged.clip("a", 0)
    judged.clip("b", 5 * SECOND, views=90)
    judged.clip("c", HOUR)
    judged.clip("d", HOUR + SECOND)
    judged.clip("alone", 2 * HOUR)
    judged.moment("found", 10 * SECOND)
    judged.moment("laughed", 2 * HOUR + 20 * SECOND)
    judged.moment("nobody", 3 * HOUR)
    assert judged.keep() == 1
    assert score(rows) == {"places": 2, "unread": 0, "moments": 3, "clipped": 2, "found": 1}
    assert noted(rows) == {"found": (2, "b"), "laughed": (1, "alone"), "nobody": (0, None)}
    places = rows("SELECT clip_id, viewers, moment_id FROM viewer_places ORDER BY started_at")
    assert [tuple(each.values()) for each in places] == [("b", 2, "found"), ("d", 2, None), ("alone", 1, "laughed")]
    assert [each["clip_id"] for each in rows("SELECT clip_id FROM visible_viewer_places")] == ["d"]


def test_what_is_left_of_today_was_not_read(judged: Judged, rows: Rows) -> None:
    """It would count as hours in which nothing happened, and chance would look worse than it is."""
    now = int(judged.own.execute("SELECT extract(epoch FROM now()) * 1000").fetchone()[0])  # type: ignore[index]
    judged.clip("a", now - NOW - HOUR)
    judged.keep()
    read = {each["day"]: each["seconds"] * SECOND for each in rows("SELECT day::text, seconds FROM self_scores")}
    for day, milliseconds in read.items():
        begin = int(datetime.fromisoformat(f"{day}T00:00Z").timestamp()) * SECOND
        assert abs(milliseconds - min(DAY, now - begin)) < 60 * SECOND


def test_it_is_scored_anew_while_clips_come_and_rests_then(judged: Judged, rows: Rows) -> None:
    judged.moment("m", 10 * SECOND)
    assert judged.keep() == 0, "nobody has clipped yet, so nothing is judged"
    judged.clip("a", 0)
    judged.keep()
    assert noted(rows)["m"] == (1, "a")
    judged.clip("b", 0, views=7)
    judged.keep()
    assert noted(rows)["m"] == (2, "b")
    assert score(rows)["found"] == 1
    judged.clip("a", HOUR, asked_at=NOW + DAY)  # the recording says that it was elsewhere
    judged.keep()
    assert noted(rows)["m"] == (1, "b")
    assert score(rows) == {"places": 0, "unread": 0, "moments": 1, "clipped": 1, "found": 0}
    judged.own.execute("UPDATE self_score_days SET noted_at = now() + interval '2 minutes', is_due = false")
    assert judged.keep() == 0
    assert judged.keeper.keep() == 0


def test_a_day_that_goes_on_changing_waits_its_turn(judged: Judged) -> None:
    judged.clip("a", 0)
    judged.own.execute("UPDATE self_score_days SET is_settled = true")
    assert judged.keep() == 1
    judged.clip("b", 0)
    assert judged.keeper.keep() == 0
    judged.own.execute("UPDATE self_score_days SET scored_at = scored_at - interval '10 minutes'")
    assert judged.keeper.keep() == 1


def test_what_is_deleted_or_lies_nowhere_counts_no_more(judged: Judged, rows: Rows) -> None:
    judged.moment("m", 10 * SECOND)
    judged.clip("a", 0)
    judged.clip("b", 0)
    judged.clip("unplaced", 0, stream_id=None)
    judged.keep()
    assert noted(rows)["m"] == (2, "b")
    judged.clip("b", 0, is_deleted=True, url="", asked_at=NOW + DAY)
    judged.keep()
    assert noted(rows)["m"] == (1, "a")
    judged.clip("a", 0, is_deleted=True, url="", asked_at=NOW + DAY)
    judged.keep()
    assert noted(rows)["m"] == (0, None)
    assert rows("SELECT clip_id FROM viewer_places") == []


def test_who_clipped_a_moment_raises_its_grade_as_a_good_voice_does(judged: Judged, rows: Rows) -> None:
    judged.moment("m", 10 * SECOND)
    (before,) = rows("SELECT grade, revision_number FROM moments")
    for number in range(9):
        judged.clip(f"c{number}", number * 100)
    judged.keep()
    (after,) = rows("SELECT grade, recorded_grade, verdict_steps, viewer_clips FROM moments")
    assert after == {
        "grade": min(31, before["grade"] + 4),
        "recorded_grade": before["grade"],
        "verdict_steps": 4,
        "viewer_clips": 9,
    }
    judged.own.execute(
        "INSERT INTO voices SELECT 'm', decode(md5(n::text), 'hex'), '1', 'not_really', NULL, true, now()"
        " FROM generate_series(1, 9) AS n"
    )
    judged.own.execute("SELECT count_voices('m')")
    (level,) = rows("SELECT grade, verdict_steps FROM moments")
    assert level == {"grade": before["grade"], "verdict_steps": 0}
    judged.moment("m", 10 * SECOND, revision_number=3)
    assert rows("SELECT viewer_clips FROM moments") == [{"viewer_clips": 9}]


def test_experimental_detectors_are_judged_by_the_same_places(judged: Judged, rows: Rows) -> None:
    judged.read("other")
    for place in (0, HOUR):
        judged.clip(f"a{place}", place)
        judged.clip(f"b{place}", place)
        judged.clip(f"o{place}", place, channel_id="other")
        judged.clip(f"p{place}", place, channel_id="other")
    judged.moment("m", 10 * SECOND)
    for at in (10 * SECOND, HOUR):
        judged.moment(f"s{at}", at, shadow=True, detector_name="lower", score=3.3)
    judged.keep()
    assert score(rows) == {"places": 4, "unread": 0, "moments": 1, "clipped": 1, "found": 1}
    assert score(rows, "lower") == {"places": 4, "unread": 0, "moments": 2, "clipped": 2, "found": 2}
    (own,) = rows("SELECT moments, found FROM self_scores WHERE detector = 'lower' AND channel_id = '12826'")
    assert own["found"][:5] == [2, 2, 2, 0, 0]
    assert noted(rows)[f"s{HOUR}"] == (0, None), "visitors do not see it"


def test_a_place_around_midnight_counts_once(judged: Judged, rows: Rows) -> None:
    midnight = MIDNIGHT + DAY - NOW
    judged.clip("a", midnight - 20 * SECOND)
    judged.clip("b", midnight - 10 * SECOND)
    judged.moment("m", midnight + 15 * SECOND)
    judged.keep()
    assert score(rows) == {"places": 1, "unread": 0, "moments": 1, "clipped": 1, "found": 1}
    assert noted(rows)["m"] == (2, "b")
    assert len(rows("SELECT day FROM self_scores")) == 2


def test_a_place_that_nobody_read_counts_neither_way(judged: Judged, rows: Rows) -> None:
    gap = example("stream-lifecycle", "coverage_gap")
    times = {"gap_from_at": NOW - HOUR, "gap_until_at": NOW + HOUR}
    judged.writer.write("stream-lifecycle", replace(gap, event="gap", channel_id=CHANNEL, sent_at=NOW, **times))
    for place in (0, 2 * HOUR):
        judged.clip(f"a{place}", place)
        judged.clip(f"b{place}", place)
    judged.keep()
    assert score(rows) == {"places": 1, "unread": 1, "moments": 0, "clipped": 0, "found": 0}
    (found,) = rows("SELECT seconds FROM self_scores")
    assert found["seconds"] == 22 * 3600


def test_killed_before_the_score_is_written_it_is_scored_again(
    judged: Judged, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged.clip("a", 0)
    judged.clip("b", 0)
    judged.moment("m", 10 * SECOND)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(ScoreKeeper, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            judged.keep()
    assert noted(rows)["m"] == (2, "b")
    assert rows("SELECT day FROM self_scores") == []
    judged.keep()
    assert score(rows) == {"places": 1, "unread": 0, "moments": 1, "clipped": 1, "found": 1}
    assert rows("SELECT verdict_steps FROM moments") == [{"verdict_steps": 1}], "counted once"


def test_an_opt_out_erases_it_and_nothing_comes_back(judged: Judged, rows: Rows) -> None:
    judged.clip("a", 0)
    judged.clip("b", 0)
    judged.keep()
    judged.own.execute("INSERT INTO opt_outs VALUES (%s, '', true, now())", (CHANNEL,))
    assert rows("SELECT clip_id FROM visible_viewer_places") == []
    erase(judged.own, load_queries())
    judged.keep()
    for table in ("self_scores", "self_score_days", "viewer_places", "viewer_clips"):
        assert rows(f"SELECT 1 AS one FROM {table}") == [], table


def test_old_scores_go_after_their_days(judged: Judged, rows: Rows) -> None:
    judged.clip("a", 0)
    judged.keep()
    tables = ("self_scores", "self_score_days", "viewer_places")
    for days, left in ((399, 1), (402, 0)):
        for table in tables:
            judged.own.execute(f"UPDATE {table} SET day = current_date - {days}")
        load_queries().delete_old_self_scores(judged.own, days=400)
        assert [len(rows(f"SELECT 1 AS one FROM {table}")) for table in tables] == [left] * 3


def test_the_last_week_and_month_are_said(judged: Judged) -> None:
    for place in (0, HOUR):
        judged.clip(f"a{place}", place)
        judged.clip(f"b{place}", place)
    judged.moment("m", 10 * SECOND)
    judged.keep()
    judged.own.execute("UPDATE self_scores SET day = current_date - 10")
    sums = {row[0]: row[1:] for row in load_queries().self_score_sums(judged.own)}
    assert sums == {"week": (0, 0, 0, 0, 0), "month": (2, 1, 0, 1, 1)}
