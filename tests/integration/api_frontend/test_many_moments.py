"""Ten thousand moments in an hour: lists stay whole and quick, programs miss none, open pages are told of all."""

import time
from collections.abc import Iterator

import httpx
import pytest
from benchmarks.moments_million import fill
from integration.support.api_frontend_process import DEADLINE, Rows, SiteProcess

from embedded.processes.waiting import wait_for

MOMENTS = 10_000
AN_HOUR_OF_DAYS = 1 / 24
SHADOWS = MOMENTS // 13  # that the filling makes: visitors see none of them
AT_ONCE = 100  # three of them a second are ten thousand an hour
PAGE_SECONDS = 5.0  # an answer takes some milliseconds; the machine may be busy


@pytest.fixture(scope="module")
def site(postgres_of_module: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    fill(postgres_of_module, MOMENTS, days=AN_HOUR_OF_DAYS)
    folder = tmp_path_factory.mktemp("site")
    with SiteProcess(postgres_of_module, folder, API_RATE_LIMIT="100000/minute") as site:
        wait_for("it listens", site.is_listening, DEADLINE)
        yield site


@pytest.fixture
def rows(postgres_of_module: str) -> Iterator[Rows]:
    rows = Rows(postgres_of_module)
    rows.progress()
    yield rows
    rows.close()


@pytest.mark.parametrize("path", ["/", "/best?period=hour", "/best?order=newest", "/best?q=diamond", "/feed.atom"])
def test_pages_are_there(site: SiteProcess, rows: Rows, path: str) -> None:
    begun = time.monotonic()
    answer = httpx.get(f"{site.url}{path}", timeout=30)
    assert answer.status_code == 200
    assert time.monotonic() - begun < PAGE_SECONDS
    assert "1,000+ moments" in answer.text or not path.startswith("/best")


def test_whoever_turns_the_pages_meets_each_moment_once(site: SiteProcess, rows: Rows) -> None:
    met: list[str] = []
    with httpx.Client(base_url=f"{site.url}/api/v1", timeout=30) as http:
        cursor: dict[str, str] = {}
        while True:
            page = http.get("/moments", params={"limit": "100", "order": "newest"} | cursor).raise_for_status().json()
            met += [each["id"] for each in page["items"]]
            if not page["next"]:
                break
            cursor = {"cursor": page["next"]}
    assert len(met) == len(set(met)) == MOMENTS - SHADOWS


def test_an_open_page_is_told_of_each(site: SiteProcess, rows: Rows) -> None:
    expected = {f"burst{number:03d}" for number in range(AT_ONCE)}
    told: set[str] = set()
    with httpx.stream("GET", f"{site.url}/events", timeout=DEADLINE) as stream:
        lines = stream.iter_lines()
        next(lines)
        for moment_id in sorted(expected):
            rows.moment(moment_id, 1.0)
        for line in lines:
            told |= {each for each in expected - told if f"m-{each}" in line}
            if told == expected:
                break
    assert told == expected
