"""Pictures of clips: valid SVG of the right size, equal for equal ids, different by channel and game."""

from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from twitch_simulator.crowd.categories import CATEGORIES
from twitch_simulator.helix.pictures import picture_routes, thumbnail
from twitch_simulator.helix.scenes import SCENES, draw_scene

from .test_clips import Shop


def test_every_category_has_a_scene() -> None:
    assert {category.kind for category in CATEGORIES.values()} == set(SCENES)


@pytest.mark.parametrize("kind", SCENES)
def test_a_scene_is_a_small_picture_of_a_fixed_size(kind: str) -> None:
    drawn = {draw_scene(f"clip-{number}", 40 * number, kind) for number in range(8)}
    assert len(drawn) == 8
    for picture in drawn:
        root = ElementTree.fromstring(picture)
        assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("480", "272", "0 0 480 272")
        names = {each.tag.rpartition("}")[2] for each in root.iter()}
        assert names.isdisjoint({"script", "image", "foreignObject", "a", "use", "style"})
        assert len(picture) < 30_000
    assert draw_scene("clip-3", 120, kind) in drawn


def test_a_clip_is_drawn_in_its_channels_colour_and_its_games_scene() -> None:
    clip = {"broadcaster_id": "1", "game_id": "743"}
    picture = thumbnail(clip, "A-1")
    assert picture == thumbnail(clip, "A-1")
    others = [thumbnail(clip | {"broadcaster_id": "2"}, "A-1"), thumbnail(clip | {"game_id": "27471"}, "A-1")]
    assert len({picture, *others, thumbnail(clip, "A-2"), thumbnail(None, "A-1")}) == 5


def test_a_clips_picture_is_served_by_the_simulator_itself(tmp_path) -> None:
    shop = Shop(tmp_path)
    clip = shop.make()
    shop.now += 5_000
    application = FastAPI()
    application.include_router(picture_routes(shop.clips))
    shown = shop.clips.shown(clip)
    assert shown["thumbnail_url"].startswith("http://sim/")
    answer = TestClient(application).get(shown["thumbnail_url"].removeprefix("http://sim"))
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text == thumbnail(shown, clip.clip_id)
    assert answer.headers["cache-control"] == "max-age=3600"
