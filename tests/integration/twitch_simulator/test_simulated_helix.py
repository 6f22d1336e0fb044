"""The simulator's Helix over HTTP: pages, limits, clips, faults and tokens."""

import time
from pathlib import Path

import httpx
from integration.support.quiet_simulator import QUIET

from twitch_simulator.process import USER_HEADERS, SimulatorProcess


def room_id(simulator: SimulatorProcess, login: str) -> str:
    return next(each["channel_id"] for each in simulator.state()["channels"] if each["login"] == login)


def test_streams_are_paged_by_viewers_and_filtered(simulator: SimulatorProcess, room: str) -> None:
    found, cursor = [], ""
    while True:
        page = simulator.helix("streams", first=3, **({"after": cursor} if cursor else {})).json()
        found += page["data"]
        cursor = page["pagination"].get("cursor", "")
        if not cursor:
            break
    viewers = [stream["viewer_count"] for stream in found]
    assert len({stream["id"] for stream in found}) == 8
    assert viewers == sorted(viewers, reverse=True)
    (stream,) = simulator.helix("streams", user_login=room).json()["data"]
    (video,) = simulator.helix("videos", user_id=stream["user_id"], type="archive").json()["data"]
    assert video["stream_id"] == stream["id"]
    assert simulator.helix("streams", user_login=["x"] * 101).status_code == 400
    users = simulator.helix("users", id=stream["user_id"], login=found[-1]["user_login"]).json()["data"]
    assert [user["login"] for user in users] == [room, found[-1]["user_login"]]


def test_helix_counts_requests_and_requires_a_token(simulator: SimulatorProcess) -> None:
    headers = simulator.helix("users").headers
    assert headers["ratelimit-limit"] == "800"
    assert int(headers["ratelimit-remaining"]) < 800
    bare = httpx.get(f"{simulator.url}/helix/users")
    assert bare.json() == {"error": "Unauthorized", "status": 401, "message": "OAuth token is missing"}
    wrong = httpx.get(f"{simulator.url}/helix/users", headers=USER_HEADERS | {"Authorization": "Bearer no"})
    assert (wrong.status_code, wrong.json()["message"]) == (401, "Invalid OAuth token")
    other = httpx.get(f"{simulator.url}/helix/users", headers=USER_HEADERS | {"Client-Id": "other"})
    assert (other.status_code, other.json()["message"]) == (401, "Client ID and OAuth token do not match")


