"""The website on a real Postgres: pages, paging, the API, its errors, its headers."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from integration.support.api_frontend_process import Rows, SiteProcess

from embedded.servers.redis import Redis


@pytest.fixture(scope="module")
def rows(postgres_of_module: str) -> Iterator[Rows]:
    rows = Rows(postgres_of_module)
    rows.channel("11", "lunaplays")
    rows.channel("12", "kraken")
    for number in range(60):
        rows.moment(
            f"m{number:03d}", ago_seconds=60 * (number + 1), channel_id="11" if number % 3 else "12", revision=3
        )
    for number in range(0, 60, 4):
        rows.clip(f"m{number:03d}", "made")
    rows.clip("m001", "refused", reason="clips are restricted")
    for number in range(60, 80):
        crowd = {"mood": "laughter" if number % 2 else "awe", "causes": [["raid", "vote"], ["vote"], []][number % 3]}
        rows.moment(f"m{number:03d}", ago_seconds=60 * (number + 1), channel_id="13", revision=3, **crowd)
    for number in range(60, 80, 5):
        rows.clip(f"m{number:03d}", "made")
    for number in range(3):
        rows.moment(f"s{number}", ago_seconds=60 * number, shadow=True, no_clip_reason="shadow", mood="awe")
    rows.progress()
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def site(postgres_of_module: str, rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    with SiteProcess(postgres_of_module, tmp_path_factory.mktemp("site"), API_RATE_LIMIT="100000/minute") as site:
        yield site


@pytest.fixture(scope="module")
def http(site: SiteProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, timeout=10) as client:
        yield client


def all_ids(http: httpx.Client, path: str, **query: str) -> list[str]:
    """Every id of a list, page after page."""
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = http.get(path, params={"limit": "7", "cursor": cursor, **query}).json()
        found += [item["id"] for item in answer["items"]]
        cursor = answer["next"]
    return found


def test_the_list_shows_cards_newest_first(http: httpx.Client) -> None:
    page = http.get("/best?order=newest").text
    assert page.index("m-m000") < page.index("m-m001") < page.index("m-m002")
    assert "212 people at once" in page
    assert "Twitch refused the clip" in page
    assert "clips are restricted" not in page  # Twitch's words are for operators
    assert "updated" in page


def test_the_older_link_works_without_script(http: httpx.Client) -> None:
    page, seen = http.get("/best?order=newest").text, set()
    while True:
        seen |= {part.split('"')[0] for part in page.split('id="m-')[1:]}
        if 'rel="next" href="' not in page:
            break
        address = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        page = http.get(address).text
    assert seen >= {f"m{number:03d}" for number in range(60)}


def test_filters_narrow_the_list(http: httpx.Client) -> None:
    kraken = all_ids(http, "/api/v1/moments", channel="Kraken")
    assert kraken == [f"m{number:03d}" for number in range(0, 60, 3)]
    assert all_ids(http, "/api/v1/moments", channel="12") == kraken
    assert all_ids(http, "/api/v1/clips") == [f"m{n:03d}" for n in (*range(0, 60, 4), *range(60, 80, 5))]
    assert all_ids(http, "/api/v1/moments", clips="1", channel="kraken") == [f"m{n:03d}" for n in range(0, 60, 12)]
    between = {"from": moment_time(http, "m020"), "until": moment_time(http, "m010")}
    assert all_ids(http, "/api/v1/moments", **between) == [f"m{number:03d}" for number in range(11, 21)]


def test_moods_and_causes_narrow_the_list(http: httpx.Client) -> None:
    def found(**query: str) -> list[int]:
        return [int(each[1:]) for each in all_ids(http, "/api/v1/moments", **query)]

    assert found(mood="laughter") == list(range(61, 80, 2))
    assert found(cause="vote") == list(range(61, 80, 3))  # by its first cause
    assert found(mood="awe", cause="raid") == [60, 66, 72, 78]
    assert found(mood="laughter", clips="1") == [65, 75]
    assert found(cause="raid", clips="1") == [60, 75]
    assert found(channel="13", cause="raid", mood="laughter") == [63, 69, 75]
    assert found(channel="13", cause="raid", clips="1") == [60, 75]
    assert found(channel="lunaplays", mood="awe") == []
    page = http.get("/best?mood=laughter&cause=raid&order=newest").text
    assert '<bdi class="name">laughter</bdi>' in page
    assert '<bdi class="name">a raid</bdi>' in page
    assert "m-m063" in page


def test_experimental_moments_are_shown_only_on_request(http: httpx.Client) -> None:
    shadows = ["s0", "s1", "s2"]
    assert not set(shadows) & set(all_ids(http, "/api/v1/moments"))
    assert not set(shadows) & set(all_ids(http, "/api/v1/moments", mood="awe"))
    assert not set(shadows) & set(all_ids(http, "/api/v1/moments", channel="lunaplays"))
    assert all_ids(http, "/api/v1/moments", shadow="1") == shadows
    assert all_ids(http, "/api/v1/moments", shadow="1", channel="lunaplays", mood="awe") == shadows
    assert all_ids(http, "/api/v1/moments", shadow="1", channel="kraken") == []
    page = http.get("/best?shadow=1").text
    assert "Experimental moments" in page
    assert 'id="moments" class="cards" aria-label="Moments">' in page  # not live
    for path in ("/moments/s0", "/api/v1/moments/s0"):
        assert http.get(path).status_code == 404
        assert http.get(path, params={"shadow": "1"}).status_code == 200
    assert "Found by an experimental detector" in http.get("/moments/s0?shadow=1").text


def test_a_clip_before_its_moment_is_not_listed(http: httpx.Client, rows: Rows) -> None:
    before = all_ids(http, "/api/v1/clips")
    for number in range(9):
        rows.clip(f"orphan{number}", "made")
    assert all_ids(http, "/api/v1/clips") == before


def moment_time(http: httpx.Client, moment_id: str) -> str:
    """When the moment was crossed, as the API says it."""
    return str(http.get(f"/api/v1/moments/{moment_id}").json()["crossed_at"])


def test_paging_sees_each_moment_once_while_new_ones_arrive(http: httpx.Client, rows: Rows) -> None:
    before = set(all_ids(http, "/api/v1/moments"))
    found: list[str] = []
    cursor, arrival = "", 0
    while cursor is not None:
        answer = http.get("/api/v1/moments", params={"limit": "5", "cursor": cursor}).json()
        found += [item["id"] for item in answer["items"]]
        cursor = answer["next"]
        rows.moment(f"new{arrival}", ago_seconds=0)
        rows.moment("m030", ago_seconds=60 * 31, revision=3)
        arrival += 1
    assert len(found) == len(set(found))
    assert before <= set(found)


def test_a_moment_has_its_page(http: httpx.Client) -> None:
    page = http.get("/moments/m004").text.replace("\u00a0", " ")
    for words in ("Chat erupted · LUL", "212 people at once", "not read (5 s)", "loudest second", "clutch"):
        assert words in page
    assert 'data-embed="https://clips.twitch.tv/embed?clip=Clip1&amp;parent=localhost' in page
    assert 'aria-describedby="curve-text"' in page
    assert "In the loudest second" in page


def test_page_and_api_describe_the_crowd(http: httpx.Client, rows: Rows) -> None:
    crowd = {"mood": "laughter", "mood_share": 0.62, "biggest_in_seconds": 10_800, "no_clip_reason": "cause"}
    rows.moment("people", 86_400, revision=3, expected=20.3, causes=["raid", "vote"], **crowd)
    page = http.get("/moments/people").text.replace("\u00a0", " ")
    for words in (
        "Chat burst out laughing · LUL",
        "212 people at once, usually 20 (10×)",
        "laughter (62% of people)",
        "Biggest of this stream",
        'href="/best?cause=raid">a raid</a>',
        'href="/best?cause=vote">a vote</a>',
        "<dt>people usually in 7 s</dt><dd>20</dd>",
        "0:59:35 into the stream",
    ):
        assert words in page
    body = http.get("/api/v1/moments/people").json()
    assert {name: body[name] for name in crowd} == crowd
    assert (body["causes"], body["cause"], body["shadow"]) == (["raid", "vote"], "raid", False)
    assert body["expected_chatters"] == 20.3
    assert body["clip_from_at"] < body["crossed_at"] < body["clip_until_at"]


def test_an_unknown_moment_is_a_page_of_its_own(http: httpx.Client) -> None:
    answer = http.get("/moments/nothing")
    assert answer.status_code == 404
    assert "This moment does not exist" in answer.text
    assert http.get("/moments/%00").status_code == 404


def test_a_channel_has_its_page(http: httpx.Client) -> None:
    page = http.get("/channels/kraken").text
    assert '<h1><bdi class="name">Kraken</bdi></h1>' in page
    assert "m-m001" not in page


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/moments?cursor=nonsense", 400, "bad_cursor"),
        ("/api/v1/moments?from=yesterday", 422, "bad_parameter"),
        ("/api/v1/moments?limit=1000", 422, "bad_parameter"),
        ("/api/v1/moments?channel=a'b", 422, "bad_parameter"),
        ("/api/v1/moments/nothing", 404, "not_found"),
        ("/api/v1/moments?channel=nobody", 404, "not_found"),
        ("/api/v1/clips?channel=nobody", 404, "not_found"),
        ("/api/v1/nowhere", 404, "not_found"),
    ],
)
def test_errors_have_one_shape(http: httpx.Client, path: str, status: int, code: str) -> None:
    answer = http.get(path)
    assert answer.status_code == status
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["code"] == code
    assert body["error"]["message"]


def test_the_apis_moment_has_its_evidence(http: httpx.Client) -> None:
    body = http.get("/api/v1/moments/m000").json()
    assert body["why"] == "Chat erupted · LUL: 212 people at once"
    assert body["clip"]["status"] == "made"
    assert len(body["curve"]["messages"]) == 90
    assert body["emotes"] == [{"name": "LUL", "uses": 140, "chatters": 96}]


def test_the_documentation_names_every_endpoint(http: httpx.Client) -> None:
    description, page = http.get("/openapi.json").json(), http.get("/docs").text
    names = {"moments", "clips", "moments/{moment_id}", "moments/{moment_id}/verdicts", "channels", "channels/{login}"}
    names |= {"games", "search", "events", "status", "uptime", "emotes", "self-score"}
    names |= {f"channels/{{login}}/streams{each}" for each in ("", "/{stream_id}")}
    names |= {f"channels/{{login}}/emotes{each}" for each in ("", "/series", "/events")}
    assert set(description["paths"]) == {f"/api/v1/{name}" for name in names}
    assert all(path in page for path in description["paths"])


def test_every_answer_has_the_security_headers(http: httpx.Client) -> None:
    for path in ("/", "/nowhere", "/api/v1/moments", "/static/site.css", "/health"):
        headers = http.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"]
        assert "server" not in headers


def test_static_files_may_be_kept_and_are_compressed(http: httpx.Client) -> None:
    address = http.get("/").text.split('stylesheet" href="')[1].split('"')[0]
    answer = http.get(address)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    again = http.get("/static/site.css", headers={"If-None-Match": answer.headers["etag"]})
    assert again.headers["cache-control"] == "no-cache"
    assert again.status_code == 304


def test_probes_and_metrics(site: SiteProcess, http: httpx.Client) -> None:
    build = {"version": "local", "commit": "unknown"}
    assert http.get("/ready").json() == {"ok": True, "problems": {}, "degraded": {}, **build}
    http.get("/moments/whatever")
    metrics = httpx.get(f"http://127.0.0.1:{site.metrics_port}/metrics").text
    assert 'api_request_seconds_count{route="/moments/{moment_id}",status="404"}' in metrics
    assert "whatever" not in metrics
    assert 'api_query_seconds_count{query="by_ids"}' in metrics
    assert "SELECT" not in metrics
    assert 'stream_scout_build_info{commit="unknown",service="api_frontend",version="local"} 1.0' in metrics


def test_the_rate_limit_holds_with_and_without_redis(postgres_of_module: str, redis: Redis, tmp_path: Path) -> None:
    for settings in (redis.settings(), {"REDIS_URL": "redis://127.0.0.1:1"}):
        with SiteProcess(postgres_of_module, tmp_path, API_RATE_LIMIT="3/hour", **settings) as site:
            answers = [httpx.get(f"{site.url}/api/v1/moments") for _ in range(4)]
            assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
            assert int(answers[3].headers["retry-after"]) > 0
            assert json.loads(answers[3].text)["error"]["code"] == "too_many_requests"
            assert httpx.get(site.url).status_code == 200
            ready = httpx.get(f"{site.url}/ready")
            assert ready.status_code == 200
            assert ("redis" in ready.json()["degraded"]) == (settings != redis.settings())
            told = httpx.get(f"http://127.0.0.1:{site.metrics_port}/metrics").text
            assert f"api_redis_reachable {float(settings == redis.settings())}" in told
    counters = {key: redis.client().get(key) for key in redis.client().keys("LIMITS:*/api/127.0.0.1/*")}
    assert list(counters.values()) == [b"4"]  # counted there, and not only in memory
