"""A stream's recap on a real Postgres: page, picture and API say the same, and nothing that is hidden."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from integration.support.api_frontend_process import SiteProcess
from integration.support.night import CHANNEL, LOGIN, MINUTES, PEAKS, STREAM, NightRows
from PIL import Image, ImageChops

PAGE = f"/channels/{LOGIN}/streams/{STREAM}"
API = f"/api/v1{PAGE}"


@pytest.fixture(scope="module")
def dsn(postgres_of_module: str) -> str:
    return postgres_of_module


@pytest.fixture(scope="module")
def http(dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with SiteProcess(dsn, tmp_path_factory.mktemp("site")) as site, httpx.Client(base_url=site.url) as http:
        yield http


@pytest.fixture
def night(dsn: str) -> Iterator[NightRows]:
    night = NightRows(dsn)
    night.fresh()
    yield night
    night.close()


def image(picture: bytes) -> Image.Image:
    found = Image.open(BytesIO(picture))
    found.load()
    return found.convert("RGB")


def test_a_recap_has_everything_of_the_night(night: NightRows, http: httpx.Client) -> None:
    night.whole()
    page = http.get(PAGE)
    assert page.status_code == 200
    for said in (
        "<h1>Chat erupted 9 times</h1>", "4 h 12 min", "Up to 1,200 viewers", "Best first", "not read (12 min)",
        "Nobody read this chat", "A raid of 250 viewers arrived", "Now ", "laughter 64%, hype 31%", "KEKW", "It began",
    ):  # fmt: skip
        assert said in page.text, said
    assert page.text.count('<a class="mark') == len(PEAKS)
    assert page.text.count('<a class="mark named') == 5
    best = re.findall(r'<li data-id="(night\d)">\s*<span class="rank', page.text)
    assert best[:2] == ["night6", "night1"]
    by_time = re.findall(r'<li data-id="(night\d)">\s*<span class="rank', http.get(f"{PAGE}?sort=time").text)
    assert by_time == [f"night{number}" for number in range(len(PEAKS))]


def test_each_moment_leads_to_its_clip_or_to_the_recording_at_the_clips_start(
    night: NightRows, http: httpx.Client
) -> None:
    night.whole()
    page = http.get(f"{PAGE}?sort=time").text
    assert page.count('href="https://clips.twitch.tv/Night0"') >= 2  # the mark, the list, and the picture's peaks
    minute = PEAKS[4][0]
    at = timedelta(minutes=minute) - timedelta(seconds=25)
    hours, rest = divmod(int(at.total_seconds()), 3600)
    address = f"https://www.twitch.tv/videos/77?t={hours}h{rest // 60}m{rest % 60}s"
    assert f'href="{address}"' in page
    assert "Recording" in page
    night.run("INSERT INTO discord_streams (stream_id, channel_id, started_at, vod_url) VALUES (%s, %s, %s, %s)",
              STREAM, CHANNEL, night.started_at, "https://www.twitch.tv/videos/78")  # fmt: skip
    items = {each["id"]: each for each in http.get(API).json()["items"]}
    assert items["night4"]["watch_url"] == address
    assert items["night2"]["watch_url"].startswith("https://www.twitch.tv/videos/78?t=0h49m")  # skipped: no clip
    assert items["night0"]["watch_url"] == "https://clips.twitch.tv/Night0"


def test_the_api_tells_the_same(night: NightRows, http: httpx.Client) -> None:
    night.whole()
    told = http.get(API).json()
    assert (told["moments"], len(told["items"]), told["best"][0]) == (9, 9, "night6")
    assert len(told["curve"]["messages"]) == MINUTES
    assert told["curve"]["unread_seconds"][100:112] == [60] * 12
    assert sum(told["curve"]["messages"]) > 10_000
    assert told["raids"][0]["viewers"] == 250
    assert [each["game"] for each in told["changes"]] == ["Just Chatting", "Elden Ring", "Chess"]
    assert told["hours"][0]["moods"] == {"laughter": 0.64, "hype": 0.31}
    assert told["viewers_peak"] == 1200
    listed = http.get(f"/api/v1/channels/{LOGIN}/streams").json()
    assert [(each["id"], each["moments"]) for each in listed["items"]] == [(STREAM, 9)]
    assert http.get(f"/api/v1/channels/{LOGIN}/streams/other").status_code == 404
    assert http.get("/api/v1/channels/nobody/streams").status_code == 404


def test_a_channels_streams_are_listed_by_pages_with_their_curves(night: NightRows, http: httpx.Client) -> None:
    empty = http.get(f"/channels/{LOGIN}/streams").text
    assert "No streams yet" in empty
    night.whole()
    page = http.get(f"/channels/{LOGIN}/streams").text
    assert f'href="{PAGE}"' in page
    assert "small-night" in page
    for number in range(60):
        night.run(
            "INSERT INTO streams VALUES (%s, %s, %s, %s, 'old', '', 'en', now())",
            f"old{number}", CHANNEL, night.at(-2000 - 100 * number), night.at(-1950 - 100 * number),
        )  # fmt: skip
    seen, cursor = [], ""
    while cursor is not None:
        told = http.get(f"/api/v1/channels/{LOGIN}/streams?limit=25{cursor}").json()
        seen += [each["id"] for each in told["items"]]
        cursor = f"&cursor={told['next']}" if told["next"] else None
    assert seen == [STREAM, *(f"old{number}" for number in range(60))]


def test_the_picture_is_the_card_and_names_five_peaks(night: NightRows, http: httpx.Client) -> None:
    night.whole()
    picture = http.get(f"{PAGE}.png")
    assert picture.headers["content-type"] == "image/png"
    assert image(picture.content).size == (1200, 630)
    assert len(picture.content) < 150_000
    page = http.get(PAGE).text
    card = re.search(r'og:image" content="([^"]+)"', page)
    assert card
    assert f"{PAGE}.png?v=" in card[1]
    assert http.get(card[1].replace("&amp;", "&")).content == picture.content
    assert http.get(f"{PAGE}.png", headers={"If-None-Match": picture.headers["etag"]}).status_code == 304
    german = http.get(f"{PAGE}.png?lang=de").content
    assert ImageChops.difference(image(german), image(picture.content)).getbbox()


def test_what_is_hidden_vanishes_at_once_from_page_picture_and_api(night: NightRows, http: httpx.Client) -> None:
    night.whole()
    before = http.get(f"{PAGE}.png").content
    night.hide("night6")
    page = http.get(PAGE).text
    assert "Chat erupted 8 times" in page
    assert "night6" not in page
    told = http.get(API).json()
    assert told["moments"] == 8
    assert "night6" not in str(told)
    assert http.get(f"{PAGE}.png").content != before
    assert [each["moments"] for each in http.get(f"/api/v1/channels/{LOGIN}/streams").json()["items"]] == [8]


def test_an_opted_out_channel_has_no_recap_from_that_moment_on(night: NightRows, dsn: str, tmp_path: Path) -> None:
    """Also on a site that keeps its answers."""
    night.whole()
    paths = (
        PAGE,
        f"{PAGE}.png",
        API,
        f"/channels/{LOGIN}/streams",
        f"/api/v1/channels/{LOGIN}/streams",
        f"{PAGE}/live",
    )
    with SiteProcess(dsn, tmp_path, API_KEEP_SECONDS="5") as site, httpx.Client(base_url=site.url) as http:
        assert [http.get(path).status_code for path in paths] == [200] * len(paths)
        assert PAGE in http.get("/sitemap.xml").text
        night.run("SELECT opt_out_channel(%s, %s)", CHANNEL, LOGIN)
        night.say(f'{{"channel": "{CHANNEL}"}}')
        deadline = datetime.now(UTC) + timedelta(seconds=10)
        while http.get(PAGE).status_code == 200 and datetime.now(UTC) < deadline:
            pass
        assert [http.get(path).status_code for path in paths] == [404] * len(paths)
        assert PAGE not in http.get("/sitemap.xml").text


def test_a_live_stream_grows_between_two_roll_ups(night: NightRows, http: httpx.Client) -> None:
    live = NightRows(night.dsn, timedelta(0), 45)
    live.begin("live1", is_live=True)
    live.chat()
    live.run("INSERT INTO pipeline_progress VALUES ('job', %s, now()), ('recorder', now(), now())", live.at(40))
    assert live.roll_up() == 1
    api = f"/api/v1/channels/{LOGIN}/streams/live1"
    assert len(http.get(api).json()["curve"]["messages"]) == 39
    live.run("UPDATE pipeline_progress SET event_at = %s WHERE stage = 'job'", live.at(45.5))
    told = http.get(api).json()
    assert len(told["curve"]["messages"]) == 45
    assert told["curve"]["messages"][44] > 0
    assert told["is_live"]
    page = http.get(f"/channels/{LOGIN}/streams/live1").text
    assert 'data-piece="/channels/lunaplays/streams/live1/live?' in page
    piece = http.get(f"/channels/{LOGIN}/streams/live1/live?sort=time")
    assert "night-curve" in piece.json()["html"]
    again = http.get(
        f"/channels/{LOGIN}/streams/live1/live?sort=time", headers={"If-None-Match": piece.headers["etag"]}
    )
    assert again.status_code == 304
    live.close()


def test_a_live_stream_says_that_its_data_is_old_while_processing_is_away(night: NightRows, http: httpx.Client) -> None:
    live = NightRows(night.dsn, timedelta(0), 60)
    live.begin("live1", is_live=True)
    live.chat()
    live.progress(1800)
    page = http.get(f"/channels/{LOGIN}/streams/live1").text
    assert "The data is old" in page
    assert "Counted until" in page
    assert len(http.get(f"/api/v1/channels/{LOGIN}/streams/live1").json()["curve"]["messages"]) < 35
    live.run(
        "INSERT INTO discord_streams (stream_id, channel_id, started_at, ended_at) VALUES ('live1', %s, %s, %s)",
        CHANNEL, live.started_at, live.at(50),
    )  # fmt: skip
    assert not http.get(f"/api/v1/channels/{LOGIN}/streams/live1").json()["is_live"]  # the bot saw its end
    assert "The data is old" in http.get(f"/channels/{LOGIN}/streams/live1").text
    live.close()


def test_a_stream_without_moments_says_something_useful(night: NightRows, http: httpx.Client) -> None:
    night.begin()
    night.chat()
    night.progress()
    night.roll_up()
    page = http.get(PAGE).text
    assert "<h1>A stream without an eruption</h1>" in page
    assert re.search(r"It was liveliest at \d:\d\d:00, when \d+ people wrote in one second", page)
    assert http.get(f"{PAGE}.png").status_code == 200


def test_a_gap_over_the_whole_stream_is_said_to_be_one(night: NightRows, http: httpx.Client) -> None:
    night.begin()
    night.run("INSERT INTO coverage VALUES (%s, 'gap', %s, %s, '')", CHANNEL, night.at(-5), night.at(MINUTES + 5))
    night.progress()
    night.roll_up()
    page = http.get(PAGE).text
    assert "Nobody read the chat of this stream" in page
    assert "What happened in it is not known." in page
    assert http.get(f"{PAGE}.png").status_code == 200


def test_a_curve_that_is_kept_no_longer_is_not_called_silence(night: NightRows, http: httpx.Client) -> None:
    old = NightRows(night.dsn, timedelta(days=500))
    old.run(
        "INSERT INTO streams VALUES ('old', %s, %s, %s, 'old', '', 'en', now())", CHANNEL, old.started_at, old.ended_at
    )
    old.progress()
    assert "not kept any more" in http.get(f"/channels/{LOGIN}/streams/old").text
    old.close()


def test_moments_without_a_stream_id_belong_to_the_stream_by_their_time(night: NightRows, http: httpx.Client) -> None:
    night.begin()
    night.progress()
    night.peak(1, None)
    assert http.get(API).json()["best"] == ["night1"]


def test_a_stream_of_another_channel_is_not_found_here(night: NightRows, http: httpx.Client) -> None:
    night.whole()
    night.watched("12", "somebody")
    for path in ("/channels/somebody/streams/night1", "/channels/lunaplays/streams/%20", f"{PAGE}x"):
        assert http.get(path).status_code in (404, 422), path
    assert "no such stream" in http.get("/channels/somebody/streams/night1").text


def test_a_recap_is_german_where_it_is_asked_for(night: NightRows, http: httpx.Client) -> None:
    night.whole()
    page = http.get(f"{PAGE}?lang=de").text
    assert "Der Chat ist 9-mal explodiert" in page
    assert "Stunde für Stunde" in page


def test_late_revisions_change_the_recap(night: NightRows, http: httpx.Client) -> None:
    night.whole()
    first = http.get(f"{PAGE}.png").headers["etag"]
    minute, mood, people, _ = PEAKS[7]
    ago = (datetime.now(UTC) - night.at(minute)).total_seconds()
    night.moment("night7", ago, revision=4, mood="hype", expected=1.0, notify=False)
    night.run("UPDATE moments SET grade = 31, mood = 'hype' WHERE moment_id = 'night7'")
    assert mood is None
    assert people
    assert http.get(API).json()["best"][0] == "night7"
    assert http.get(f"{PAGE}.png").headers["etag"] != first


def test_the_page_has_its_own_address_for_search_engines(night: NightRows, http: httpx.Client) -> None:
    night.whole()
    page = http.get(f"{PAGE}?sort=time&page=1").text
    assert re.search(rf'rel="canonical" href="http://localhost:\d+{PAGE}"', page)
    sitemap = http.get("/sitemap.xml").text
    assert f"{PAGE}</loc>" in sitemap
