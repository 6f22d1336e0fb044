"""The list of channels, a channel's pages, and requests for channels, on a real Postgres."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from integration.support.api_frontend_process import SiteProcess
from integration.support.channel_rows import ChannelRows
from integration.support.database import as_role
from integration.support.recorder_writer import Writer

from contracts.chat_messages import SCHEMA_VERSION, Lifecycle
from status.postgres import channel_requests

HOUR, DAY = 3600.0, 86_400.0
QUIET, LOUD = [0] * 60, [2] * 30 + [41] + [2] * 29


@pytest.fixture(scope="module")
def rows(postgres_of_module: str) -> Iterator[ChannelRows]:
    rows = ChannelRows(postgres_of_module)
    rows.watched("11", "lunaplays")
    rows.watched("12", "kraken")
    rows.watched("13", "nightowl")
    rows.channel("14", "unwatched")
    rows.stream("11", 2 * HOUR, title="<b>Malenia</b>", game_name="Elden Ring", language="de")
    rows.stream("11", 2 * DAY, 2 * DAY - 3 * HOUR, title="Earlier", game_name="Chess", language="en")
    rows.stream("12", 5 * HOUR, HOUR, game_name="Minecraft")
    rows.stream("12", 9 * HOUR, None, title="Nobody saw its end")  # of an older stream: the channel is not live
    for number in range(20):
        rows.moment(f"m{number:02d}", 600 + 60 * number, channel_id="11", revision=3, expected=20.0, mood="hype")
    for number in range(3):
        rows.moment(f"old{number}", 2 * DAY - HOUR + 60 * number, channel_id="11", revision=3)
    rows.moment("hidden", 900, channel_id="11", revision=3, mood="awe")
    rows.run("INSERT INTO hidden_moments (moment_id) VALUES ('hidden')")
    rows.moment("shadow", 900, channel_id="11", revision=3, shadow=True)
    rows.moment("k1", 3 * HOUR, channel_id="12", revision=3)
    rows.coverage("11", "joined", 300)
    rows.coverage("11", "left", 20)
    rows.coverage("11", "joined", 10)
    for minute in [*range(1, 10), *range(21, 61)]:
        rows.counts("11", minute, LOUD if minute == 11 else [2] * 60)
    rows.counts("11", 61, LOUD)  # before the hour
    rows.coverage("12", "joined", 300)
    rows.counts("12", 30, LOUD)
    rows.counted()
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def site(postgres_of_module: str, rows: ChannelRows, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    with SiteProcess(postgres_of_module, tmp_path_factory.mktemp("site"), API_ASK_LIMIT="5/hour") as site:
        yield site


@pytest.fixture(scope="module")
def http(site: SiteProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, timeout=20) as client:
        yield client


def text_of(http: httpx.Client, path: str) -> str:
    """A page that exists."""
    answer = http.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def item(page: str, name: str) -> str:
    """A channel's piece of the list."""
    return next(piece for piece in re.findall(r"<li.*?</li>", page, re.DOTALL) if f">{name}<" in piece)


def test_live_channels_come_first(http: httpx.Client) -> None:
    page = text_of(http, "/channels")
    assert "3 channels watched, 1 live now" in page
    assert page.index("Lunaplays") < page.index("Kraken") < page.index("Nightowl")
    luna, kraken = item(page, "Lunaplays"), item(page, "Kraken")
    assert '<span class="onair">Live</span>' in luna
    assert '<bdi class="name">Elden Ring</bdi> · German' in luna
    assert "20 moments in 24 hours" in luna
    assert "onair" not in kraken
    assert "Last live" in kraken
    assert "1 moment in 24 hours" in kraken
    assert "0 moments in 24 hours" in item(page, "Nightowl")
    assert "Unwatched" not in page


def test_small_lines_have_gaps_where_nobody_read(http: httpx.Client) -> None:
    page = text_of(http, "/channels")
    luna, kraken = item(page, "Lunaplays"), item(page, "Kraken")
    assert re.findall(r'class="gap" x="(\d+)" y="0" width="(\d+)"', luna) == [("40", "10")]
    assert "Up to 2 people a second in the last hour." in luna  # the loud minute was before it
    assert "Up to 41 people a second" in kraken
    assert "gap" not in kraken  # it was read: where nobody wrote is zero
    assert "No chat was read in the last hour." in item(page, "Nightowl")


def test_the_search_finds_names_games_and_titles(http: httpx.Client) -> None:
    for text, found in (("LUNA", "Lunaplays"), ("minecr", "Kraken"), ("malenia", "Lunaplays")):
        page = text_of(http, f"/channels?q={text}")
        assert re.findall(r'<h2><a href="/channels/\w+"><bdi class="name">(\w+)</bdi>', page) == [found]
        assert "1 channel with" in page
    nothing = text_of(http, "/channels?q=%3Cscript%3Ealert(1)")
    assert "No watched channel matches" in nothing
    assert "<script>alert" not in nothing
    assert http.get("/channels?page=2").status_code == 404


