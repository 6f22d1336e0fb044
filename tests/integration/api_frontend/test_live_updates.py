"""News in the open page: within a second, resumed after a break, and Postgres's absences survived."""

import json
import os
import queue
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest
from integration.support.api_frontend_process import DEADLINE, Rows, SiteProcess, own_postgres

from embedded.processes.waiting import wait_for


@dataclass(frozen=True)
class Event:
    """One server-sent event and when it came (monotonic seconds)."""

    name: str
    id: str | None
    data: dict[str, Any]
    came_at: float


class OpenPage:
    """Reads /events like a browser does."""

    def __init__(self, url: str, query: str = "", last_event_id: str | None = None) -> None:
        self._events: queue.Queue[Event] = queue.Queue()
        self._client = httpx.Client(timeout=httpx.Timeout(10, read=None))
        self._request = (f"{url}/events{query}", {"Last-Event-ID": last_event_id} if last_event_id else {})
        threading.Thread(target=self._read, daemon=True).start()
        self.wait_for("freshness")

    def _read(self) -> None:
        url, headers = self._request
        fields: dict[str, str] = {}
        try:
            with self._client.stream("GET", url, headers=headers) as answer:
                for line in answer.iter_lines():
                    name, _, value = line.partition(": ")
                    if line:
                        fields[name] = value
                    elif "data" in fields:
                        event = Event(fields["event"], fields.get("id"), json.loads(fields["data"]), time.monotonic())
                        self._events.put(event)
                        fields = {}
        except httpx.HTTPError:
            return

    def wait_for(self, name: str, moment_id: str | None = None) -> Event:
        """The next event of this name (and moment)."""
        deadline = time.monotonic() + DEADLINE
        while True:
            event = self._events.get(timeout=max(0.0, deadline - time.monotonic()))
            if event.name == name and moment_id in (None, event.data.get("id")):
                return event

    def next(self) -> Event:
        """The next event of any name."""
        return self._events.get(timeout=DEADLINE)

    def close(self) -> None:
        """Leave."""
        self._client.close()


@pytest.fixture
def site(postgres: str, rows: Rows, tmp_path: Path) -> Iterator[SiteProcess]:
    with SiteProcess(postgres, tmp_path) as site:
        wait_for("it listens", site.is_listening, DEADLINE)
        yield site


def test_a_moment_is_in_the_open_page_within_a_second(site: SiteProcess, rows: Rows) -> None:
    page, delays = OpenPage(site.url), []
    for number in range(5):
        told_at = time.monotonic()
        rows.moment(f"m{number}")
        event = page.wait_for("moment", f"m{number}")
        delays.append(event.came_at - told_at)
        assert "212 people at once" in event.data["html"]
    assert median(delays) < 1.0, delays  # a busy machine may delay one
    page.close()


def test_a_higher_revision_and_a_clip_replace_the_card(site: SiteProcess, rows: Rows) -> None:
    page = OpenPage(site.url)
    rows.moment("m1", revision=1, mood=None)
    first = page.wait_for("moment", "m1")
    rows.moment("m1", revision=2, mood="laughter")
    second = page.wait_for("moment", "m1")
    rows.clip("m1", "intent", revision=1)
    third = page.wait_for("moment", "m1")
    rows.clip("m1", "made", revision=2)
    fourth = page.wait_for("moment", "m1")
    assert [event.data["version"] for event in (first, second, third, fourth)] == ["1.0", "2.0", "2.1", "2.2"]
    assert "Chat erupted" in first.data["html"]
    assert "Chat burst out laughing" in second.data["html"]
    assert "Deciding…" in second.data["html"]
    assert "Clip in about" in third.data["html"]
    assert 'class="play"' in fourth.data["html"]
    page.close()


def test_a_page_tells_only_what_it_shows(site: SiteProcess, rows: Rows) -> None:
    kraken, clips = OpenPage(site.url, "?channel=kraken"), OpenPage(site.url, "?clips=1")
    rows.moment("luna", channel_id="11")
    rows.moment("kraken", channel_id="12")
    rows.clip("luna", "made")
    assert kraken.wait_for("moment").data["id"] == "kraken"
    assert clips.wait_for("moment").data["id"] == "luna"
    kraken.close()
    clips.close()


def test_a_page_hears_news_in_the_language_that_it_names(site: SiteProcess, rows: Rows) -> None:
    german, english = OpenPage(site.url, "?lang=de"), OpenPage(site.url)
    rows.moment("m1", mood="laughter")
    said = {name: page.wait_for("moment", "m1").data for name, page in (("de", german), ("en", english))}
    assert "Der Chat brach in Lachen aus" in said["de"]["html"]
    assert "Chat burst out laughing" in said["en"]["html"]
    assert "Der Chat lacht" in said["de"]["now"]
    assert "aktualisiert" in german.wait_for("freshness").data["html"]
    for page in (german, english):
        page.close()


def test_a_moments_page_hears_of_that_moment_alone(site: SiteProcess, rows: Rows) -> None:
    page, quiet = OpenPage(site.url, "?moment=m1"), OpenPage(site.url, "?moment=")
    rows.moment("m2")
    rows.moment("m1", revision=1)
    assert page.wait_for("moment").data["id"] == "m1"
    rows.clip("m1", "made", revision=2)
    assert page.wait_for("moment").data["version"] == "1.2"
    assert quiet.next().name == "freshness"
    assert quiet.next().name == "freshness"
    page.close()
    quiet.close()


