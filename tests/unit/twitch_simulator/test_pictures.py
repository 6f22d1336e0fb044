"""Pictures of clips: valid SVG of the right size, equal for equal ids, different by channel and game."""

from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from twitch_simulator.crowd.categories import CATEGORIES
from twitch_simulator.helix.helix import stream_shown, user_shown
from twitch_simulator.helix.pictures import picture_routes, thumbnail
from twitch_simulator.helix.scenes import SCENES, draw_scene
from twitch_simulator.settings import SimulatorSettings
from twitch_simulator.twitch import build
from twitch_simulator.web import web_application

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


def test_streams_and_channels_have_pictures_at_the_address_that_helix_names(tmp_path) -> None:
    twitch = build(SimulatorSettings(channels=3, always_live=True, truth_file=tmp_path / "truth"))
    twitch.set_ports({"http": 6690, "irc": 1, "websocket": 2})
    client = TestClient(web_application(twitch), base_url=twitch.public_url)
    login = twitch.directory.channels[0].login
    shown = stream_shown(twitch.directory.streams()[0], twitch.directory.games, twitch.public_url)
    address = shown["thumbnail_url"].replace("{width}", "640").replace("{height}", "360")
    assert address == f"{twitch.public_url}/previews/{login}-640x360.svg"
    pictures = [client.get(address, params={"t": minute}) for minute in ("1", "2", "2")]
    assert [each.status_code for each in pictures] == [200, 200, 200]
    assert pictures[0].text != pictures[1].text == pictures[2].text, "each minute has a picture of its own"
    portraits = [client.get(user_shown(each, twitch.public_url)["profile_image_url"]) for each in
                 twitch.directory.channels[:2]]  # fmt: skip
    assert portraits[0].text != portraits[1].text
    for answer in (*pictures, *portraits):
        assert answer.headers["content-type"] == "image/svg+xml"
        ElementTree.fromstring(answer.text)
    for unknown in ("/previews/nobody-640x360.svg", "/pictures/0.svg"):
        assert client.get(unknown).status_code == 404
