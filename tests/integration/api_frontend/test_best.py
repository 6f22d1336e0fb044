"""The page of the best: its order, its shares, its choices in the address, its paging, and what it says when empty."""

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from math import log2

import httpx
import pytest
from integration.support.api_frontend_process import Rows, SiteProcess

from api_frontend.data.stored_moment import StreamFacts
from api_frontend.views.best import MOST_OF_CHANNEL, PAGE_SIZE

HOUR = 3_600
# The better grade first, a third of a doubling each; in a grade the newer.
BEST_OF_LUNA = [f"luna{number:02d}" for number in sorted(range(40), key=lambda at: (-round(3 * log2(2 + at)), at))]
RING = StreamFacts(title="No deaths, run-3!", game_name="Elden Ring", language="de")
TALK = StreamFacts(title="Sunday talk", game_name="Just Chatting", language="en")


@pytest.fixture(scope="module")
def rows(postgres_of_module: str) -> Iterator[Rows]:
    rows = Rows(postgres_of_module)
    rows.channel("11", "lunaplays")
    rows.channel("12", "kraken")
    for number in range(40):  # the later, the better
        rows.moment(f"luna{number:02d}", 2 + number, times_usual=2.0 + number, revision=3, stream=RING)
    for number in range(5):
        rows.moment(f"kraken{number}", 100 + number, times_usual=3.0, revision=3, channel_id="12", stream=TALK)
    rows.moment("old", 30 * 24 * HOUR, times_usual=30.0, biggest_in_seconds=8 * 24 * HOUR, channel_id="12", stream=TALK)
    rows.moment("experiment", 1, times_usual=30.0, shadow=True)
    rows.clip("kraken2", "made")
    rows.progress()
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def http(postgres_of_module: str, rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("site")
    with SiteProcess(postgres_of_module, folder) as site, httpx.Client(base_url=site.url, timeout=10) as client:
        yield client


def cards(page: str) -> list[str]:
    """The ids of the page's cards, in their order."""
    return re.findall(r'id="m-([^"]+)"', page)


def address(page: str, text: str) -> str:
    """The address of the link with this text."""
    found = re.search(rf'href="([^"]+)"[^>]*>(?:<bdi[^>]*>)?{re.escape(text)}', page)
    assert found, text
    return unescape(found[1])


def all_cards(http: httpx.Client, path: str) -> list[str]:
    """The cards of all pages."""
    seen: list[str] = []
    while path:
        page = http.get(path).text
        seen += cards(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = unescape(following[1]) if following else ""
    return seen


def test_no_channel_has_more_than_its_share_of_the_best(http: httpx.Client) -> None:
    page = http.get("/best?period=all").text
    assert cards(page)[0] == "old"
    assert cards(page)[1:4] == BEST_OF_LUNA[:MOST_OF_CHANNEL]
    assert max(Counter(one.rstrip("0123456789") for one in cards(page)).values()) <= MOST_OF_CHANNEL
    assert "37 more of Lunaplays" in page
    of_luna = http.get(address(page, "37 more of Lunaplays")).text
    assert cards(of_luna) == BEST_OF_LUNA[:PAGE_SIZE]


def test_pages_of_a_channels_best_have_each_moment_once_while_new_ones_arrive(http: httpx.Client, rows: Rows) -> None:
    first = http.get("/best?channel=lunaplays").text
    rows.moment("late", 1, times_usual=60.0, revision=3, stream=RING)
    try:
        rest = all_cards(http, address(first, "More"))
    finally:
        rows.delete("late")
    assert [*cards(first), *rest] == BEST_OF_LUNA


def test_newest_first_is_one_of_the_tabs(http: httpx.Client) -> None:
    page = http.get("/best").text
    newest = http.get(address(page, "Newest")).text
    assert cards(newest)[:3] == ["luna00", "luna01", "luna02"]
    assert re.search(r'aria-current="page">Newest', newest)
    assert all_cards(http, "/best?order=newest&channel=kraken") == [*(f"kraken{number}" for number in range(5)), "old"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("game=Just+Chatting&period=week", 5),
        ("game=Just+Chatting", 6),
        ("language=de", 40),
        ("rarity=week&period=all", 1),
        ("clips=1&period=all", 1),
        ("q=elden+ri", 40),
        ("q=KRAKEN", 6),
        ("q=run+3", 40),
        ("q=sunday+elden", 0),
        ("period=hour&channel=kraken", 5),
        ("from=2020-01-01T00:00&until=2021-01-01T00:00", 0),
    ],
)
def test_each_choice_narrows_and_is_counted(http: httpx.Client, query: str, found: int) -> None:
    page = http.get(f"/best?{query}").text
    assert f"<p>{found} moment{'' if found == 1 else 's'}</p>" in page
    assert len(set(all_cards(http, f"/best?order=newest&{query}"))) == found


def test_chips_take_one_choice_away(http: httpx.Client) -> None:
    page = http.get("/best?order=newest&game=Just+Chatting&language=en&q=talk").text
    without = httpx.URL(address(page, "Just Chatting")).params
    assert dict(without) == {"language": "en", "q": "talk", "order": "newest"}


def test_an_empty_list_says_what_to_leave_out(http: httpx.Client) -> None:
    page = http.get("/best?order=newest&game=Just+Chatting&language=de").text
    assert "Without Just Chatting: 40 moments" in page
    assert "Without German: 6 moments" in page
    assert "We know no channel called" in http.get("/best?channel=nobody").text
    assert "No single choice is to blame" in http.get("/best?order=newest&game=x&language=xx&mood=awe").text


def test_the_old_list_has_moved(http: httpx.Client) -> None:
    answer = http.get("/?clips=1&channel=kraken")
    assert answer.status_code == 308
    assert answer.headers["location"] == "/best?clips=1&channel=kraken&order=newest"
    assert cards(http.get(answer.headers["location"]).text) == ["kraken2"]
    assert http.get("/").status_code == 200


def test_experimental_moments_are_for_operators(http: httpx.Client) -> None:
    assert "experiment" not in cards(http.get("/best?period=all").text)
    assert cards(http.get("/best?shadow=1").text) == ["experiment"]


def test_the_filter_works_without_script(http: httpx.Client) -> None:
    page = http.get("/best?game=Elden+Ring&tz=Europe/Berlin").text
    names = set(re.findall(r'<(?:input|select)[^>]* name="([a-z]+)"', page))
    every = {"q", "order", "period", "channel", "game", "language", "mood", "cause", "rarity", "from", "until", "clips"}
    assert names == {*every, "tz"}
    assert '<option value="de">German</option>' in page
    assert http.get("/best?" + "&".join(f"{name}=" for name in names - {"clips"})).status_code == 200


def test_the_api_has_the_same_filter(http: httpx.Client) -> None:
    answer = http.get("/api/v1/moments", params={"order": "best", "q": "kraken", "limit": 2}).json()
    assert [one["id"] for one in answer["items"]] == ["old", "kraken0"]
    following = http.get(
        "/api/v1/moments", params={"order": "best", "q": "kraken", "limit": 9, "cursor": answer["next"]}
    ).json()
    assert [one["id"] for one in following["items"]] == [f"kraken{number}" for number in range(1, 5)]
    assert http.get("/api/v1/moments", params={"cursor": answer["next"]}).status_code == 400
