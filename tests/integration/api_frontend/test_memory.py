"""What the site keeps in memory: as good as new, gone once it is hidden, and there while Postgres or Redis is away."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from integration.support.api_frontend_process import DEADLINE, Rows, SiteProcess, own_postgres

from embedded.processes.waiting import wait_for
from embedded.servers.postgres import Postgres
from embedded.servers.redis import Redis

PAGES = ("/best", "/moments/m1")


@pytest.fixture(scope="module")
def server_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with own_postgres(tmp_path_factory.mktemp("memory")) as server:
        yield server


@pytest.fixture
def server(server_of_module: Postgres) -> Postgres:
    """A server that runs when the test begins, and may be stopped."""
    if not server_of_module.answers():
        server_of_module.start()
    return server_of_module


@pytest.fixture
def rows(server: Postgres) -> Iterator[Rows]:
    rows = Rows(server.dsn)
    rows.clear()
    rows.show_everything()
    rows.channel("11", "lunaplays")
    rows.moment("m1")
    rows.moment("m2", ago_seconds=60)
    rows.progress()
    yield rows
    rows.close()


@pytest.fixture
def site(server: Postgres, rows: Rows, tmp_path: Path) -> Iterator[SiteProcess]:
    with SiteProcess(server.dsn, tmp_path, API_KEEP_SECONDS="5") as site:
        wait_for("it listens", site.is_listening, DEADLINE)
        yield site


def has(site: SiteProcess, text: str, path: str = "/best?order=newest") -> bool:
    """Whether a page has the text."""
    return text in httpx.get(f"{site.url}{path}").text


def test_a_kept_page_is_revalidated(site: SiteProcess) -> None:
    answer = httpx.get(f"{site.url}/best")
    again = httpx.get(f"{site.url}/best", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    elsewhere = {"If-None-Match": answer.headers["etag"], "Cookie": "tz=Asia/Seoul"}
    assert httpx.get(f"{site.url}/best", headers=elsewhere).status_code == 200


def test_news_is_on_the_page_though_the_page_is_kept(site: SiteProcess, rows: Rows) -> None:
    assert not has(site, "m-new")
    rows.moment("new", ago_seconds=0)
    begun = time.monotonic()
    wait_for("it is there", lambda: has(site, "m-new"), DEADLINE)
    assert time.monotonic() - begun < 2


def test_what_is_hidden_is_gone_at_once(site: SiteProcess, rows: Rows) -> None:
    assert has(site, "m-m1")
    assert httpx.get(f"{site.url}/api/v1/moments/m1").status_code == 200
    rows.hide("m1")
    begun = time.monotonic()
    wait_for("it is gone", lambda: not has(site, "m-m1"), DEADLINE)
    assert time.monotonic() - begun < 2
    assert httpx.get(f"{site.url}/api/v1/moments/m1").status_code == 404


def test_who_opted_out_is_gone_within_seconds_and_stays_so_without_postgres(
    site: SiteProcess, rows: Rows, server: Postgres
) -> None:
    assert has(site, "Lunaplays")
    rows.opt_out("11")
    begun = time.monotonic()
    wait_for("it is gone", lambda: not has(site, "m-m1"), DEADLINE)
    assert time.monotonic() - begun < 8
    server.stop()
    assert not has(site, "m-m1")


def test_the_last_pages_are_there_without_postgres(site: SiteProcess, server: Postgres) -> None:
    seoul, berlin = {"Cookie": "tz=Asia/Seoul"}, {"Cookie": "tz=Europe/Berlin"}
    assert httpx.get(site.url, headers=seoul).status_code == 200  # the first page is of a visitor's time zone
    before = {path: httpx.get(f"{site.url}{path}") for path in PAGES}
    assert all("database does not answer" not in page.text for page in before.values())
    server.stop()
    time.sleep(5.5)  # they are not fresh any more
    for path, page in before.items():
        for encoding in ("gzip", "identity"):
            old = httpx.get(f"{site.url}{path}", headers={"Accept-Encoding": encoding}, timeout=10)
            assert old.status_code == 200
            assert "The database does not answer right now. You see this page as it was at" in old.text
            assert old.headers["cache-control"] == "no-store"
            assert len(old.text) > len(page.text)
    for visitor in (seoul, berlin, {}):
        old = httpx.get(site.url, headers=visitor, timeout=10)
        assert (old.status_code, "does not answer right now" in old.text) == (200, True)
    refused = httpx.get(f"{site.url}/api/v1/moments", timeout=10)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
    assert httpx.get(f"{site.url}/moments/never-seen", timeout=10).status_code == 503
    assert "Traceback" not in site.log()
    server.start()
    wait_for("pages are new again", lambda: not has(site, "does not answer", "/moments/m1"), DEADLINE)


def test_limits_hold_while_redis_is_stopped(server: Postgres, rows: Rows, tmp_path: Path) -> None:
    with Redis(tmp_path / "redis") as redis:
        with SiteProcess(server.dsn, tmp_path, API_RATE_LIMIT="3/hour", **redis.settings()) as site:
            assert [httpx.get(f"{site.url}/api/v1/games").status_code for _ in range(2)] == [200, 200]
            redis.stop()
            answers = [httpx.get(f"{site.url}/api/v1/games") for _ in range(4)]
            assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
            assert 0 < int(answers[-1].headers["retry-after"]) <= 3600
            assert httpx.get(f"{site.url}/best").status_code == 200
            assert "redis" in httpx.get(f"{site.url}/ready").json()["degraded"]
            assert "Traceback" not in site.log()
        redis.start()
