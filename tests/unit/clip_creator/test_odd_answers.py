"""No answer of Helix ends a step of making a clip: it ends in a valid record or is run again."""

from typing import Any

import pytest
from msgspec.structs import replace
from unit.clip_creator.steps import CLOCK_STEP_MS, INTENT, StepWorld
from unit.support import odd_answers
from unit.support.scripted_twitch import Reply, ScriptedTwitch, twitch

from clip_creator.decision.wanted_range import WantedRange
from clip_creator.requests.adoption import Adoption
from clip_creator.requests.confirmation import Confirmation
from clip_creator.requests.request import ClipRequest
from clip_creator.requests.scheduler import Step
from clip_creator.requests.vod_link import VodLink
from contracts.codec import decode, encode
from contracts.topics import CLIPS

__all__ = ["twitch"]
STEPS = {
    "request": odd_answers.REQUESTED_CLIP,
    "confirmation": odd_answers.CLIP,
    "adoption": odd_answers.CLIP,
    "recording": odd_answers.VIDEO,
}


def step(name: str, world: StepWorld) -> Step:
    """Build the step of a moment that was decided just now."""
    now = world.now()
    clip = replace(INTENT, decided_at=now, crossed_at=now - 8_000)
    context = world.context
    if name == "request":
        return ClipRequest(context, clip, WantedRange(now - 20_000, now, now + 40_000))
    if name == "confirmation":
        return Confirmation(context, replace(clip, clip_id=odd_answers.CLIP["id"]))
    if name == "adoption":
        return Adoption(context, clip)
    return VodLink(context, replace(clip, status="too_late"))


@pytest.mark.parametrize("name", STEPS)
def test_no_answer_ends_a_step(twitch: ScriptedTwitch, name: str):
    replies: list[Reply] = list(odd_answers.page_replies(STEPS[name], 202 if name == "request" else 200))
    written: list[Any] = []
    for reply in replies:
        twitch.answer(reply)
        world = StepWorld(twitch.url)
        running = step(name, world)
        world.latest_clips.apply(running._clip)  # type: ignore[attr-defined]
        for _ in range(3):
            due = running()
            if due is None:
                break
            world.time += CLOCK_STEP_MS
        written += world.written
    assert written
    assert all(decode(CLIPS.name, encode(each)) == each for each in written)
