"""The page Uptime and its JSON, from a real Postgres."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from integration.support.api_frontend_process import Rows, SiteProcess
from integration.support.uptime_rows import BEGAN_DAYS, PARTS, Row, fill_uptime

from api_frontend.data.uptime.record import KEPT_SECONDS
from embedded.processes.waiting import wait_for

DAY, HOUR = 86_400, 3600


@pytest.fixture
def noted(http: httpx.Client, postgres_of_module: str) -> httpx.Client:
    """Ninety days of examples, which the site has read."""
    fill_uptime(postgres_of_module)
    wait_for("the site reads them", lambda: has_outages(http), KEPT_SECONDS + 15)
    return http


def has_outages(http: httpx.Client) -> bool:
    return len(http.get("/api/v1/uptime").json()["outages"]) == 9


def test_programs_are_told_the_sums_of_each_part(noted: httpx.Client) -> None:
    body = noted.get("/api/v1/uptime").json()
    assert [part["name"] for part in body["parts"]] == list(PARTS)
    whole = datetime.fromisoformat(body["until_at"])
    for part in body["parts"]:
        total = sum(part[f"{name}_seconds"] for name in ("up", "down", "unknown"))
        assert total == pytest.approx((whole - datetime.fromisoformat(part["record_since"])).total_seconds(), abs=0.01)
        in_days = sum(day[f"{name}_seconds"] for day in part["days"] for name in ("up", "down"))
        assert in_days == pytest.approx(part["up_seconds"] + part["down_seconds"], abs=0.1)
        assert part["unknown_seconds"] == pytest.approx(44 * HOUR, abs=1)
    states = {part["name"]: part["state"] for part in body["parts"]}
    assert states == dict.fromkeys(PARTS, "up") | {"clips": "down"}
    assert body["text"] == "Down now: Making clips."
    assert [each["until_at"] is None for each in body["outages"]] == [True] + 8 * [False]
    assert len(body["planned_work"]) == 3
    assert [each["part"] for each in body["outages"] if each["in_planned_work"]] == ["website"]


def test_people_read_it_without_a_script(noted: httpx.Client) -> None:
    page = noted.get("/uptime").text
    for words in (
        "Down now: Making clips.",
        "No clips are made.",
        "None was lost.",
        "during planned work",
        "The record begins",
        f"{89 - BEGAN_DAYS} days before the record began",
        "by the calendar of UTC",
        "today: down for 2 h 00 min",
        'href="/api/v1/uptime"',
    ):
        assert words in page, words
    assert page.count('role="img"') == len(PARTS)
    assert 'href="/uptime"' in noted.get("/status").text
    assert 'href="/uptime"' in noted.get("/").text
    assert "/uptime" in noted.get("/sitemap.xml").text


def test_it_is_in_german_and_by_the_readers_calendar(noted: httpx.Client) -> None:
    page = noted.get("/uptime?lang=de", headers={"Cookie": "tz=Asia%2FTokyo"}, follow_redirects=True).text
    for words in ("Verfügbarkeit", "Zurzeit ausgefallen: Clips erstellen.", "Keiner ging verloren", "Asia/Tokyo"):
        assert words in page
    begin = (datetime.now(UTC) - timedelta(hours=2)).astimezone().timestamp() + 9 * HOUR
    assert f"{datetime.fromtimestamp(begin, UTC):%H:}" in page


def test_it_is_kept_like_other_pages(noted: httpx.Client) -> None:
    first = noted.get("/uptime")
    assert first.headers["cache-control"] == "private, no-cache"
    again = noted.get("/uptime", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code in (304, 200)
    assert noted.get("/api/v1/uptime").headers["cache-control"].startswith("public")


def test_without_a_record_it_says_so(outward_site: SiteProcess, outward_rows: Rows, postgres_of_module: str) -> None:
    empty: list[Row] = [("work", "planned", 100 * DAY, 99 * DAY)]
    fill_uptime(postgres_of_module, empty)
    with httpx.Client(base_url=outward_site.url, timeout=30) as http:
        wait_for("the site knows", lambda: "There is no record yet" in http.get("/uptime").text, KEPT_SECONDS + 15)
        body = http.get("/api/v1/uptime").json()
    assert [part["record_since"] for part in body["parts"]] == 5 * [None]
    assert body["outages"] == []
