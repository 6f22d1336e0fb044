"""The first page, a moment's page and what is saved, on a real Postgres."""

import re
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from integration.support.api_frontend_process import Rows, SiteProcess

LUNA, KRAKEN = "11", "12"
STREAM = {"stream_id": "other"}


@pytest.fixture(scope="module")
def rows(postgres_of_module: str) -> Iterator[Rows]:
    rows = Rows(postgres_of_module)
    rows.channel(LUNA, "lunaplays")
    rows.channel(KRAKEN, "kraken")
    with psycopg.connect(postgres_of_module) as connection:
        for number in range(3):
            connection.execute(
                "INSERT INTO watched_channels VALUES (%s, %s, 'top', now())", (f"{number}", f"c{number}")
            )
    for number in range(10):
        rows.moment(f"m{number}", 7200 + 600 * number, revision=3, channel_id=LUNA, mood="laughter")
    rows.moment("elsewhere", 7200 + 650, revision=3, channel_id=KRAKEN)
    rows.moment("later", 7200 + 500, revision=3, channel_id=KRAKEN)
    rows.moment("before", 90_000, revision=3, channel_id=LUNA, **STREAM)
    rows.moment("shadow", 7200 + 601, revision=3, channel_id=KRAKEN, shadow=True, no_clip_reason="shadow")
    for number in (1, 3):
        rows.clip(f"m{number}", "made")
    rows.progress()
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def site(postgres_of_module: str, rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    with SiteProcess(postgres_of_module, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def http(site: SiteProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, timeout=10) as client:
        yield client


def section(page: str, heading: str) -> list[str]:
    """The ids of the cards under a heading of a page, "" if there is no such heading."""
    found = re.search(rf'id="{heading}-heading".*?</section>', page, re.DOTALL)
    return re.findall(r'id="m-([^"]+)"', found[0]) if found else []


def test_the_first_page_says_how_much_is_watched_and_how_fresh_it_is(http: httpx.Client, rows: Rows) -> None:
    rows.progress()
    page = http.get("/").text
    assert "3 channels watched · updated" in page
    assert "Quiet right now." in page
    assert section(page, "newest")[:4] == ["m0", "later", "m1", "elsewhere"]
    assert "shadow" not in section(page, "newest")


def test_the_first_page_says_what_goes_on(http: httpx.Client, rows: Rows) -> None:
    rows.moment("on", 4, revision=2, expected=40.0, mood="laughter")
    page = http.get("/").text
    assert re.search(
        r"Lunaplays</bdi></span> · 212 people at once, usually 40 \(5×\)</a><br>\s*Chat is laughing · ", page
    )
    rows.moment("on", 40, revision=3, mood="laughter")
    assert 'data-until="' not in http.get("/").text


def test_while_nothing_is_read_nothing_is_called_quiet(http: httpx.Client, rows: Rows) -> None:
    rows.progress(age_seconds=600)
    page = http.get("/").text
    assert 'data-state="away"' in page  # the style shows the sentence of this state alone
    assert "What happens right now is not known yet." in page
    rows.progress()


def test_old_addresses_of_the_list_lead_to_it(http: httpx.Client) -> None:
    answer = http.get("/?clips=1&channel=kraken")
    assert (answer.status_code, answer.headers["location"]) == (308, "/best?clips=1&channel=kraken&order=newest")


def test_a_moment_leads_on(http: httpx.Client) -> None:
    page = http.get("/moments/m1").text
    assert section(page, "stream")[:3] == ["m0", "m2", "m3"] or section(page, "stream")[:3] == ["on", "m0", "m2"]
    assert len(section(page, "stream")) == 6
    assert "before" not in section(page, "stream")
    assert section(page, "minute") == ["elsewhere"]
    assert 'rel="prev" href="/moments/elsewhere"' in page
    assert 'rel="next" href="/moments/later"' in page


def test_an_experimental_moment_leads_nowhere(http: httpx.Client) -> None:
    page = http.get("/moments/shadow?shadow=1").text
    assert "More from this stream" not in page
    assert 'rel="next"' not in page
    assert "data-save" not in page
    assert "/report" not in page


def test_the_mark_stands_on_the_loudest_second(http: httpx.Client) -> None:
    page = http.get("/moments/m1").text
    people = http.get("/api/v1/moments/m1").json()["curve"]["chatters"]
    dot = re.search(r'<circle class="loudest" data-second="(\d+)" cx="([\d.]+)%"', page)
    assert dot is not None
    assert int(dot[1]) == people.index(max(people))
    assert float(dot[2]) == pytest.approx(100 * (int(dot[1]) + 0.5) / len(people), abs=0.01)
    figure = re.search(r'<figure class="curve".*?</figure>', page, re.DOTALL)
    assert figure is not None
    assert figure[0].count("<path") == 1  # one line
    assert figure[0].count('class="usual"') == 1
    assert figure[0].count("<circle") == 1
    assert 'rect class="clipped"' in page
    assert 'rect class="clipped"' not in http.get("/moments/m2").text  # no clip, no range


def test_messages_and_score_are_under_details(http: httpx.Client) -> None:
    page = http.get("/moments/m1").text
    details = re.search(r'<details class="details".*?</details>', page, re.DOTALL)
    assert details is not None
    assert "<dt>score</dt>" in details[0]
    assert details[0].count("<tr>") == 1 + 90
    assert details[0].count("not read") == 5
    assert "messages" not in page.replace(details[0], "").lower()


def test_a_moment_can_be_reported(http: httpx.Client) -> None:
    page = http.get("/moments/m1").text
    assert 'method="post" action="/moments/m1/report"' in page


def test_an_unknown_channel_is_not_found(http: httpx.Client) -> None:
    for path in ("/channels/nobody", "/best?channel=nobody", "/api/v1/moments?channel=nobody"):
        answer = http.get(path)
        assert answer.status_code == 404
        assert "We know no channel called “nobody”." in answer.text


@pytest.mark.parametrize("path", ["/best", "/api/v1/moments", "/events"])
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=x", "The time “x” is not one that we understand."),
        ("until=2026-99-99", "The time “2026-99-99” is not one that we understand."),
        ("channel=a%27b", "“a'b” is not a name that a channel can have."),
        ("mood=%3Cb%3E", "is not a mood that we know."),
        ("clips=perhaps", "“clips” can be 1 or 0, not “perhaps”."),
        ("cursor=nonsense", "This place in the list is not known."),
    ],
)
def test_what_is_not_understood_is_said_plainly(http: httpx.Client, path: str, query: str, words: str) -> None:
    answer = http.get(f"{path}?{query}")
    assert answer.status_code in (400, 422)
    text = answer.text.replace("&#39;", "'")
    assert words in text
    assert "Input should" not in text
    assert "pattern" not in text.lower().replace("<pattern", "")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nowhere", 404, "There is no page at this address."),
        ("/api/v1/nowhere", 404, "There is no page at this address."),
        ("/api/v1/moments?limit=1000", 422, "A page can have 1 to 100 moments, not “1000”."),
        ("/moments/nothing", 404, "This moment does not exist, or it has been removed."),
    ],
)
def test_other_messages_are_plain_too(http: httpx.Client, path: str, status: int, words: str) -> None:
    answer = http.get(path)
    assert answer.status_code == status
    assert words in answer.text


def test_the_demo_says_so_on_every_page_and_links_to_nothing_real(
    postgres_of_module: str, rows: Rows, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("demo")
    with SiteProcess(postgres_of_module, folder, API_DEMO="true") as site, httpx.Client(base_url=site.url) as http:
        for path in ("/", "/best", "/moments/m1", "/channels/kraken", "/saved", "/watch", "/docs", "/nowhere"):
            page = http.get(path).text
            assert "This is a demonstration: its Twitch is simulated." in page
            assert not re.findall(r'(?:href|src|action)="https?://[^"]*twitch\.tv[^"]*"', page), path