def test_a_channels_page_has_its_last_hour(http: httpx.Client) -> None:
    page = text_of(http, "/channels/lunaplays")
    assert "Up to 2 people wrote in one second." in page
    assert "10 minutes were not read." in page
    marks = re.findall(r'<a class="mark" href="/moments/(m\d\d)" aria-label="([^"]+)"', page)
    assert [moment_id for moment_id, _ in marks][-1] == "m00"
    assert marks[-1][1] == "Chat went wild · LUL, 212 people at once, usually 20 (11×)"
    assert "hidden" not in {moment_id for moment_id, _ in marks}
    assert '<bdi class="name">&lt;b&gt;Malenia&lt;/b&gt;</bdi>' in page


def test_a_channels_page_has_best_newest_and_hours(http: httpx.Client) -> None:
    page = text_of(http, "/channels/lunaplays")
    assert 'href="/best?channel=lunaplays' in page
    best, newest = page.index('id="best-heading"'), page.index('id="newest-heading"')
    assert best < newest
    assert page.count('<article class="card"') == 4 + 12
    assert "m-hidden" not in page
    assert "m-shadow" not in page
    cells = re.findall(r'data-hour="(\d+)"><span class="unseen">(\d+)', page)
    assert len(cells) == 168
    assert sum(int(count) for _, count in cells) == 23
    assert "Most often on" in page
    few = text_of(http, "/channels/kraken")
    assert few.count('<article class="card"') == 1
    assert "There are too few moments yet to say." in few


def test_the_streams_have_their_moments(http: httpx.Client) -> None:
    page = text_of(http, "/channels/lunaplays/streams")
    now, earlier = re.findall(r"<li>.*?</li>", page, re.DOTALL)
    assert "&lt;b&gt;Malenia" in now
    assert '<span class="onair">Live</span>' in now
    assert "20 moments" in now
    assert "Earlier" in earlier
    assert "Chess" in earlier
    assert "3 h 00 min" in earlier
    assert ">3 moments</a>" in earlier
    assert 'href="/best?channel=lunaplays&amp;order=newest&amp;from=' in earlier
    unseen = re.findall(r"<li>.*?</li>", text_of(http, "/channels/kraken/streams"), re.DOTALL)[1]
    assert "its end was not seen" in unseen
    assert "No streams yet" in text_of(http, "/channels/nightowl/streams")


