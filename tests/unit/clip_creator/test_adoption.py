from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from clip_creator.requests.own_clips import matching_clip
from contracts.clips import Clip
from twitch_access.answers import FoundClip

DECIDED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
INTENT = Clip(
    schema_version=1,
    moment_id="m1",
    channel_id="12",
    crossed_at=0,
    status="intent",
    revision_number=1,
    decided_at=round(DECIDED.timestamp() * 1000),
    title="LUL ×140",
)
OURS = FoundClip(
    id="A",
    url="u",
    embed_url="e",
    broadcaster_id="12",
    creator_id="7",
    title="LUL ×140",
    created_at=DECIDED + timedelta(seconds=2),
)


def adopted(
    *candidates: FoundClip,
    intent: Clip = INTENT,
    creator: str = "7",
    recorded: str = "",
    asked_after: float | None = None,
) -> FoundClip | None:
    asked_at = None if asked_after is None else INTENT.decided_at + round(asked_after * 1000)
    return matching_clip(intent, candidates, creator, lambda clip_id: clip_id == recorded, asked_at)


def test_our_own_clip_of_that_time_is_adopted():
    assert adopted(OURS) == OURS


def test_a_clip_of_someone_else_is_not_adopted():
    assert adopted(replace(OURS, creator_id="8")) is None
    assert adopted(replace(OURS, broadcaster_id="13")) is None


@pytest.mark.parametrize("title", ["LUL ×140 ", " lul  ×140", "", "changed by Twitch", "LUL x140"])
def test_a_changed_title_is_adopted(title: str):
    changed = replace(OURS, title=title)
    assert adopted(changed) == adopted(changed, asked_after=1.0) == changed


def test_of_clips_of_the_same_time_the_title_decides():
    """Somebody may clip by hand with our account."""
    by_hand = replace(OURS, id="B", title="by hand", created_at=DECIDED + timedelta(seconds=1))
    ours = replace(OURS, title="LUL ×140 ", created_at=DECIDED + timedelta(seconds=9))
    assert adopted(by_hand, ours) == ours
    assert (
        adopted(replace(by_hand, created_at=DECIDED + timedelta(seconds=60)), replace(ours, title="changed")) != by_hand
    )


def test_the_second_of_the_request_decides_and_not_that_of_the_intent():
    """A request may wait for Twitch's rate limit."""
    early = replace(OURS, id="B", title="by hand")
    late = replace(OURS, title="changed", created_at=DECIDED + timedelta(seconds=72))
    assert adopted(early, late, asked_after=70.0) == late
    assert adopted(early, asked_after=70.0) is None


def test_a_clip_of_another_time_is_not_adopted():
    assert adopted(replace(OURS, created_at=DECIDED - timedelta(seconds=31))) is None
    assert adopted(replace(OURS, created_at=DECIDED + timedelta(seconds=151))) is None


def test_a_clip_of_another_moment_is_not_adopted():
    assert adopted(OURS, recorded="A") is None


def test_the_nearest_of_several_clips_is_adopted():
    later = replace(OURS, id="B", created_at=DECIDED + timedelta(seconds=90))
    assert adopted(later, OURS) == OURS


def test_without_a_title_any_own_clip_is_adopted():
    assert adopted(replace(OURS, title="the stream's"), intent=replace(INTENT, title="")) is not None


def test_with_an_unknown_creator_the_title_decides():
    assert adopted(OURS, creator="") == OURS
    assert adopted(replace(OURS, title="another"), creator="") is None
