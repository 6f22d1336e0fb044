"""The API of programs: changes, cursors, caches, other websites, and what it does not know."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from integration.support.api_frontend_process import DEADLINE, Rows, SiteProcess

from embedded.processes.waiting import wait_for

LISTS = ("/api/v1/moments", "/api/v1/clips", "/api/v1/channels", "/api/v1/games", "/api/v1/search?q=luna")


@pytest.fixture(scope="module")
def rows(postgres_of_module: str) -> Iterator[Rows]:
    rows = Rows(postgres_of_module)
    for channel_id, login in (("11", "lunaplays"), ("12", "kraken"), ("13", "zoe")):
        rows.channel(channel_id, login)
        rows.watched(channel_id, login)
    for number in range(12):
        rows.moment(
            f"m{number:02d}", ago_seconds=60 * (number + 1), channel_id="11" if number % 3 else "12", revision=3
        )
    rows.progress()
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def site(postgres_of_module: str, rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    with SiteProcess(postgres_of_module, tmp_path_factory.mktemp("site"), API_RATE_LIMIT="100000/minute") as site:
        wait_for("it listens", site.is_listening, DEADLINE)
        yield site


@pytest.fixture(scope="module")
def http(site: SiteProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, timeout=10) as client:
        yield client


def test_a_client_learns_that_a_clip_was_made(http: httpx.Client, rows: Rows) -> None:
    begun = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    first = http.get("/api/v1/moments", params={"changed_since": begun, "limit": "100"}).json()
    assert {item["id"] for item in first["items"]} >= {f"m{number:02d}" for number in range(12)}
    time.sleep(5.2)  # what changed in the last 5 s comes twice
    as_of = first["as_of"]
    assert [item["id"] for item in http.get("/api/v1/moments", params={"changed_since": as_of}).json()["items"]] != []
    later = datetime.now(UTC).isoformat()
    rows.clip("m07", "made")
    news = http.get("/api/v1/moments", params={"changed_since": later, "clips": "1"}).json()
    assert [(item["id"], item["clip"]["status"]) for item in news["items"]] == [("m07", "made")]
    assert news["as_of"] >= as_of


def test_changes_come_in_pages_without_a_hole(http: httpx.Client) -> None:
    begun = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    seen: list[str] = []
    query = {"changed_since": begun, "limit": "5"}
    while True:
        page = http.get("/api/v1/moments", params=query).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert set(seen) >= {f"m{number:02d}" for number in range(12)}


def test_channels_come_in_pages(http: httpx.Client) -> None:
    first = http.get("/api/v1/channels", params={"limit": "2"}).json()
    second = http.get("/api/v1/channels", params={"limit": "2", "cursor": first["next"]}).json()
    assert [item["login"] for item in first["items"] + second["items"]] == ["kraken", "lunaplays", "zoe"]
    assert second["next"] is None
    kraken = http.get("/api/v1/channels/kraken").json()
    assert (kraken["id"], kraken["moments"]) == ("12", 4)
    assert http.get("/api/v1/channels/nobody").status_code == 404


def test_a_channel_that_has_opted_out_is_in_no_list(http: httpx.Client, rows: Rows) -> None:
    rows.channel("66", "gone_away")
    rows.watched("66", "gone_away")
    assert http.get("/api/v1/channels/gone_away").status_code == 200
    rows.opt_out("66")
    assert http.get("/api/v1/channels/gone_away").status_code == 404
    assert "gone_away" not in http.get("/api/v1/channels").text
    assert http.get("/api/v1/search?q=gone").json()["channels"] == []


def test_search_finds_channels(http: httpx.Client) -> None:
    assert [item["login"] for item in http.get("/api/v1/search?q=Luna").json()["channels"]] == ["lunaplays"]


@pytest.mark.parametrize("path", LISTS)
def test_unknown_parameters_are_named(http: httpx.Client, path: str) -> None:
    answer = http.get(f"{path}{'&' if '?' in path else '?'}chanel=kraken")
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].startswith("There is no parameter “chanel” here. There are: ")


@pytest.mark.parametrize("path", ["moments", "clips", "moments?changed_since=2026-11-22T17:00:00Z", "events"])
def test_an_unknown_channel_is_not_an_empty_list(http: httpx.Client, path: str) -> None:
    answer = http.get(f"/api/v1/{path}{'&' if '?' in path else '?'}channel=nobody")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_page_ignores_where_the_visitor_came_from(http: httpx.Client) -> None:
    assert http.get("/best?utm_source=x&fbclid=y").status_code == 200
    assert http.get("/api/v1/moments?utm_source=x").status_code == 422


def test_a_cursor_that_was_changed_is_refused(http: httpx.Client) -> None:
    cursor = http.get("/api/v1/moments?limit=2").json()["next"]
    for place in range(len(cursor)):
        changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        assert http.get("/api/v1/moments", params={"cursor": changed}).status_code == 400, changed
    assert http.get("/api/v1/moments", params={"cursor": cursor}).status_code == 200


def test_the_schema_has_the_cursors_pattern_and_examples(http: httpx.Client) -> None:
    api = http.get("/openapi.json").json()
    parameters = {each["name"]: each for each in api["paths"]["/api/v1/moments"]["get"]["parameters"]}
    assert parameters["cursor"]["schema"]["anyOf"][0]["pattern"] == "^[A-Za-z0-9_-]{8,400}$"
    for name, example in (("changed_since", "2026-11-22T17:00:00Z"), ("channel", "lunaplays"), ("tz", "Asia/Seoul")):
        assert example in json.dumps(parameters[name])


@pytest.mark.parametrize("path", [*LISTS, "/api/v1/moments/m03"])
def test_caches_may_keep_it_for_less_than_30_seconds(http: httpx.Client, path: str) -> None:
    headers = {"Accept-Encoding": "gzip"}
    first = http.get(path, headers=headers)
    words = dict(word.strip().partition("=")[::2] for word in first.headers["cache-control"].split(","))
    assert "public" in words
    assert (words["max-age"], words["s-maxage"]) == ("0", "5")
    assert "stale-while-revalidate" not in words  # which browsers obey too
    again = http.get(path, headers=headers | {"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert "cache-control" in again.headers


def test_what_depends_on_the_visitor_is_kept_by_nobody(http: httpx.Client) -> None:
    for path in ("/", "/best", "/moments/m03", "/channels", "/channels/kraken", "/about"):  # on language and time zone
        assert http.get(path).headers["cache-control"] == "private, no-cache"
    assert http.get("/channels/opt-out").headers["cache-control"] == "no-store"
    assert http.get("/saved").headers["cache-control"] == "no-store"
    assert "no-store" in http.get("/api/v1/nowhere").headers["cache-control"]


@pytest.mark.parametrize("path", [*LISTS, "/api/v1/moments/m03", "/", "/best", "/moments/m03", "/api/v1/events"])
def test_head_is_get_without_the_body(http: httpx.Client, path: str) -> None:
    head = http.head(path)
    assert (head.status_code, head.content) == (200, b"")
    if not path.endswith("/events"):
        assert head.headers["content-type"] == http.get(path).headers["content-type"]


@pytest.mark.parametrize("path", [*LISTS, "/", "/best", "/moments/m03", "/api/v1/events"])
def test_options_says_what_is_allowed(http: httpx.Client, path: str) -> None:
    answer = http.options(path)
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("path", ["/moments/m03/report", "/moments/m03/verdict", "/api/v1/moments/m03/verdicts"])
def test_options_names_the_methods_of_all_routes(http: httpx.Client, path: str) -> None:
    assert http.options(path).headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert http.delete(path).headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert http.options(path.replace("moments", "nowhere")).status_code == 404


def test_other_websites_may_read_and_not_write(http: httpx.Client) -> None:
    origin = {"Origin": "https://a.example", "Sec-Fetch-Site": "cross-site"}
    for answer in (http.get("/api/v1/moments", headers=origin), http.get("/api/v1/moments?x=1", headers=origin)):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    asked = http.options("/api/v1/moments", headers=origin | {"Access-Control-Request-Method": "GET"})
    assert asked.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert "access-control-allow-origin" not in http.get("/best", headers=origin).headers
    assert http.post("/moments/m03/report", headers=origin).status_code == 403


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/api/moments?limit=3", "/api/v1/moments?limit=3"),
        ("/api/moments/m03", "/api/v1/moments/m03"),
        ("/best/?order=newest", "/best?order=newest"),
        ("/api/v1/moments/", "/api/v1/moments"),
    ],
)
def test_old_addresses_lead_on_and_never_to_http(http: httpx.Client, path: str, location: str) -> None:
    answer = http.get(path, headers={"X-Forwarded-Proto": "https", "Host": "www.example.org"})
    assert (answer.status_code, answer.headers["location"]) == (308, location)


@pytest.mark.parametrize("path", ["//evil.example/", "///evil.example/", "/\\evil.example/", "/%2F/evil.example/"])
def test_no_address_leads_to_another_website(site: SiteProcess, path: str) -> None:
    import socket

    with socket.create_connection(("127.0.0.1", site.port)) as plain:
        plain.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        head = plain.recv(2000).decode().lower().partition("\r\n\r\n")[0]
    assert "location: " not in head
    assert " 404 " in head.splitlines()[0]


def test_the_live_line_is_json_and_resumes(http: httpx.Client, site: SiteProcess, rows: Rows) -> None:
    since = str(int((time.time() - 1) * 1_000_000))
    rows.progress()
    rows.moment("live", revision=2, channel_id="13")
    found: dict[str, dict[str, object]] = {}
    with httpx.stream("GET", f"{site.url}/api/v1/events?channel=zoe", headers={"Last-Event-ID": since}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found[name] = json.loads(line.removeprefix("data: "))
            if {"moment", "freshness"} <= set(found):
                break
    assert (found["moment"]["id"], found["moment"]["revision"]) == ("live", 2)
    assert found["moment"]["channel"] == {"id": "13", "login": "zoe", "display_name": "Zoe"}
    assert found["freshness"]["state"] == "live"


def test_a_true_retry_after(postgres_of_module: str, tmp_path: Path) -> None:
    with SiteProcess(postgres_of_module, tmp_path, API_RATE_LIMIT="2/minute", API_PAGES_RATE_LIMIT="1/minute") as site:
        answers = [httpx.get(f"{site.url}/api/v1/games") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        first = int(answers[-1].headers["retry-after"])
        time.sleep(2)
        assert first - 4 <= int(httpx.get(f"{site.url}/api/v1/games").headers["retry-after"]) < first <= 60
        assert [httpx.get(site.url).status_code for _ in range(2)] == [200, 429]
        assert "Too many requests" in httpx.get(site.url).text
        assert httpx.get(f"{site.url}/static/site.css").status_code == 200


def test_programs_read_and_write_verdicts(http: httpx.Client) -> None:
    path = "/api/v1/moments/m11/verdicts"
    first = http.post(path, json={"verdict": "good"})
    assert first.headers["cache-control"] == "no-store"
    told = first.json()
    assert (told["verdict"], told["saved"], told["counted"]) == ("good", False, True)
    again = http.post(path, json={"saved": True, "voice": told["voice"]}).json()
    assert (again["verdict"], again["saved"]) == ("good", True)
    assert again["all"] == {"good": 1, "not_really": 0, "saved": 1}
    assert http.post(path, json={"verdict": "good", "voice": "made up"}).json()["all"]["good"] == 2  # somebody new
    read = http.get(path)
    assert read.json() == {"good": 2, "not_really": 0, "saved": 1}
    assert "s-maxage" in read.headers["cache-control"]
    assert http.get(path.replace("m11", "nowhere")).status_code == 404
    assert http.post(path, json={"verdict": "great"}).json()["error"]["code"] == "bad_parameter"
