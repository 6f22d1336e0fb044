"""Viewers' clips from the simulated Twitch through real Kafka into a real Postgres: the table is the truth."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from integration.support.probed_process import DEADLINE
from integration.support.recorder_process import Recorder
from integration.support.viewer_clips_process import ViewerClipsService, Watching

from contracts import topics
from embedded.processes.waiting import wait_for
from embedded.records import read_topic
from twitch_simulator.helix.tokens import USER_ID
from twitch_simulator.process import SimulatorProcess

Rows = Callable[[], list[dict[str, Any]]]
COLUMNS = """clip_id, channel_id, stream_id, video_id, vod_offset, located_by, title, again, is_deleted, url, views,
    round(extract(epoch FROM started_at) * 1000)::bigint AS from_at,
    round(extract(epoch FROM ended_at) * 1000)::bigint AS until_at,
    round(extract(epoch FROM created_at) * 1000)::bigint AS created_at"""

TRUE = ("clip_id", "channel_id", "stream_id", "video_id", "vod_offset", "from_at", "until_at", "created_at", "title")


@pytest.fixture
def rows(empty_topics: str, postgres: str, tmp_path: Path) -> Iterator[Rows]:
    """`rows()`: what the table holds, while a recorder runs."""
    recorder = Recorder(empty_topics, postgres, tmp_path / "recorder.log")
    with psycopg.connect(postgres, autocommit=True, row_factory=psycopg.rows.dict_row) as connection:
        yield lambda: connection.execute(f"SELECT {COLUMNS} FROM viewer_clips ORDER BY clip_id").fetchall()
    recorder.end(signal.SIGKILL)


def channel_ids(simulator: SimulatorProcess) -> list[str]:
    return [each["channel_id"] for each in simulator.state()["channels"]]


def login_of(simulator: SimulatorProcess, channel_id: str) -> str:
    return next(each["login"] for each in simulator.state()["channels"] if each["channel_id"] == channel_id)


def clip(simulator: SimulatorProcess, channel_id: str, **fields: Any) -> list[dict[str, Any]]:
    """Let viewers clip, and return the truth."""
    return list(simulator.order("viewer_clip", login=login_of(simulator, channel_id), **fields)["clips"])


def held(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(({name: row[name] for name in TRUE} for row in rows), key=lambda row: str(row["clip_id"]))


def seconds_ago(seconds: float) -> int:
    return time.time_ns() // 1_000_000 - round(seconds * 1000)


def test_the_table_holds_what_viewers_clipped_and_nobodys_name(
    service: Callable[..., ViewerClipsService], watching: Watching, simulator: SimulatorProcess, rows: Rows,
    empty_topics: str,
) -> None:  # fmt: skip
    first, second, unwatched = channel_ids(simulator)[:3]
    for channel_id in (first, second):
        watching.join(channel_id, seconds_ago(3_000))
    truth = clip(simulator, first, count=3, viewer="fan", seconds=30, ended_ago=40, made_ago=20)
    truth += clip(simulator, first, viewer="fan0", seconds=20, ended_ago=35, made_ago=15)  # the same person once more
    odd = "one\u202esecond\x07"
    truth += clip(simulator, second, viewer="other", seconds=1, ended_ago=9, made_ago=5, title=odd)
    clip(simulator, unwatched, viewer="other")
    made = simulator.helix("clips", "POST", broadcaster_id=first)  # by our account
    assert made.status_code == 202
    service().start()
    wait_for("all are there, with their place", lambda: located(rows(), len(truth)), DEADLINE)
    assert held(rows()) == held([each | {"title": each["title"].replace("\u202e", "").strip("\x07")} for each in truth])
    assert [row["clip_id"] for row in rows() if row["again"]] == [truth[3]["clip_id"]]
    assert {row["located_by"] for row in rows()} == {"vod_offset"}
    everything = b"".join(record.value or b"" for record in read_topic(empty_topics, topics.VIEWER_CLIPS.name))
    for each in truth:
        assert each["viewer"].encode() not in everything
        assert each["viewer_name"].encode() not in everything
    assert USER_ID.encode() not in everything


def located(found: list[dict[str, Any]], number: int) -> bool:
    return len(found) == number and all(row["located_by"] == "vod_offset" for row in found)


def test_after_a_day_views_places_and_deleted_clips_are_told_once_more(
    service: Callable[..., ViewerClipsService], watching: Watching, simulator: SimulatorProcess, rows: Rows
) -> None:
    channel_id = channel_ids(simulator)[3]
    watching.join(channel_id, seconds_ago(1_000))
    kept, gone = clip(simulator, channel_id, count=2, viewer="x", ended_ago=130, made_ago=120)
    started = service()
    started.start()
    wait_for("both are there", lambda: located(rows(), 2), DEADLINE)
    simulator.order("delete_clip", clip_id=gone["clip_id"])
    simulator.order("delete_recording", video_id=kept["video_id"])
    late = clip(simulator, channel_id, viewer="late", ended_ago=110, made_ago=100)  # as one that appeared too late
    started.end()
    started.start(
        VIEWER_CLIPS_LIVE_SECONDS="3600", VIEWER_CLIPS_AGAIN_AFTER_SECONDS="4", VIEWER_CLIPS_AGAIN_SPAN_SECONDS="5"
    )
    wait_for("the one is deleted", lambda: any(row["is_deleted"] for row in rows()), DEADLINE)
    wait_for("the late one is there", lambda: len(rows()) == 3, DEADLINE)
    found = {row["clip_id"]: row for row in rows()}
    assert (found[gone["clip_id"]]["title"], found[gone["clip_id"]]["url"]) == ("", "")
    assert found[kept["clip_id"]]["located_by"] == "vod_offset"  # the recording is gone, the place is known
    assert found[late[0]["clip_id"]]["located_by"] == "created_at"
    assert not found[kept["clip_id"]]["is_deleted"]


def test_killed_anywhere_nothing_is_lost_or_doubled(
    service: Callable[..., ViewerClipsService], watching: Watching, simulator: SimulatorProcess, rows: Rows
) -> None:
    channel_id = channel_ids(simulator)[4]
    watching.join(channel_id, seconds_ago(7_000))
    truth = clip(simulator, channel_id, count=250, viewer="many", ended_ago=60, made_ago=50)
    started = service()
    started.start()
    for number in range(4):
        time.sleep(0.15 * number)  # somewhere in its work
        truth += clip(simulator, channel_id, viewer=f"late{number}", ended_ago=30, made_ago=20)
        started.end(signal.SIGKILL)
        started.start()
    wait_for("all are there", lambda: located(rows(), len(truth)), DEADLINE)
    assert held(rows()) == held(truth)
    assert not any(row["again"] for row in rows())


def test_an_outage_of_days_twitchs_faults_and_pages_that_repeat(
    service: Callable[..., ViewerClipsService], watching: Watching, simulator: SimulatorProcess, rows: Rows
) -> None:
    channel_id = channel_ids(simulator)[5]
    watching.join(channel_id, seconds_ago(40 * 3_600))
    truth = clip(simulator, channel_id, viewer="old", ended_ago=39 * 3_600 + 10, made_ago=39 * 3_600)
    for hours, count in ((20, 700), (20.5, 500)):  # more than Twitch gives of one window
        ago = hours * 3_600
        truth += clip(simulator, channel_id, count=count, viewer="crowd", ended_ago=ago + 10, made_ago=ago)
    truth += clip(simulator, channel_id, viewer="new", ended_ago=20, made_ago=10)
    simulator.order("clip_pages", kind="repeat", count=2)
    for status in (500, 429):
        simulator.order("helix_fault", endpoint="GET clips", status=status, count=1)
    service().start()
    wait_for("what is new", lambda: len(rows()) > 0, DEADLINE)
    wait_for(
        "all are there", lambda: {row["clip_id"] for row in rows()} == {row["clip_id"] for row in truth}, 2 * DEADLINE
    )