def test_an_empty_bucket_gives_429(tmp_path: Path) -> None:
    flags = ("--requests-per-minute", "3", "--channels", "1", *QUIET)
    with SimulatorProcess(tmp_path / "truth", *flags) as simulator:
        answers = [simulator.helix("users") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert int(answers[-1].headers["ratelimit-reset"]) > time.time()


def test_clips_are_made_refused_and_lost(simulator: SimulatorProcess, room: str) -> None:
    channel_id = room_id(simulator, room)
    made = simulator.helix("clips", "POST", broadcaster_id=channel_id, title="The moment", duration=12.5)
    assert made.status_code == 202
    (row,) = made.json()["data"]
    assert set(row) == {"id", "edit_url"}
    (clip,) = simulator.helix("clips", id=row["id"]).json()["data"]
    assert (clip["title"], clip["duration"], clip["broadcaster_id"]) == ("The moment", 12.5, channel_id)
    assert simulator.rows("clips")[-1]["clip_id"] == row["id"]
    assert httpx.get(clip["thumbnail_url"]).headers["content-type"] == "image/svg+xml"
    page = httpx.get(clip["embed_url"] + "&parent=localhost")
    assert "The moment" in page.text
    assert "http://localhost:*" in page.headers["content-security-policy"]
    simulator.order("refuse_clips", login=room, status=403, message="Not here.", count=1)
    refused = simulator.helix("clips", "POST", broadcaster_id=channel_id)
    assert refused.json() == {"error": "Forbidden", "status": 403, "message": "Not here."}
    simulator.order("never_appear", count=1)
    lost = simulator.helix("clips", "POST", broadcaster_id=channel_id).json()["data"][0]["id"]
    assert simulator.helix("clips", id=lost).json()["data"] == []
    for wrong in ({"duration": 4}, {"duration": "x"}, {"title": "x" * 500}):
        assert simulator.helix("clips", "POST", broadcaster_id=channel_id, **wrong).status_code == 400


def test_an_offline_channel_cannot_be_clipped(simulator: SimulatorProcess) -> None:
    channel = simulator.state()["channels"][-1]
    assert simulator.order("stream", login=channel["login"], live=False)["live"] is False
    assert simulator.helix("streams", user_id=channel["channel_id"]).json()["data"] == []
    assert simulator.helix("clips", "POST", broadcaster_id=channel["channel_id"]).status_code == 404
    changed = simulator.order("stream", login=channel["login"], live=True, title="Back", game_name="Go")
    (stream,) = simulator.helix("streams", user_id=channel["channel_id"]).json()["data"]
    assert (stream["id"], stream["title"], stream["game_name"]) == (changed["stream_id"], "Back", "Go")


def test_endpoint_faults(simulator: SimulatorProcess, room: str) -> None:
    simulator.order("helix_fault", endpoint="streams", status=429, count=1)
    limited = simulator.helix("streams")
    assert (limited.status_code, limited.headers["ratelimit-remaining"]) == (429, "0")
    assert simulator.helix("streams").status_code == 200
    before = len(simulator.rows("clips"))
    simulator.order("helix_fault", endpoint="POST clips", status=500, count=1, acts=True)
    assert simulator.helix("clips", "POST", broadcaster_id=room_id(simulator, room)).status_code == 500
    assert len(simulator.rows("clips")) == before + 1
    simulator.order("helix_fault", endpoint="users", status=200, body={"data": "wrong"})
    assert simulator.helix("users").json() == {"data": "wrong"}


def test_viewers_clip_on_order_and_pages_go_wrong(simulator: SimulatorProcess, room: str) -> None:
    rows = simulator.order("viewer_clip", login=room, count=120, viewer="fan", ended_ago=4, made_ago=2)["clips"]
    assert simulator.rows("viewer_clips")[-120:] == rows
    channel_id = room_id(simulator, room)
    window = {"broadcaster_id": channel_id, "started_at": "2020-01-01T00:00:00Z", "ended_at": "2099-01-01T00:00:00Z"}
    first = simulator.helix("clips", first=100, **window).json()
    assert (len(first["data"]), set(first["pagination"])) == (100, {"cursor"})
    simulator.order("clip_pages", kind="repeat", count=1)
    again = simulator.helix("clips", first=100, after=first["pagination"]["cursor"], **window).json()
    assert [clip["id"] for clip in again["data"]] == [clip["id"] for clip in first["data"]]
    simulator.order("clip_pages", kind="endless", count=1)
    last = simulator.helix("clips", first=100, after=first["pagination"]["cursor"], **window).json()
    assert (len(last["data"]) >= 20, "cursor" in last["pagination"]) == (True, True)
    simulator.order("clip_pages", kind="empty", count=1)
    assert simulator.helix("clips", first=100, **window).json()["data"] == []
    assert simulator.order("delete_clip", clip_id=rows[0]["clip_id"])["deleted"]
    assert simulator.helix("clips", id=rows[0]["clip_id"]).json()["data"] == []


def test_tokens_are_issued_checked_refreshed_and_revoked(simulator: SimulatorProcess) -> None:
    client = {"client_id": "simulator", "client_secret": "simulator"}

    def token(**fields: str) -> httpx.Response:
        return simulator.http.post("/oauth2/token", data=client | fields)

    def validate(value: str) -> httpx.Response:
        return simulator.http.get("/oauth2/validate", headers={"Authorization": f"OAuth {value}"})

    app = token(grant_type="client_credentials").json()
    assert app["token_type"] == "bearer"
    assert "user_id" not in validate(app["access_token"]).json()
    assert validate("simulator-user-token").json()["login"] == "stream_scout"
    assert simulator.order("revoke")["revoked"] >= 1
    assert validate("simulator-user-token").status_code == 401
    assert simulator.helix("users").status_code == 401
    fresh = token(grant_type="refresh_token", refresh_token="simulator-refresh-token").json()
    assert validate(fresh["access_token"]).json()["scopes"] == ["clips:edit", "chat:read", "chat:edit"]
    simulator.order("revoke", refresh=True)
    assert token(grant_type="refresh_token", refresh_token="simulator-refresh-token").status_code == 400
    simulator.order("restore")
    assert validate("simulator-user-token").status_code == 200
    assert token(grant_type="client_credentials", client_secret="no").status_code == 403
