"""Open graphs hear of new seconds, and Postgres of open graphs."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue
from typing import Any

import httpx
import pytest
from integration.support.api_frontend_process import SiteProcess
from integration.support.channel_rows import ChannelRows
from integration.support.site_emotes import MINUTE, EmoteRows, Key

from embedded.processes.waiting import wait_for

KEKW: Key = ("7tv", "01KEKW", "KEKW")
NEW: Key = ("bttv", "5590b223b344e2c42a9e28e3", "EZ")
API = "/api/v1/channels/lunaplays/emotes"
LINE = "/events?moment=&emotes=11&emote=7tv:01KEKW&emote=bttv:5590b223b344e2c42a9e28e3"
WANTED = "SELECT count(*) FROM emote_interest WHERE channel_id = %s AND wanted_until > now() + interval '15 s'"


@pytest.fixture(scope="module")
def rows(postgres_of_module: str) -> Iterator[EmoteRows]:
    channels, rows = ChannelRows(postgres_of_module), EmoteRows(postgres_of_module)
    channels.watched("11", "lunaplays")
    channels.coverage("11", "joined", 60)
    channels.counted()
    channels.close()
    rows.used("11", 1, {KEKW: {3: 2}})
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def site(postgres_of_module: str, rows: EmoteRows, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    with SiteProcess(postgres_of_module, tmp_path_factory.mktemp("site")) as site:
        yield site


@contextmanager
def listening(url: str) -> Iterator["Queue[dict[str, Any]]"]:
    """Listen to a live line in a thread; yield what it says of emotes."""
    heard: Queue[dict[str, Any]] = Queue()

    def listen(response: httpx.Response) -> None:
        name = ""
        try:
            for line in response.iter_lines():
                kind, _, value = line.partition(": ")
                name = value if kind == "event" else name
                if kind == "data" and name == "emotes":
                    heard.put(json.loads(value))
        except httpx.HTTPError:
            pass

    with httpx.Client(timeout=30) as client, client.stream("GET", url) as response:
        assert response.status_code == 200
        threading.Thread(target=listen, args=(response,), daemon=True).start()
        yield heard


def minute_of(news: dict[str, Any], minute_at: int) -> list[Any] | None:
    """What the news say of a minute's emotes."""
    return next((each["emotes"] for each in news["minutes"] if each["at"] == minute_at), None)


def test_an_open_graph_hears_of_a_use_and_the_counter_of_the_graph(site: SiteProcess, rows: EmoteRows) -> None:
    at = int(rows.minute.timestamp() * 1000)
    with listening(site.url + LINE) as heard:
        first = heard.get(timeout=10)
        assert minute_of(first, at - 60_000) == [[[3, 2]], []]
        assert first["until"] == at
        wait_for("the counter hears of the graph", lambda: rows.value(WANTED, "11"), 10)
        written = time.monotonic()
        rows.used("11", 0, {KEKW: {0: 1, 7: 4}, NEW: {9: 1}}, is_closed=False)
        news = heard.get(timeout=10)
        assert time.monotonic() - written < 5
        assert minute_of(news, at) == [[[0, 1], [7, 4]], [[9, 1]]]
        assert news["until"] == at + 10_000  # the last second in which anything was used
        times = {"from": rows.minute.isoformat(), "until": (rows.minute + MINUTE).isoformat(), "step": "1"}
        series = httpx.get(f"{site.url}{API}/series", params=times | {"emote": "7tv:01KEKW"}).json()
        assert series["items"][0]["uses"] == [1, 0, 0, 0, 0, 0, 0, 4, 0, 0] + [None] * 50
        rows.used("11", 0, {KEKW: {0: 1, 7: 4}, NEW: {9: 1}})
        assert heard.get(timeout=10)["until"] == at + 60_000


def test_a_program_hears_it_too(site: SiteProcess, rows: EmoteRows) -> None:
    with listening(f"{site.url}{API}/events?emote=7tv:01KEKW") as heard:
        assert minute_of(heard.get(timeout=10), int(rows.minute.timestamp() * 1000) - 60_000) == [[[3, 2]]]
    assert httpx.get(f"{site.url}{API}/events").status_code == 422


def test_a_minute_that_cannot_be_read_stops_nothing(site: SiteProcess, rows: EmoteRows) -> None:
    rows.run("INSERT INTO watched_channels VALUES ('14', 'broken', 'top', now()) ON CONFLICT DO NOTHING")
    rows.used("14", 1, {KEKW: {3: 2}})
    rows.run("UPDATE emote_minutes SET packed = decode('0500aabb', 'hex') WHERE channel_id = '14'")
    with listening(f"{site.url}/events?moment=&emotes=14&emote=7tv:01KEKW") as heard:
        wait_for("it is said", lambda: "cannot be read" in site.log(), 10)
        rows.used("14", 0, {KEKW: {9: 3}}, is_closed=False)
        at = int(rows.minute.timestamp() * 1000)
        wait_for("the next one is heard", lambda: minute_of(heard.get(timeout=10), at) == [[[9, 3]]], 10)
    assert site.log().count("cannot be read") == 1


def test_what_is_over_is_removed_on_the_way(site: SiteProcess, rows: EmoteRows) -> None:
    rows.run("INSERT INTO emote_interest VALUES ('98', now() - interval '1 s') ON CONFLICT DO NOTHING")
    rows.run("INSERT INTO watched_channels VALUES ('12', 'kraken', 'top', now()) ON CONFLICT DO NOTHING")
    with listening(f"{site.url}/events?moment=&emotes=12&emote=7tv:01KEKW"):
        wait_for("it is asked for", lambda: rows.value(WANTED, "12"), 10)
        assert rows.value("SELECT count(*) FROM emote_interest WHERE channel_id = '98'") == 0


def test_a_page_that_asks_by_itself_counts_too(site: SiteProcess, rows: EmoteRows) -> None:
    rows.run("INSERT INTO watched_channels VALUES ('13', 'zoe', 'top', now()) ON CONFLICT DO NOTHING")
    answer = httpx.get(f"{site.url}/channels/zoe/emotes/live?period=live&emote=7tv:01KEKW")
    assert "data-lines" in answer.json()["html"]
    wait_for("it is asked for", lambda: rows.value(WANTED, "13"), 10)
    still = httpx.get(f"{site.url}/channels/zoe/emotes/live?period=month&emote=7tv:01KEKW")
    again = httpx.get(still.url, headers={"If-None-Match": still.headers["etag"]})
    assert again.status_code == 304


def test_the_interest_costs_no_wait_for_the_disk(rows: EmoteRows) -> None:
    assert rows.value("SELECT relpersistence FROM pg_class WHERE relname = 'emote_interest'") == "u"
