"""How often a requested clip is looked for, after how long it is given up, and whose time counts as Twitch's."""

import random

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY
from unit.clip_creator.steps import INTENT, StepWorld
from unit.support import odd_answers
from unit.support.scripted_twitch import Reply, ScriptedTwitch, twitch

from clip_creator.requests.adoption import Adoption
from clip_creator.requests.clip_search import ClipSearch
from clip_creator.requests.confirmation import Confirmation
from contracts import metrics

__all__ = ["twitch"]
NOTHING = Reply(body={"data": []})
FOUND = Reply(body={"data": [odd_answers.CLIP | {"created_at": "2026-01-02T03:04:20Z"}]})


def search(world: StepWorld, kind: type[Confirmation | Adoption]) -> ClipSearch:
    clip = replace(INTENT, clip_id=odd_answers.CLIP["id"] if kind is Confirmation else None)
    world.latest_clips.apply(clip)
    return kind(world.context, clip)


@pytest.mark.parametrize(("kind", "looks"), [(Confirmation, 3), (Adoption, 2)])
def test_a_pause_doubles_after_so_many_looks(
    twitch: ScriptedTwitch, monkeypatch: pytest.MonkeyPatch, kind: type[Confirmation | Adoption], looks: int
) -> None:
    monkeypatch.setattr(random, "random", lambda: 0.0)  # no jitter
    twitch.answer(NOTHING)
    world = StepWorld(twitch.url)
    step = search(world, kind)
    pauses = [round((step() or 0) - world.seconds(), 3) for _ in range(2 * looks)]
    first = world.context.settings.poll_seconds
    assert pauses == [first] * (looks - 1) + [2 * first] * looks + [4 * first]


@pytest.mark.parametrize(("kind", "counted"), [(Confirmation, 1), (Adoption, 0)])
def test_only_a_clip_known_by_its_id_tells_how_long_twitch_takes(
    twitch: ScriptedTwitch, kind: type[Confirmation | Adoption], counted: int
) -> None:
    name = f"{metrics.CLIP_SECONDS.name}_count"
    before = REGISTRY.get_sample_value(name) or 0
    twitch.answer(FOUND)
    world = StepWorld(twitch.url)
    assert search(world, kind)() is None
    assert [each.status for each in world.written] == ["made"]
    assert (REGISTRY.get_sample_value(name) or 0) - before == counted


@pytest.mark.parametrize(
    ("reply", "limit"), [(NOTHING, "confirm_seconds"), (Reply(400, {}), "adoption_seconds")], ids=["missing", "error"]
)
def test_a_clip_that_could_not_be_looked_up_is_given_up_later(twitch: ScriptedTwitch, reply: Reply, limit: str) -> None:
    twitch.answer(reply)
    world = StepWorld(twitch.url, confirm_seconds=60, adoption_seconds=300)
    step = search(world, Confirmation)
    seconds = getattr(world.context.settings, limit)
    world.time = INTENT.decided_at + round(seconds * 1000)
    assert step() is not None
    world.time += 1
    assert step() is None
    assert [each.status for each in world.written] == ["unknown"]
