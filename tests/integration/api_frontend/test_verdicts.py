"""Verdicts and hearts without an account: one voice each, bounded, forgotten on demand, never for another site."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from integration.support.api_frontend_process import Rows, SiteProcess
from integration.support.database import as_role

PROXY = {"API_PUBLIC_URL": "http://localhost", "API_TRUST_CLOUDFLARE": "true", "API_SITE_DOMAINS": "localhost"}
UNLIMITED = "100000/day"
JSON = {"Accept": "application/json"}


@pytest.fixture
def moments(rows: Rows, postgres: str) -> str:
    """Two moments of one grade, the second the newer; returns the database's address."""
    for number, ago in (("older", 900), ("newer", 600)):
        rows.moment(number, ago, revision=3, expected=14.0)
    rows.moment("trial", 300, shadow=True)
    return postgres


@pytest.fixture
def site(moments: str, tmp_path: Path) -> Iterator[SiteProcess]:
    with SiteProcess(moments, tmp_path, API_VERDICT_LIMIT=UNLIMITED, **PROXY) as site:
        yield site


def visitor(site: SiteProcess, address: str = "198.51.100.7") -> httpx.Client:
    """A browser of its own, at this address."""
    return httpx.Client(base_url=site.url, timeout=30, headers={"CF-Connecting-IP": address})


def say(client: httpx.Client, moment_id: str, **form: str) -> httpx.Response:
    return client.post(f"/moments/{moment_id}/verdict", data=form, headers=JSON)


def grades(dsn: str) -> dict[str, tuple[int, int]]:
    """Grade and steps of each moment."""
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("SELECT moment_id, grade, verdict_steps FROM moments WHERE NOT shadow").fetchall()
    return {moment_id: (grade, steps) for moment_id, grade, steps in rows}


def first_of_best(site: SiteProcess) -> str:
    items = httpx.get(f"{site.url}/api/v1/moments?order=best").json()["items"]
    return str(items[0]["id"])


def test_verdicts_move_the_best_within_bounds_and_one_voice_moves_nothing(site: SiteProcess, moments: str) -> None:
    grade = grades(moments)["older"][0]
    assert first_of_best(site) == "newer"
    for number in range(12):
        with visitor(site, f"198.51.{number}.7") as each:
            assert say(each, "older", verdict="good").json()["verdict"] == "good"
            assert say(each, "older", verdict="good").status_code == 200  # again: still one voice
        if number == 0:
            assert grades(moments)["older"] == (grade, 0)
        if number == 1:
            assert grades(moments)["older"] == (grade + 1, 1)
            assert first_of_best(site) == "older"
    assert grades(moments)["older"] == (grade + 4, 4)
    for number in range(60):
        with visitor(site, f"203.0.{number}.7") as each:
            say(each, "newer", verdict="not_really")
    assert grades(moments)["newer"] == (grade - 4, -4)


def test_a_verdict_is_changed_and_taken_back(site: SiteProcess, moments: str) -> None:
    with visitor(site) as one, visitor(site, "203.0.113.9") as other:
        for each in (one, other):
            say(each, "older", verdict="not_really")
        assert grades(moments)["older"][1] == -1
        assert say(one, "older", verdict="good").json() == {
            "verdict": "good",
            "saved": False,
            "counts": "1 says good one · 1 says not really",
        }
        assert grades(moments)["older"][1] == 0
        for each in (one, other):
            assert say(each, "older", verdict="none").json()["verdict"] is None
    with psycopg.connect(moments) as connection:
        assert connection.execute("SELECT count(*) FROM voices").fetchone() == (0,)


def test_a_revision_keeps_what_verdicts_did(site: SiteProcess, moments: str) -> None:
    before = grades(moments)["older"][0]
    for number in range(2):
        with visitor(site, f"198.51.{number}.7") as each:
            say(each, "older", verdict="not_really")
    with psycopg.connect(as_role(moments, "recorder"), autocommit=True) as connection:
        connection.execute(
            """
            UPDATE moments SET grade = graded(
                greatest(coalesce(recorded_grade, grade), (%s)::smallint), verdict_steps
            ), recorded_grade = greatest(coalesce(recorded_grade, grade), (%s)::smallint)
            WHERE moment_id = 'older'
        """,
            (before + 2, before + 2),
        )
    assert grades(moments)["older"] == (before + 1, -1)


def test_a_form_needs_no_script_and_saved_lists_ones_own(site: SiteProcess) -> None:
    with visitor(site) as one, visitor(site) as other:
        assert 'value="good"' in one.get("/moments/older").text
        assert not one.cookies
        sent = one.post("/moments/older/verdict", data={"saved": "1"})
        assert (sent.status_code, sent.headers["location"]) == (303, "/moments/older/verdict")
        cookie = sent.headers["set-cookie"].lower()
        assert all(part in cookie for part in ("httponly", "samesite=lax", "max-age=31536000"))
        page = one.get(sent.headers["location"])
        assert "It is among what you saved." in page.text
        assert page.headers["cache-control"] == "no-store"
        one.post("/moments/newer/verdict", data={"verdict": "good"})
        mine = one.get("/saved").text
        assert mine.index('id="m-older"') < mine.index("What you called a good one") < mine.index('id="m-newer"')
        assert "Nothing is saved yet" in other.get("/saved").text
        assert "Saved" in httpx.get(f"{site.url}/saved", headers={"Cookie": "voice=made.up.here"}).text


