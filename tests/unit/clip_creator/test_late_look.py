"""A clip that appears after the patience is found an hour or a day later; a refused one links to the recording."""

from typing import Any

import pytest
from msgspec.structs import replace
from unit.clip_creator.steps import INTENT, StepWorld
from unit.support import odd_answers
from unit.support.scripted_twitch import Reply, ScriptedTwitch, twitch

from clip_creator.clip_log.records import is_open, is_worth_resuming
from clip_creator.decision.wanted_range import WantedRange
from clip_creator.requests.adoption import Adoption
from clip_creator.requests.confirmation import Confirmation
from clip_creator.requests.late_look import LateLook
from clip_creator.requests.request import ClipRequest
from clip_creator.requests.resumption import resuming_step
from clip_creator.requests.scheduler import Step
from clip_creator.requests.vod_link import VodLink

__all__ = ["twitch"]
HOUR, DAY = 3_600_000, 24 * 3_600_000
NOTHING = Reply(body={"data": []})
FOUND = Reply(body={"data": [odd_answers.CLIP | {"created_at": "2026-01-02T03:04:20Z"}]})


def run_until(world: StepWorld, step: Step, at: int) -> None:
    """Run a step whenever it is due until `at`, and then the follow-ups that it added."""
    due: float | None = world.now() / 1000
    while due is not None and due * 1000 <= at:
        world.time = max(world.time, round(due * 1000))
        due = step()
    if due is None and (following := world.follow_ups()):
        first, waiting = following[0]
        if first * 1000 <= at:
            world.time = round(first * 1000)
            run_until(world, waiting, at)


@pytest.mark.parametrize("appears_after", [HOUR, DAY])
@pytest.mark.parametrize("clip_id", ["AwkwardHelplessSalamanderSwiftRage", None])
def test_a_clip_that_appears_after_the_patience_is_found(
    twitch: ScriptedTwitch, appears_after: int, clip_id: str | None
):
    world = StepWorld(twitch.url)
    clip = replace(INTENT, clip_id=clip_id)
    world.latest_clips.apply(clip)
    begun = world.now()
    twitch.make = lambda: FOUND if world.now() >= begun + appears_after else NOTHING
    step = Confirmation(world.context, clip) if clip_id else Adoption(world.context, clip)
    run_until(world, step, begun + appears_after + HOUR)
    assert [each.status for each in world.written] == ["unknown", "made"]
    assert world.written[-1].clip_id == odd_answers.CLIP["id"]
    assert world.written[-1].revision_number > world.written[0].revision_number


def test_a_clip_that_never_appears_is_looked_for_twice_more(twitch: ScriptedTwitch):
    twitch.answer(NOTHING)
    world = StepWorld(twitch.url)
    unknown = replace(INTENT, status="unknown", revision_number=2, clip_id=odd_answers.CLIP["id"])
    world.latest_clips.apply(unknown)
    run_until(world, LateLook(world.context, unknown), world.now() + 30 * DAY)
    assert (len(twitch.requests), world.written) == (2, [])


def test_a_look_that_twitch_does_not_answer_is_repeated(twitch: ScriptedTwitch):
    twitch.answer(Reply(400, {}), FOUND)
    world = StepWorld(twitch.url)
    unknown = replace(INTENT, status="unknown", revision_number=2, clip_id=odd_answers.CLIP["id"])
    world.latest_clips.apply(unknown)
    run_until(world, LateLook(world.context, unknown), world.now() + 2 * DAY)
    assert [each.status for each in world.written] == ["made"]


def test_looks_are_resumed_after_a_restart_but_not_for_old_records():
    world = StepWorld()
    for status, step in (("unknown", LateLook), ("refused", VodLink), ("too_late", VodLink)):
        clip = replace(INTENT, status=status, revision_number=2)
        assert is_open(clip)
        assert isinstance(resuming_step(world.context, clip), step)
        assert is_worth_resuming(clip, clip.decided_at + DAY)
        assert is_worth_resuming(clip, clip.decided_at + 30 * DAY) is (status == "too_late")


def refuse(twitch: ScriptedTwitch, videos: list[dict[str, Any]]) -> StepWorld:
    """Let Twitch refuse a clip; run all that follows."""
    refusal = Reply(403, {"error": "Forbidden", "status": 403, "message": "Clips are restricted for this channel."})
    twitch.answer(refusal, Reply(body={"data": videos}))
    world = StepWorld(twitch.url)
    world.latest_clips.apply(INTENT)
    now = world.now()
    run_until(world, ClipRequest(world.context, INTENT, WantedRange(now - 20_000, now, now + 40_000)), now + HOUR)
    return world


def test_a_refused_clip_links_to_the_recording(twitch: ScriptedTwitch):
    world = refuse(twitch, [odd_answers.VIDEO | {"created_at": "2026-01-02T03:00:00Z"}])
    assert [each.status for each in world.written] == ["refused", "refused"]
    assert world.written[-1].reason == "403: Clips are restricted for this channel."
    assert (world.written[-1].vod_url or "").startswith("https://www.twitch.tv/videos/335921245?t=")


def test_a_refused_clip_without_a_recording_says_so(twitch: ScriptedTwitch):
    world = refuse(twitch, [])
    assert world.written[-1].reason.endswith("no recording of the stream was found")
    assert not is_open(world.written[-1])