def test_a_returning_page_is_told_what_it_missed(site: SiteProcess, rows: Rows) -> None:
    page = OpenPage(site.url)
    rows.moment("before")
    last = page.wait_for("moment", "before")
    page.close()
    rows.moment("missed1")
    rows.moment("missed2", revision=3)
    again = OpenPage(site.url, last_event_id=last.id)
    missed = {again.wait_for("moment").data["id"] for _ in range(3)}
    assert missed >= {"missed1", "missed2"}
    since = OpenPage(site.url, f"?since={last.id}")
    assert {since.wait_for("moment").data["id"] for _ in range(3)} >= {"missed1", "missed2"}
    again.close()
    since.close()


def test_a_returning_page_is_told_of_15_minutes(site: SiteProcess, rows: Rows) -> None:
    page = OpenPage(site.url)
    for moment_id in ("long ago", "lately", "now"):
        rows.moment(moment_id)
        page.wait_for("moment", moment_id)
    page.close()
    rows.recorded("long ago", 16 * 60)
    rows.recorded("lately", 14 * 60)
    again = OpenPage(site.url, "?since=0")
    assert [again.wait_for("moment").data["id"] for _ in range(2)] == ["lately", "now"]
    again.close()


def test_what_was_not_notified_is_found_by_looking(site: SiteProcess, rows: Rows) -> None:
    page = OpenPage(site.url)
    rows.moment("unheard", notify=False)
    assert page.wait_for("moment").data["id"] == "unheard"
    page.close()


def test_a_malformed_notification_is_counted_and_nothing_stops(site: SiteProcess, rows: Rows) -> None:
    page = OpenPage(site.url)
    for payload in ("no json", "{}", '{"id": "nothing-there"}'):
        rows.say(payload)
    rows.moment("after")
    assert page.wait_for("moment").data["id"] == "after"
    metrics = httpx.get(f"http://127.0.0.1:{site.metrics_port}/metrics").text
    assert 'stream_scout_dead_letters_total{place="notify"}' in metrics
    page.close()


def test_the_header_says_when_processing_is_away(site: SiteProcess, rows: Rows) -> None:
    page = OpenPage(site.url)
    rows.progress(age_seconds=600)
    wait_for("the header says so", lambda: page.wait_for("freshness").data["state"] == "away", DEADLINE)
    assert "Nothing new has been read since" in httpx.get(site.url).text
    page.close()


def test_open_pages_do_not_hold_up_the_end(site: SiteProcess) -> None:
    page = OpenPage(site.url)
    begun = time.monotonic()
    assert site.stop() == 0
    assert time.monotonic() - begun < 6
    page.close()


def test_no_more_open_pages_than_allowed(postgres: str, tmp_path: Path) -> None:
    with SiteProcess(postgres, tmp_path, API_LIVE_PAGES="1") as site:
        page = OpenPage(site.url)
        answer = httpx.get(f"{site.url}/events")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "too_many_pages")
        page.close()


def quick_answer(url: str) -> httpx.Response:
    """An answer, which has to come within 2 s (and a busy machine's allowance)."""
    begun = time.monotonic()
    answer = httpx.get(url, timeout=10)
    assert time.monotonic() - begun < 2.5
    return answer


def test_postgres_away_and_back(tmp_path: Path) -> None:
    with own_postgres(tmp_path) as server:
        rows = Rows(server.dsn)
        rows.moment("m1")
        rows.close()
        with SiteProcess(server.dsn, tmp_path) as site:
            wait_for("it listens", site.is_listening, DEADLINE)
            page = OpenPage(site.url)
            server.stop()
            for _ in range(3):
                away = quick_answer(site.url)
                assert away.status_code == 503
                assert "We’ll be right back" in away.text
            assert quick_answer(f"{site.url}/api/v1/moments").json()["error"]["code"] == "database_unavailable"
            assert "postgres" in quick_answer(f"{site.url}/ready").json()["problems"]
            assert quick_answer(f"{site.url}/health").status_code == 200
            wait_for("news of it", lambda: page.wait_for("freshness").data["state"] == "unreachable", DEADLINE)
            newcomer = OpenPage(site.url)
            assert "Traceback" not in site.log()
            newcomer.close()
            server.start()
            wait_for("pages are back", lambda: httpx.get(site.url, timeout=10).status_code == 200, DEADLINE)
            rows = Rows(server.dsn)
            rows.moment("after")
            assert page.wait_for("moment").data["id"] == "after"
            rows.close()
            page.close()


def test_a_hung_postgres_is_away_too(tmp_path: Path) -> None:
    with own_postgres(tmp_path) as server, SiteProcess(server.dsn, tmp_path) as site:
        wait_for("pages are there", lambda: httpx.get(site.url).status_code == 200, DEADLINE)
        backends = [int(pid) for pid in _children(server.pid)]
        for pid in [server.pid, *backends]:
            os.kill(pid, signal.SIGSTOP)
        try:
            for _ in range(6):
                old = quick_answer(site.url)
                assert old.status_code == 200
                assert "The database does not answer right now." in old.text
                assert quick_answer(f"{site.url}/moments/never-seen").status_code == 503
        finally:
            for pid in [*backends, server.pid]:
                os.kill(pid, signal.SIGCONT)
        wait_for("pages are back", lambda: httpx.get(site.url, timeout=10).status_code == 200, DEADLINE)


def _children(pid: int) -> list[str]:
    import psutil

    return [str(child.pid) for child in psutil.Process(pid).children(recursive=True)]