def test_what_a_browser_kept_is_carried_over_and_moves_no_grade(site: SiteProcess, moments: str) -> None:
    for number in range(3):
        with visitor(site, f"198.51.{number}.7") as each:
            assert each.post("/saved/carry", data={"ids": "newer,older,newer,nowhere,,trial"}).status_code == 204
            page = each.get("/saved").text
            assert page.index('id="m-newer"') < page.index('id="m-older"')  # in the browser's order
            assert "m-trial" not in page
    assert {steps for _, steps in grades(moments).values()} == {0}


def test_everything_is_deleted_on_demand(site: SiteProcess, moments: str) -> None:
    with visitor(site) as one, visitor(site, "203.0.113.9") as other:
        for each in (one, other):
            say(each, "older", saved="1")
        assert grades(moments)["older"][1] == 1
        gone = one.post("/saved/forget")
        assert gone.status_code == 303
        assert 'voice=""' in gone.headers["set-cookie"]
        assert "Nothing is saved yet" in one.get("/saved").text
        assert grades(moments)["older"][1] == 0
        assert "m-older" in other.get("/saved").text


def test_a_network_has_so_many_voices_a_day(moments: str, tmp_path: Path) -> None:
    with SiteProcess(moments, tmp_path, API_VERDICT_LIMIT="2/day", **PROXY) as site:
        for address in ("198.51.100.7", "198.51.100.200"):
            with visitor(site, address) as each:
                assert say(each, "older", verdict="good").status_code == 200
                assert say(each, "older", verdict="not_really").status_code == 200  # the same voice
        with visitor(site, "198.51.100.9") as third:
            refused = say(third, "older", verdict="good")
            assert refused.status_code == 429
            assert int(refused.headers["retry-after"]) > 3600
            assert "Your network has given as many verdicts" in refused.text
            assert say(third, "older", saved="1").json()["saved"] is True  # a heart is saved, and moves nothing
            assert grades(moments)["older"][1] == -1
        for address in ("198.51.101.9", "2001:db8:0:1::1"):  # the next /24, and another kind of network
            with visitor(site, address) as each:
                assert say(each, "newer", verdict="good").status_code == 200
        with visitor(site, "2001:db8:0:1:ffff::2") as each:
            say(each, "newer", verdict="good")
            assert say(each, "older", verdict="good").status_code == 429


def test_presses_are_limited_too(moments: str, tmp_path: Path) -> None:
    with SiteProcess(moments, tmp_path, API_PRESS_LIMIT="3/hour", **PROXY) as site, visitor(site) as one:
        assert [say(one, "older", saved=each).status_code for each in "1010"] == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("moment_id", "form", "status"),
    [("nowhere", {"verdict": "good"}, 404), ("trial", {"verdict": "good"}, 404), ("older", {"verdict": "great"}, 422)],
)
def test_nonsense_is_refused(site: SiteProcess, moment_id: str, form: dict[str, str], status: int) -> None:
    with visitor(site) as one:
        assert say(one, moment_id, **form).status_code == status


def test_another_site_cannot_press(site: SiteProcess) -> None:
    with visitor(site) as one:
        for path in ("/moments/older/verdict", "/saved/carry", "/saved/forget", "/api/v1/moments/older/verdicts"):
            assert one.post(path, data={"saved": "1"}, headers={"Origin": "https://evil.example"}).status_code == 403


def test_programs_read_and_write_verdicts(site: SiteProcess) -> None:
    path = f"{site.url}/api/v1/moments/older/verdicts"

    def post(**body: Any) -> dict[str, Any]:
        answer = httpx.post(path, json=body)
        assert answer.headers["cache-control"] == "no-store"
        return dict(answer.json())

    first = post(verdict="good")
    assert {name: first[name] for name in ("verdict", "saved", "counted")} == {
        "verdict": "good",
        "saved": False,
        "counted": True,
    }
    again = post(saved=True, voice=first["voice"])
    assert (again["verdict"], again["saved"]) == ("good", True)
    assert again["all"] == {"good": 1, "not_really": 0, "saved": 1}
    assert post(verdict="good", voice="made up")["all"]["good"] == 2  # somebody new
    read = httpx.get(path)
    assert read.json() == {"good": 2, "not_really": 0, "saved": 1}
    assert "s-maxage" in read.headers["cache-control"]
    assert httpx.get(path.replace("older", "nowhere")).status_code == 404
    assert httpx.post(path, json={"verdict": "great"}).json()["error"]["code"] == "bad_parameter"
    assert httpx.options(path).headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_options_name_every_method_of_an_address(site: SiteProcess) -> None:
    for path in ("/moments/older/report", "/moments/older/verdict"):
        assert httpx.options(site.url + path).headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert httpx.options(f"{site.url}/best").headers["allow"] == "GET, HEAD, OPTIONS"
    assert httpx.options(f"{site.url}/nowhere").status_code == 404


def test_the_website_writes_voices_through_functions_alone(moments: str) -> None:
    with psycopg.connect(as_role(moments, "api_frontend"), autocommit=True) as connection:
        for statement in (
            "INSERT INTO voices (moment_id, visitor, channel_id, counts) VALUES ('older', '', '11', true)",
            "DELETE FROM voices",
            "SELECT forget_old_voices(0)",
            "SELECT forget_voices(NULL, now())",
            "SELECT count_voices('older')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)  # type: ignore[call-overload]


def test_a_hidden_moment_takes_no_voice(site: SiteProcess, rows: Rows) -> None:
    rows.hide("older")
    with visitor(site) as one:
        assert say(one, "older", verdict="good").status_code == 404
        assert "m-older" not in one.get("/saved").text
