"""Moments to test with."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from api_frontend.data.stored_moment import Channel, ClipState, StoredMoment, StreamFacts
from contracts import codec
from contracts.moments import EmoteCount, Evidence, Moment, WordCount

PEAK = datetime(2026, 11, 22, 17, 3, 5, tzinfo=UTC)
PEAK_MS = int(PEAK.timestamp() * 1000)
EVIDENCE = Evidence(
    curve_from_at=PEAK_MS - 60_000,
    messages=[3] * 58 + [30, 60, 40] + [5] * 29,
    chatters=[2] * 58 + [25, 50, 35] + [4] * 29,
    covered=[1] * 90,
    window_seconds=7,
    window_messages=260,
    window_chatters=212,
    usual_messages_per_second=3.1,
    usual_chatters_per_second=2.4,
    emotes=[EmoteCount("twitch", "1", "KEKW", 20, 15), EmoteCount("twitch", "2", "LUL", 140, 96)],
    words=[WordCount("clutch", 40, 31)],
)
DOCUMENT = Moment(
    schema_version=1,
    moment_id="abc123",
    revision="closed",
    revision_number=3,
    detector_name="crowd",
    detector_version=1,
    channel_id="11",
    crossed_at=PEAK_MS - 2000,
    peak_at=PEAK_MS,
    closed_at=PEAK_MS + 30_000,
    score=13.5,
    times_usual=9.04,
    stream_id="s1",
    stream_started_at=PEAK_MS - 7_200_000,
    evidence=EVIDENCE,
)
MOMENT = StoredMoment(
    document=DOCUMENT,
    stored=codec.encode(DOCUMENT).decode(),
    version="3.0",
    changed_at=PEAK,
    channel=Channel("11", "lunaplays", "LunaPlays"),
    clip=None,
    stream=StreamFacts(title="Malenia again, no summons", game_name="Elden Ring", language="de"),
)
MADE = ClipState(
    status="made",
    decided_at=PEAK,
    reason="",
    title="What a save",
    duration_seconds=28.0,
    clip_id="Clip1",
    url="https://clips.twitch.tv/Clip1",
    embed_url="https://clips.twitch.tv/embed?clip=Clip1",
    thumbnail_url="https://static-cdn.jtvnw.net/clip1.jpg",
    vod_url=None,
)


def evidence(**changes: Any) -> Evidence:
    """The example's evidence with changes."""
    return msgspec.structs.replace(EVIDENCE, **changes)


def with_fields(stored: StoredMoment, **changes: Any) -> StoredMoment:
    """The moment with changes in its document."""
    return replace(stored, document=msgspec.structs.replace(stored.document, **changes))


def with_clip(status: str, **changes: Any) -> StoredMoment:
    """The example with a clip in this state."""
    blank = {"url": None, "embed_url": None, "thumbnail_url": None, "clip_id": None, "title": ""}
    clip = replace(MADE, status=status, **({} if status == "made" else blank) | changes)
    return replace(MOMENT, clip=clip, version=f"3.{2 if status != 'intent' else 1}")
