"""Viewers' clips in a real Postgres: whatever the order of arrival, the same row; nothing of who has opted out."""

import time
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import psycopg
import pytest
from integration.support.database import as_role
from integration.support.recorder_writer import example
from msgspec.structs import replace

from recorder.database import Database
from recorder.retention import RetentionKeeper
from recorder.settings import RecorderSettings

LATER_MS = 60_000
DAY_MS = 86_400_000


def told() -> list[Any]:
    """One clip as Twitch told of it: without a recording, with it, and after the recording was deleted."""
    found = example("viewer-clips", "by_vod_offset")
    early = replace(
        found, located_by="created_at", video_id=None, vod_offset=None, views=1,
        started_at=found.created_at - 30_000, ended_at=found.created_at, asked_at=found.asked_at - LATER_MS,
    )  # fmt: skip
    late = replace(early, views=900, title="renamed", again=True, asked_at=found.asked_at + LATER_MS)
    return [early, found, late]


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("together", [True, False])
def test_whatever_the_order_the_last_answer_and_the_recordings_place_stay(writer, rows, order, together):
    early, found, late = told()
    clips = [told()[number] for number in order] * 2
    for batch in [clips] if together else [[each] for each in clips]:
        writer.write("viewer-clips", *batch)
    (row,) = rows("SELECT *, extract(epoch FROM started_at) * 1000 AS started_ms FROM viewer_clips")
    assert (row["views"], row["title"], row["again"]) == (late.views, late.title, True)
    assert (row["located_by"], row["vod_offset"], row["video_id"]) == ("vod_offset", found.vod_offset, found.video_id)
    assert row["started_ms"] == found.started_at
    assert early.started_at != found.started_at


def test_a_later_place_of_the_recording_replaces_an_earlier_one(writer, rows):
    _, found, _ = told()
    moved = replace(found, vod_offset=100, asked_at=found.asked_at + LATER_MS)
    for each in (moved, found):
        writer.write("viewer-clips", each)
    assert [row["vod_offset"] for row in rows("SELECT vod_offset FROM viewer_clips")] == [100]


def test_what_was_deleted_is_in_no_list(writer, rows):
    shown, gone = example("viewer-clips", "by_created_at"), example("viewer-clips", "deleted")
    writer.write("viewer-clips", shown, replace(shown, clip_id="other"))
    writer.write("viewer-clips", gone)
    assert [row["clip_id"] for row in rows("SELECT clip_id FROM visible_viewer_clips")] == ["other"]
    assert [row["url"] for row in rows("SELECT url FROM viewer_clips WHERE is_deleted")] == [""]


@pytest.mark.parametrize("odd", [{"created_at": 10**15}, {"ended_at": 0}, {"title": "a\x00b"}, {"asked_at": -1}])
def test_a_clip_that_cannot_be_stored_is_a_dead_letter(writer, rows, odd):
    clip = example("viewer-clips", "by_vod_offset")
    writer.write("viewer-clips", replace(clip, clip_id="odd", **odd), clip)
    assert [row["clip_id"] for row in rows("SELECT clip_id FROM viewer_clips")] == [clip.clip_id]
    assert len(rows("SELECT 1 AS one FROM dead_letters")) == 1


def test_who_has_opted_out_is_in_no_list_even_before_the_rows_are_erased(writer, rows, postgres):
    writer.write("viewer-clips", example("viewer-clips", "by_vod_offset"))
    with psycopg.connect(postgres) as connection:
        connection.execute(
            "INSERT INTO opt_outs (channel_id, login, is_out, changed_at) VALUES ('12826', '', true, now())"
        )
    assert rows("SELECT clip_id FROM visible_viewer_clips") == []


def test_old_clips_are_deleted(writer, rows, postgres):
    now = round(time.time() * 1000)
    clip = example("viewer-clips", "by_vod_offset")
    ages = {"old": 401, "kept": 399}
    made = {name: now - days * DAY_MS for name, days in ages.items()}
    writer.write("viewer-clips", *(replace(clip, clip_id=name, created_at=at) for name, at in made.items()))
    RetentionKeeper(
        Database(as_role(postgres, "recorder"), "test"), RecorderSettings(), lambda: datetime.now(UTC).date()
    ).keep()
    assert [row["clip_id"] for row in rows("SELECT clip_id FROM viewer_clips")] == ["kept"]