def test_streams_are_paged(http: httpx.Client, rows: ChannelRows) -> None:
    for number in range(35):
        rows.stream("13", (number + 1) * DAY, (number + 1) * DAY - HOUR, title=f"Stream {number:02d}")
    seen, address = [], "/channels/nightowl/streams"
    while address:
        page = text_of(http, address)
        seen += re.findall(r"Stream (\d\d)", page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = older[1] if older else ""
    assert seen == [f"{number:02d}" for number in range(35)]
    assert "No older streams" in text_of(http, "/channels/nightowl/streams?before=0")


def test_the_open_page_asks_for_news_and_gets_304(http: httpx.Client) -> None:
    answer = http.get("/channels/lunaplays/live")
    assert 'class="mark" href="/moments/m00"' in answer.json()["html"]
    assert answer.headers["cache-control"] == "public, max-age=5"
    again = http.get("/channels/lunaplays/live", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert "No chat of this channel was read" in http.get("/channels/nightowl/live").json()["html"]


@pytest.mark.parametrize("path", ["nobody", "999", "a'b", "%00", "x" * 60, "nobody/streams", "nobody/live"])
def test_an_unknown_channel_is_404_in_plain_words(http: httpx.Client, path: str) -> None:
    answer = http.get(f"/channels/{path}")
    assert answer.status_code == 404
    assert "We know no channel called" in answer.text


def test_ids_and_capitals_lead_to_the_address(http: httpx.Client) -> None:
    for path, location in (
        ("/channels/11", "/channels/lunaplays"),
        ("/channels/LunaPlays", "/channels/lunaplays"),
        ("/channels/11/streams?before=5", "/channels/lunaplays/streams?before=5"),
    ):
        answer = http.get(path)
        assert (answer.status_code, answer.headers["location"]) == (302, location)


def test_a_channel_that_is_watched_no_more_keeps_its_page(http: httpx.Client) -> None:
    assert "This channel is not watched at present." in text_of(http, "/channels/unwatched")


def online(channel_id: str, login: str, sent_at: int) -> Lifecycle:
    """What the recorder reads when a stream is seen."""
    return Lifecycle(
        schema_version=SCHEMA_VERSION,
        channel_id=channel_id,
        sent_at=sent_at,
        received_at=sent_at,
        instance="b",
        event="online",
        login=login,
        display_name=login.capitalize(),
        stream_id=f"s{channel_id}",
        stream_started_at=sent_at,
    )


def test_an_old_login_leads_to_its_channel_or_to_its_new_owner(http: httpx.Client, postgres_of_module: str) -> None:
    writer = Writer(postgres_of_module)
    try:
        writer.write("stream-lifecycle", online("21", "before", 1_000), online("21", "between", 2_000))
        writer.write("stream-lifecycle", online("21", "after", 3_000))
        for old in ("between", "21"):
            assert http.get(f"/channels/{old}").headers["location"] == "/channels/after"
            assert "Best moments of" in text_of(http, f"/best?channel={old}")
        writer.write("stream-lifecycle", online("22", "between", 4_000))
        assert '<bdi class="name">Between</bdi></h1>' in text_of(http, "/channels/between")
        writer.write("stream-lifecycle", online("22", "elsewhere", 5_000))
        assert http.get("/channels/between").headers["location"] == "/channels/elsewhere"  # who had it last
    finally:
        writer.store.close()


def test_an_opted_out_channel_is_nowhere(http: httpx.Client, rows: ChannelRows, site: SiteProcess) -> None:
    rows.watched("31", "private")
    rows.stream("31", HOUR, game_name="Secret game")
    rows.moment("private1", 60, channel_id="31", revision=3)
    assert "private1" in text_of(http, "/channels/private")
    rows.opt_out("31")
    lists = ("/best?channel=private", "/api/v1/moments?channel=31")
    for path in ("/channels/private", "/channels/31", "/channels/private/streams", "/channels/private/live", *lists):
        assert http.get(path).status_code == 404
    assert http.get("/moments/private1").status_code == 404
    assert "Secret game" not in text_of(http, "/channels?q=secret")
    assert "m-private1" not in text_of(http, "/")


def ask(http: httpx.Client, text: str, **headers: str) -> httpx.Response:
    """Ask for a channel as the form does."""
    return http.post("/channels/ask", data={"channel": text}, headers=headers)


def test_anyone_may_ask_for_a_channel(http: httpx.Client, postgres_of_module: str, rows: ChannelRows) -> None:
    rows.run("INSERT INTO opt_outs VALUES ('32', 'shy', true, now())")
    assert ask(http, "not a channel!").status_code == 422
    assert ask(http, "https://www.twitch.tv/LunaPlays").headers["location"] == "/channels/lunaplays"  # is watched
    forms = ("https://m.twitch.tv/Wanted_One?tt_content=x", "@wanted_one", "id:77", "shy")
    answers = [ask(http, form) for form in forms]
    assert {answer.status_code for answer in answers} == {303}
    assert '<bdi class="name">wanted_one</bdi></strong> is on the list' in text_of(http, answers[0].headers["location"])
    refused = ask(http, "another")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "You have asked for many channels" in refused.text
    foreign = ask(http, "another", Origin="https://evil.example")
    assert foreign.status_code == 403
    report = channel_requests(as_role(postgres_of_module, "status"))
    assert [line.split()[:2] for line in report] == [["2", "wanted_one"], ["1", "id:77"]]  # shy is not there


def test_the_site_cannot_read_or_take_back_an_opt_out(postgres_of_module: str) -> None:
    with psycopg.connect(as_role(postgres_of_module, "api_frontend"), autocommit=True) as connection:
        for statement in (
            "SELECT login FROM opt_outs",
            "UPDATE opt_outs SET is_out = false",
            "INSERT INTO opt_outs (channel_id, is_out, changed_at) VALUES ('1', false, now())",
            "DELETE FROM channel_requests",
            "SELECT document FROM moments",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_three_thousand_channels_are_paged(postgres: str, tmp_path: Path) -> None:
    rows = ChannelRows(postgres)
    rows.run(
        "INSERT INTO watched_channels SELECT n::text, 'channel_' || n, 'top', now() FROM generate_series(1, 3000) n"
    )
    rows.close()
    with SiteProcess(postgres, tmp_path) as site, httpx.Client(base_url=site.url, timeout=20) as http:
        page = text_of(http, "/channels")
        seen = re.findall(r'<h2><a href="/channels/(\w+)"', page)
        while following := re.search(r'rel="next" href="([^"]+)"', page):
            page = text_of(http, following[1].replace("&amp;", "&"))
            seen += re.findall(r'<h2><a href="/channels/(\w+)"', page)
    assert len(seen) == len(set(seen)) == 3000
