"""What a demo's site passes on from its simulated Twitch: clips and the sign-in, and nothing else of it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from embedded.demo_site import SimulatedTwitch
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from twitch_simulator.process import SimulatorProcess


@pytest.fixture(scope="module")
def twitch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    calm = ("--channels", "2", "--messages-per-second", "0", "--clip-delay-seconds", "0")
    with SimulatorProcess(tmp_path_factory.mktemp("twitch") / "truth", *calm) as twitch:
        yield twitch


def site(simulator: str) -> TestClient:
    """A site that has no page."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(SimulatedTwitch, simulator=simulator)
    return TestClient(app, follow_redirects=False)


@pytest.fixture(scope="module")
def clip(twitch: SimulatorProcess) -> dict[str, str]:
    """A clip as Helix tells of it."""
    channel_id = twitch.state()["channels"][0]["channel_id"]
    clip_id = twitch.helix("clips", "POST", broadcaster_id=channel_id).json()["data"][0]["id"]
    found = wait_for("it has appeared", lambda: twitch.helix("clips", id=clip_id).json()["data"], 20)
    return dict(found[0])


@pytest.mark.parametrize("field", ["thumbnail_url", "embed_url", "url"])
def test_a_clip_has_the_same_path_here(twitch: SimulatorProcess, clip: dict[str, str], field: str) -> None:
    parts = urlsplit(clip[field])
    answer = site(twitch.url).get(f"{parts.path}?{parts.query}")
    assert answer.status_code == 200
    assert answer.text == twitch.http.get(clip[field]).text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; img-src 'self';")
    assert answer.headers["content-security-policy"].endswith("frame-ancestors 'self'")
    assert "x-frame-options" not in answer.headers


def test_a_streamers_picture_has_the_same_path_here(twitch: SimulatorProcess) -> None:
    channel_id = twitch.state()["channels"][0]["channel_id"]
    user = twitch.helix("users", id=channel_id).json()["data"][0]
    answer = site(twitch.url).get(urlsplit(user["profile_image_url"]).path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")


@pytest.mark.parametrize(
    "path",
    ["7tv/emote/01A/2x.webp", "bttv/emote/5f/static/2x.webp", "ffz/emote/12/2", "twitch/emote/25/static/dark/2.0"],
)
def test_an_emotes_picture_has_the_same_path_here(twitch: SimulatorProcess, path: str) -> None:
    answer = site(twitch.url).get(f"/emotes/{path}")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert ("animateTransform" in answer.text) is ("static" not in path)


@pytest.mark.parametrize(
    "path",
    [
        "/emotes/7tv/v3/emote-sets/global",
        "/emotes/7tv/emote/../v3/emote-sets/global",
        "/emotes/other/emote/1/2",
        "/control/state",
        "/helix/streams",
        "/oauth2/validate",
        "/oauth2/activate",
        "/",
        "/clip/../control/state",
        "/clip/%2e%2e%2fcontrol%2fstate",
        "/thumbnails/../control/state?.svg",
        "/embed/",
    ],
)
def test_nothing_else_of_the_simulator_is_reached(twitch: SimulatorProcess, path: str) -> None:
    assert site(twitch.url).get(path).status_code == 404


def test_a_streamer_signs_in_here_and_comes_back_here(twitch: SimulatorProcess) -> None:
    login = twitch.state()["channels"][0]["login"]
    asked = {"client_id": "simulator", "response_type": "code", "scope": "clips:edit", "state": "s1"}
    asked |= {"redirect_uri": "http://127.0.0.1:5000/channels/opt-out/return"}
    page = site(twitch.url).get("/oauth2/authorize", params=asked)
    assert "Which channel is yours?" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none';")
    back = site(twitch.url).get("/oauth2/authorize", params=asked | {"login": login})
    assert back.status_code == 302
    assert back.headers["location"].startswith("/channels/opt-out/return?state=s1&code=")
    refused = site(twitch.url).get("/oauth2/authorize", params=asked | {"deny": "1"})
    assert refused.headers["location"].startswith("/channels/opt-out/return?state=s1&error=access_denied")


def test_nothing_is_written(twitch: SimulatorProcess) -> None:
    assert site(twitch.url).post("/embed").status_code == 404
    assert site(twitch.url).post("/oauth2/authorize").status_code == 404
    assert site(twitch.url).get("/embed?clip=Nothing-1").status_code == 404


def test_without_the_simulator_the_site_says_so() -> None:
    answer = site(f"http://127.0.0.1:{free_ports(1)[0]}").get("/embed?clip=A-1")
    assert (answer.status_code, answer.text) == (502, "The simulated Twitch does not answer.")
