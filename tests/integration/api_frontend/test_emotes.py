"""The pages of emotes and the API's, on a real Postgres."""

import re
from collections.abc import Iterator
from datetime import time

import httpx
import pytest
from integration.support.api_frontend_process import SiteProcess
from integration.support.channel_rows import ChannelRows
from integration.support.site_emotes import EmoteRows, Key

KEKW: Key = ("7tv", "01KEKW", "KEKW")
LUL: Key = ("twitch", "425618", "LUL")
PEEPO: Key = ("bttv", "5590b223b344e2c42a9e28e3", "peepoClap")
ROLL: Key = ("ffz", "128054", "OMEGAROLL")
MARKUP: Key = ("7tv", "01EVIL", "<script>alert(1)</script>")
HIDDEN: Key = ("7tv", "01RUDE", "n1gg3rKek")
FORMULA: Key = ("7tv", "01SUM", "=SUM(A1)")
PAGE, API = "/channels/lunaplays/emotes", "/api/v1/channels/lunaplays/emotes"
CDN = "https://cdn.7tv.app/emote/01KEKW/2x.webp"


@pytest.fixture(scope="module")
def rows(postgres_of_module: str) -> Iterator[EmoteRows]:
    """A channel that is live and was not read for ten minutes, one that was live yesterday, and one that is quiet."""
    channels, rows = ChannelRows(postgres_of_module), EmoteRows(postgres_of_module)
    for channel_id, login in (("11", "lunaplays"), ("12", "kraken"), ("13", "nightowl"), ("14", "newcomer")):
        channels.watched(channel_id, login)
        channels.coverage(channel_id, "joined", 4000 if channel_id != "14" else 5)
    channels.stream("11", 10_000)
    channels.stream("12", 2.5 * 86_400, 2.4 * 86_400)
    channels.coverage("11", "gap", 40, 30)
    channels.moment("m1", 1000, channel_id="11", revision=3, mood="laughter")
    channels.clip("m1", "made")
    channels.moment("m2", 1300, channel_id="11", revision=3)
    for minute in (*range(2, 30), *range(41, 60)):
        rows.used("11", minute, {KEKW: {3: 2, 30: 1}, LUL: {9: 1}, HIDDEN: {0: 90}}, people=2)
    rows.used("11", 5, {KEKW: {3: 300}, PEEPO: {1: 1}, MARKUP: {2: 3}, FORMULA: {2: 2}}, people=7)
    rows.used("11", 1, {KEKW: {0: 1}})
    rows.used("14", 2, {ROLL: {5: 3}})
    rows.used("12", 3500, {ROLL: {7: 4}})
    rows.used("12", 2, {LUL: {1: 500}})
    rows.known("global", KEKW, CDN, is_animated=True)
    rows.known("11", ("bttv", PEEPO[1], "peepoClap"), went_ago=600)
    rows.known("11", ("7tv", "01NEVER", "KEKWait"), "https://evil.example/never.webp")
    channels.counted()
    channels.close()
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def site(postgres_of_module: str, rows: EmoteRows, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    with SiteProcess(postgres_of_module, tmp_path_factory.mktemp("site"), API_RATE_LIMIT="10000/minute") as site:
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


def listed(page: str) -> list[tuple[str, str]]:
    """Names and uses of the list."""
    found = re.findall(
        r"<li[^>]*>(?:(?!</li>).)*?<bdi[^>]*>([^<]*)</bdi></a>(?:(?!</li>).)*?<b>([\d,]+) uses?</b>", page
    )
    return [(name, uses) for name, uses in found]


def on_graph(page: str) -> list[str]:
    """Names on the graph."""
    return re.findall(r'<bdi class="name"[^>]*>([^<]*)', page.split('class="lines"')[1].split("</ul>")[0])


def test_it_opens_with_the_three_busiest_of_the_last_hour(http: httpx.Client) -> None:
    page = text_of(http, PAGE)
    assert on_graph(page) == ["KEKW", "LUL", "&lt;script&gt;alert(1)&lt;/script&gt;"]
    assert 'aria-current="page">Hour</a>' in page
    assert listed(page)[:3] == [("KEKW", "439"), ("LUL", "46"), ("&lt;script&gt;alert(1)&lt;/script&gt;", "3")]
    assert "7 people at once" in page
    assert "n1gg3rKek" not in page
    assert "<script>alert" not in page


def test_a_channel_that_is_read_since_minutes_opens_with_these(http: httpx.Client) -> None:
    page = text_of(http, "/channels/newcomer/emotes")
    assert on_graph(page) == ["OMEGAROLL"]
    assert 'aria-current="page">Live</a>' in page
    assert 'aria-current="page">Hour</a>' in text_of(http, "/channels/newcomer/emotes?period=hour")


def test_moments_and_clips_are_on_the_graph(http: httpx.Client) -> None:
    page = text_of(http, PAGE)
    marks = re.findall(r'<a class="mark" href="/moments/(m\d)" aria-label="([^"]+)"', page)
    assert [moment_id for moment_id, _ in marks] == ["m2", "m1"]
    assert marks[1][1].endswith(", with a clip")
    assert page.count('<rect class="clip"') == 1
    assert "not read or not live (10 min" in page


def test_pictures_come_from_the_providers_without_a_referrer(http: httpx.Client) -> None:
    answer = http.get(f"{PAGE}?q=kek")
    assert (
        "https://cdn.7tv.app https://cdn.betterttv.net https://cdn.frankerfacez.com"
        in answer.headers["content-security-policy"]
    )
    assert f'<img src="{CDN}" alt=""' in answer.text
    assert 'srcset="https://cdn.7tv.app/emote/01KEKW/2x_static.webp"' in answer.text
    assert 'src="https://static-cdn.jtvnw.net/emoticons/v2/425618/default/dark/2.0"' in answer.text
    assert "evil.example" not in answer.text
    assert answer.text.count("<img") == answer.text.count('referrerpolicy="no-referrer"')


def test_the_list_is_searched_and_filtered(http: httpx.Client) -> None:
    assert listed(text_of(http, f"{PAGE}?q=KEK")) == [("KEKW", "439"), ("KEKWait", "0")]
    assert [name for name, _ in listed(text_of(http, f"{PAGE}?provider=twitch"))] == ["LUL"]
    assert "No emote of this channel has" in text_of(http, f"{PAGE}?q=nothing")
    assert listed(text_of(http, f"{PAGE}?q=%25")) == []
    gone = text_of(http, f"{PAGE}?q=clap")
    assert listed(gone) == [("peepoClap", "1")]
    assert '<span class="gone">removed</span>' in gone


def test_an_emote_that_is_gone_says_so_and_one_that_was_never_used_reads_0(http: httpx.Client) -> None:
    page = text_of(http, f"{PAGE}?emote=bttv:{PEEPO[1]}&emote=7tv:01NEVER&emote=7tv:01NOBODY")
    assert on_graph(page) == ["peepoClap", "KEKWait", "01NOBODY"]
    assert page.count('<span class="gone">Removed') == 1
    assert page.split('class="lines"')[1].count(">0 uses<") == 2


@pytest.mark.parametrize(
    ("login", "names", "period"), [("nightowl", [], ""), ("kraken", ["LUL"], "Hour")], ids=["nothing", "hour"]
)
def test_without_much_it_is_still_a_page(http: httpx.Client, login: str, names: list[str], period: str) -> None:
    page = text_of(http, f"/channels/{login}/emotes")
    if not names:
        assert "No emotes yet" in page
    else:
        assert on_graph(page) == names


def test_a_channel_that_was_live_days_ago_opens_with_its_last_stream(http: httpx.Client, rows: EmoteRows) -> None:
    rows.run("DELETE FROM emote_minutes WHERE channel_id = '12' AND minute_at > now() - interval '1 day'")
    page = text_of(http, "/channels/kraken/emotes")
    assert on_graph(page) == ["OMEGAROLL"]
    assert 'aria-current="page">Hour</a>' not in page
    assert "4 uses" in page
    rows.used("12", 2, {LUL: {1: 500}})


def test_the_address_has_step_and_period(http: httpx.Client) -> None:
    page = text_of(http, f"{PAGE}?period=day&step=60&emote=7tv:01KEKW")
    assert 'aria-current="true">1 min</a>' in page
    assert '<span class="none">5 s</span>' in page
    assert f"{PAGE}?emote=7tv:01KEKW&amp;period=week" in page
    assert f"{PAGE}?emote=7tv:01KEKW&amp;emote=twitch:425618&amp;period=day&amp;step=60" in page  # adds LUL
    for wrong in (
        "step=7",
        "period=year",
        "emote=x",
        "from=2026-01-02T00:00Z&until=2026-01-01T00:00Z",
        "emote=7tv:a&" * 6,
    ):
        assert http.get(f"{PAGE}?{wrong}").status_code == 422, wrong


def test_the_csv_has_every_step_and_no_formula(http: httpx.Client) -> None:
    answer = http.get(f"{PAGE}/series.csv?period=hour&step=60&emote=7tv:01KEKW&emote=7tv:01SUM")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    head, *lines = answer.text.splitlines()
    assert head == "time,KEKW uses,'=SUM(A1) uses,KEKW people,'=SUM(A1) people"
    assert 60 <= len(lines) <= 61
    values = [line.split(",")[1:] for line in lines]
    assert ["300", "2", "7", "7"] in values
    assert values.count(["3", "0", "2", "0"]) > 40
    assert values.count(["", "", "", ""]) in range(10, 13)  # nobody read it, or it is not counted yet


def test_a_series_says_which_step_serves(http: httpx.Client) -> None:
    answer = http.get(f"{API}/series", params={"emote": ["7tv:01KEKW", "7tv:01NEVER"], "period": "hour", "step": "1"})
    found = answer.json()
    assert found["step"] == 5
    assert [item["name"] for item in found["items"]] == ["KEKW", "KEKWait"]
    assert [item["people"] for item in found["items"]] == [None, None]
    kekw, never = (item["uses"] for item in found["items"])
    assert len(kekw) == len(never) in range(720, 722)
    assert sum(value or 0 for value in kekw) == 439
    assert set(never) == {0, None}
    assert answer.headers["cache-control"] == "public, max-age=0, s-maxage=5"
    whole = http.get(f"{API}/series", params={"emote": "7tv:01KEKW", "period": "month"}).json()
    assert whole["step"] == 3600
    assert len(whole["items"][0]["uses"]) in (720, 721)
    assert max(value or 0 for value in whole["items"][0]["people"]) == 7


def test_the_api_lists_emotes_page_by_page(http: httpx.Client) -> None:
    first = http.get(API, params={"period": "hour", "limit": "2"}).json()
    assert [(item["name"], item["uses"], item["people"]) for item in first["items"]] == [
        ("KEKW", 439, 7),
        ("LUL", 46, 2),
    ]
    assert first["items"][0]["image"] == CDN
    second = http.get(API, params={"period": "hour", "limit": "100", "cursor": first["next"]}).json()
    assert [item["uses"] for item in second["items"]] == [3, 2, 1]
    assert second["next"] is None
    assert http.get(API, params={"provider": "ffz"}).json()["items"] == []
    assert [item["name"] for item in http.get(API, params={"q": "kek"}).json()["items"]] == ["KEKW"]


@pytest.mark.parametrize("path", [API, f"{API}/series", "/api/v1/emotes"])
def test_the_api_is_like_its_other_lists(http: httpx.Client, path: str) -> None:
    answer = http.get(path, headers={"Origin": "https://other.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert http.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code in (200, 304)
    assert http.head(path).status_code == 200
    assert "GET" in http.options(path).headers["allow"]
    refused = http.get(path, params={"stepp": "1"})
    assert refused.status_code == 422
    assert "stepp" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    "query", ["emote=KEKW", "emote=7tv:a&" * 6, "step=2", "from=5", "from=2026-01-02&until=2026-01-01", "cursor=1"]
)
def test_a_series_that_cannot_be_is_refused(http: httpx.Client, query: str) -> None:
    assert http.get(f"{API}/series?{query}").status_code == 422


def test_a_time_that_is_too_long_says_so(http: httpx.Client) -> None:
    for path in (f"{API}/series?from=2020-01-01", f"{PAGE}?from=2020-01-01T00:00"):
        assert "at most 62 days long" in http.get(path).text


def test_the_board_adds_up_the_channels(http: httpx.Client, rows: EmoteRows) -> None:
    found = http.get("/api/v1/emotes").json()
    now = [(item["name"], item["uses"], item["people"], item["channel"]) for item in found["now"]]
    assert now[:2] == [("LUL", 503, 500, "12"), ("KEKW", 310, 7, "11")]
    if rows.minute.time() > time(1, 10):  # else a part was yesterday
        today = [(item["name"], item["uses"], item["channel"]) for item in found["today"]]
        assert today[:2] == [("LUL", 546, "12"), ("KEKW", 439, "11")]
    page = text_of(http, "/emotes")
    assert 'href="/channels/kraken/emotes?emote=twitch:425618&amp;period=live"' in page
    assert "n1gg3rKek" not in page
    assert "503 uses" in http.get("/emotes/live").json()["html"]


def test_the_navigation_and_the_channels_page_lead_there(http: httpx.Client) -> None:
    assert '<a href="/emotes" aria-current="page">' in text_of(http, "/emotes")
    assert f'<a href="{PAGE}">Emotes</a>' in text_of(http, "/channels/lunaplays")
    assert http.get("/channels/11/emotes?period=day").headers["location"] == f"{PAGE}?period=day"


def test_a_channel_that_has_opted_out_is_nowhere(http: httpx.Client, rows: EmoteRows) -> None:
    rows.run("INSERT INTO watched_channels VALUES ('31', 'private', 'top', now())")
    secret: Key = ("7tv", "01SECRET", "secretEmote")
    rows.used("31", 2, {secret: {1: 9000}})
    assert "secretEmote" in text_of(http, "/channels/private/emotes")
    rows.run("SELECT opt_out_channel('31', '')")
    page, api = "/channels/private/emotes", "/api/v1/channels/private/emotes"
    lines = (f"{api}/events?emote=7tv:01SECRET", "/events?moment=&emotes=31")
    for path in (page, f"{page}/series.csv", f"{page}/live", api, f"{api}/series", *lines):
        assert http.get(path).status_code == 404, path
    board = http.get("/api/v1/emotes").json()
    assert "secretEmote" not in {item["name"] for item in board["now"] + board["today"]}
