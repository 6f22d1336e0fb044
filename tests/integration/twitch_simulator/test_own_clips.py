"""The simulator's endpoints for a channel's own people, with what Twitch refuses."""

from typing import Any

import httpx
import pytest

from twitch_simulator.process import SimulatorProcess

SECRET = {"client_id": "simulator", "client_secret": "simulator"}


def headers_of(simulator: SimulatorProcess, login: str, *scopes: str) -> dict[str, str]:
    """What a person with these scopes sends."""
    query = {"client_id": "simulator", "response_type": "code", "redirect_uri": "http://x/r", "login": login}
    back = httpx.get(f"{simulator.url}/oauth2/authorize", params=query | {"scope": " ".join(scopes), "state": "s"})
    code = httpx.URL(back.headers["location"]).params["code"]
    form = SECRET | {"grant_type": "authorization_code", "code": code, "redirect_uri": "http://x/r"}
    granted = httpx.post(f"{simulator.url}/oauth2/token", data=form).json()
    assert granted["scope"] == list(scopes)
    return {"Authorization": f"Bearer {granted['access_token']}", "Client-Id": "simulator"}


def order(simulator: SimulatorProcess, path: str, **body: Any) -> dict[str, Any]:
    return httpx.post(f"{simulator.url}/control/{path}", json=body).json()


@pytest.fixture
def archive(simulator: SimulatorProcess, room: str) -> dict[str, Any]:
    channel = next(each for each in simulator.state()["channels"] if each["login"] == room)
    return order(simulator, "archive", login=room, seconds=600) | {"channel_id": channel["channel_id"]}


def asked(archive: dict[str, Any], **changes: Any) -> dict[str, Any]:
    own = {"editor_id": archive["channel_id"], "broadcaster_id": archive["channel_id"]}
    wanted = {"vod_id": archive["video_id"], "vod_offset": 100, "duration": 30, "title": "x"}
    return {name: value for name, value in (own | wanted | changes).items() if value is not None}


def test_a_clip_of_a_recording_appears_and_has_files(
    simulator: SimulatorProcess, room: str, archive: dict[str, Any]
) -> None:
    headers = headers_of(simulator, room, "channel:manage:clips")
    made = httpx.post(f"{simulator.url}/helix/videos/clips", params=asked(archive), headers=headers)
    assert made.status_code == 202
    (row,) = made.json()["data"]
    (clip,) = httpx.get(f"{simulator.url}/helix/clips", params={"id": row["id"]}, headers=headers).json()["data"]
    assert (clip["vod_offset"], clip["duration"], clip["video_id"]) == (70, 30, archive["video_id"])
    own = {"editor_id": archive["channel_id"], "broadcaster_id": archive["channel_id"], "clip_id": row["id"]}
    (files,) = httpx.get(f"{simulator.url}/helix/clips/downloads", params=own, headers=headers).json()["data"]
    assert files["clip_id"] == row["id"]
    assert files["landscape_download_url"].startswith("http")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"duration": 4}, 400), ({"duration": 61}, 400), ({"vod_offset": 29}, 400), ({"vod_offset": 601}, 400),
        ({"vod_offset": "soon"}, 400), ({"title": None}, 400), ({"vod_id": "1"}, 404), ({"editor_id": "1"}, 401),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(
    simulator: SimulatorProcess, room: str, archive: dict[str, Any], changes: dict[str, Any], status: int
) -> None:
    headers = headers_of(simulator, room, "channel:manage:clips")
    answer = httpx.post(f"{simulator.url}/helix/videos/clips", params=asked(archive, **changes), headers=headers)
    assert answer.status_code == status, answer.text


def test_who_may_not_is_refused(simulator: SimulatorProcess, room: str, archive: dict[str, Any]) -> None:
    other = next(each for each in simulator.state()["channels"] if each["login"] != room)
    url, params = f"{simulator.url}/helix/videos/clips", asked(archive, editor_id=other["channel_id"])
    no_scope = headers_of(simulator, room, "channel:read:editors")
    assert "Missing scope" in httpx.post(url, params=asked(archive), headers=no_scope).json()["message"]
    editor = headers_of(simulator, other["login"], "editor:manage:clips")
    assert httpx.post(url, params=params, headers=editor).status_code == 403
    order(simulator, "editors", login=room, editors=[other["login"]])
    assert httpx.post(url, params=params, headers=editor).status_code == 202
    where = {"broadcaster_id": archive["channel_id"]}
    assert httpx.get(f"{simulator.url}/helix/channels/editors", params=where, headers=editor).status_code == 401
    (found,) = httpx.get(f"{simulator.url}/helix/channels/editors", params=where, headers=no_scope).json()["data"]
    assert found["user_id"] == other["channel_id"]
    order(simulator, "delete_video", video_id=archive["video_id"])
    assert httpx.post(url, params=params, headers=editor).status_code == 404
    order(simulator, "disconnect", login=other["login"])
    assert httpx.post(url, params=params, headers=editor).status_code == 401
    order(simulator, "editors", login=room, editors=[])
