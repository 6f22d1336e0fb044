"""About and Status."""

import httpx
from integration.support.api_frontend_process import Rows


def test_about_tells_what_was_measured_and_what_is_kept(http: httpx.Client) -> None:
    page = http.get("/about").text
    for words in ("kappa (one loud channel, marked by hand)", "48 hours", "30 days", "90 days", "opt out"):
        assert words in page


def test_status_is_told_to_people_and_programs(http: httpx.Client, outward_rows: Rows) -> None:
    outward_rows.progress()
    outward_rows.stage("capture", 1.0)
    body = http.get("/api/v1/status").json()
    assert [stage["name"] for stage in body["stages"]] == ["chat", "moments", "clips", "database"]
    assert {stage["state"] for stage in body["stages"]} == {"fresh"}
    assert (body["state"], body["text"]) == ("fresh", "Everything works.")
    page = http.get("/status").text
    for words in ("Everything works.", "Moments", "moments were found up to".capitalize(), "/api/v1/status"):
        assert words in page
    outward_rows.stage("capture", 600.0)
    body = http.get("/api/v1/status").json()
    assert body["state"] == "not_fresh"
    assert body["stages"][0]["state"] == "silent"
    assert "Nothing has been heard for 10 min" in http.get("/status").text
    outward_rows.stage("capture", 1.0)


def test_a_clip_that_does_not_come_is_told(http: httpx.Client, outward_rows: Rows) -> None:
    outward_rows.moment("owed", 200, channel_id="12")
    outward_rows.clip("owed", "intent", revision=1, decided_ago=180.0)
    clips = http.get("/api/v1/status").json()["stages"][2]
    assert (clips["state"], clips["waiting"]) == ("behind", 1)
    assert "1 clip has been asked for and not come yet." in http.get("/status").text
    outward_rows.forget("owed")
