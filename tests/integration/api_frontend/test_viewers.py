"""What viewers clipped, on the site: at moments, where they alone found something, and as the judge of us."""

import re
from collections.abc import Iterator

import httpx
import pytest
from integration.support.api_frontend_process import SiteProcess
from integration.support.night import CHANNEL, LOGIN, PEAKS, STREAM
from integration.support.viewer_rows import TITLE, ViewerRows, whole_night

PAGE = f"/channels/{LOGIN}/streams/{STREAM}"
CLIPPED = "/moments/night1"  # by four viewers


@pytest.fixture(scope="module")
def dsn(postgres_of_module: str) -> str:
    return postgres_of_module


@pytest.fixture(scope="module")
def http(dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    each_anew = httpx.Limits(max_keepalive_connections=0)
    with (
        SiteProcess(dsn, tmp_path_factory.mktemp("site")) as site,
        httpx.Client(base_url=site.url, limits=each_anew) as http,
    ):
        yield http


@pytest.fixture
def night(dsn: str) -> Iterator[ViewerRows]:
    night = whole_night(dsn, with_chat=False)
    yield night
    night.close()


def german(http: httpx.Client, path: str) -> str:
    """Return a page in German, by a browser that is not asked again."""
    return httpx.get(f"{http.base_url}{path}", params={"lang": "de"}).text


def plain(text: str) -> str:
    """Return a page's text without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_a_moment_says_who_clipped_it_and_leads_to_their_most_viewed_clip(
    night: ViewerRows, http: httpx.Client
) -> None:
    page = http.get(CLIPPED).text
    assert '<a href="https://clips.twitch.tv/Peak1By3" rel="noopener">4 viewers clipped this</a>' in page
    assert "1 viewer clipped this" in http.get("/moments/night3").text
    assert "clipped this" not in re.findall('<p class="crowd">(.*?)</p>', http.get("/moments/night0").text)[0]
    assert "4 Zuschauer haben das geclippt" in german(http, CLIPPED)
    assert "1 Zuschauer hat das geclippt" in german(http, "/moments/night3")
    assert "4 viewers clipped this" in http.get("/best?period=all").text
    told = http.get(f"/api/v1{CLIPPED}").json()
    assert (told["viewer_clips"], told["viewer_clip_url"]) == (4, "https://clips.twitch.tv/Peak1By3")
    told = http.get("/api/v1/moments/night0").json()
    assert (told["viewer_clips"], told["viewer_clip_url"]) == (0, None)


def test_lists_rank_by_it_and_pages_stay_whole(night: ViewerRows, http: httpx.Client) -> None:
    def turned() -> list[str]:
        found, cursor = [], ""
        while True:
            page = http.get(f"/api/v1/moments?order=best&period=all&limit=2{cursor}").json()
            found += [each["id"] for each in page["items"]]
            if not page["next"]:
                return found
            cursor = f"&cursor={page['next']}"

    before = turned()
    assert sorted(before) == [f"night{number}" for number in range(9)]
    last = int(before[-1].removeprefix("night"))
    for each in range(9):
        night.clip_of(f"More{each}", PEAKS[last][0])
    night.judge()
    after = turned()
    assert sorted(after) == sorted(before)
    assert after.index(f"night{last}") < before.index(f"night{last}")


def test_what_viewers_alone_found_stands_on_the_recap_and_the_channel(night: ViewerRows, http: httpx.Client) -> None:
    for path in (PAGE, f"/channels/{LOGIN}"):
        page = http.get(path).text
        assert "viewers-found-heading" in page, path
        section = plain(page[page.index("viewers-found-heading") :])
        assert "Found by viewers" in section
        assert "3 viewers clipped this" in section
        assert "watched 1,204 times" in section
        assert "1 viewer clipped this" in section
        assert 'href="https://clips.twitch.tv/Missed30By0"' in page
    assert "0:30:00 into the stream" in http.get(PAGE).text
    assert "Von Zuschauern gefunden" in german(http, PAGE)
    told = http.get(f"/api/v1{PAGE}").json()["found_by_viewers"]
    assert [(each["viewers"], each["views"]) for each in told] == [(3, 1204), (2, 15), (1, 0)]
    assert told[0]["url"] == "https://clips.twitch.tv/Missed30By0"
    assert "4 viewers clipped this" in http.get(PAGE).text


def test_no_page_says_what_a_stranger_called_a_clip(night: ViewerRows, http: httpx.Client) -> None:
    paths = (CLIPPED, PAGE, f"/channels/{LOGIN}", "/self-score", f"/api/v1{PAGE}", f"/api/v1{CLIPPED}", "/best")
    for path in paths:
        assert TITLE[:20] not in http.get(path).text, path


def test_of_hidden_moments_and_of_who_has_opted_out_nothing_is_shown(night: ViewerRows, http: httpx.Client) -> None:
    night.hide("night1")
    assert http.get(CLIPPED).status_code == 404
    recap = http.get(PAGE).text
    assert "4 viewers clipped this" not in recap
    assert "Peak1By" not in recap, "a hidden moment is not found by viewers either"
    night.scored(60, 40, 300, 50)
    assert http.get("/api/v1/self-score").json()["ours"]["places"] == 64
    night.opt_out(CHANNEL)
    for path in (PAGE, f"/channels/{LOGIN}", f"/api/v1/self-score?channel={LOGIN}"):
        assert http.get(path).status_code == 404, path
    assert http.get("/api/v1/self-score").json()["ours"]["places"] == 60
    assert LOGIN not in http.get("/self-score").text


def test_a_clip_that_is_gone_has_no_link(night: ViewerRows, http: httpx.Client) -> None:
    night.run("UPDATE viewer_clips SET is_deleted = true WHERE clip_id IN ('Peak1By3', 'Missed30By0')")
    night.judge()
    page = http.get(CLIPPED).text
    assert "Peak1By3" not in page
    assert "Missed30By0" not in http.get(PAGE).text


def test_about_says_how_good_we_are_where_there_is_enough(night: ViewerRows, http: httpx.Client) -> None:
    assert "viewers clipped on Twitch" not in http.get("/about").text
    night.scored(96, 69, 300, 50)
    assert "In the last 30 days we found 71 of 100 places that two or more viewers clipped on Twitch." in plain(
        http.get("/about").text
    )
    night.run("UPDATE self_scores SET day = current_date - 31")
    night.say("{}")
    assert "viewers clipped on Twitch" not in http.get("/about").text


def test_operators_see_what_other_thresholds_would_have_found(night: ViewerRows, http: httpx.Client) -> None:
    night.scored(96, 69, 300, 50)
    page = http.get("/self-score").text
    text = plain(page)
    assert '<meta name="robots" content="noindex">' in page
    assert "We found 71 of 100 places that two or more viewers clipped." in text
    assert "Of 309 moments, a viewer clipped 53." in text
    assert "Experimental detector lower" in text
    assert "It found 2 of 4 places; ours found 2 of them." in text
    assert LOGIN in text
    assert "/self-score" not in http.get("/sitemap.xml").text
    assert "/self-score" not in http.get("/").text
    told = http.get("/api/v1/self-score?days=30").json()
    assert told["ours"]["steps"][0] | {"by_chance": 0} == {
        "threshold": None, "moments": 309, "moments_per_hour": told["ours"]["steps"][0]["moments_per_hour"],
        "clipped": 53, "found": 71, "by_chance": 0,
    }  # fmt: skip
    found = [each["found"] for each in told["ours"]["steps"]]
    assert found == sorted(found, reverse=True)
    assert {each["channel"]: each["places"] for each in told["channels"]} == {"kraken": 96, LOGIN: 4}
    steps = told["experimental"][0]["score"]["steps"]
    assert [(each["threshold"], each["found"]) for each in steps] == [(None, 2), (3.5, 0)]
    own = http.get(f"/api/v1/self-score?days=7&channel={LOGIN}").json()
    assert (own["ours"]["places"], own["ours"]["steps"][0]["found"], own["ours"]["unread"]) == (4, 2, 0)
    assert http.get("/self-score?days=91").status_code == 422
    assert http.get("/self-score?channel=nobodyhere").status_code == 404
    assert http.get("/self-score?channel=").status_code == 200  # an empty field of a form is none


def test_nothing_scored_is_said(night: ViewerRows, http: httpx.Client) -> None:
    night.run("TRUNCATE self_scores")
    assert "Nothing is scored in this time" in http.get("/self-score").text
