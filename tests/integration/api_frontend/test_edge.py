"""What may be kept and for how long, and where robots and devices look."""

from datetime import datetime
from io import BytesIO
from xml.etree import ElementTree

import httpx
import pytest
from integration.support.api_frontend_process import Rows
from integration.support.outward import PAGES, PUBLIC, Head, edge_seconds
from PIL import Image

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML_LINK = "{http://www.w3.org/1999/xhtml}link"


@pytest.mark.parametrize("path", ["/feed.atom", "/moments/m001/card.png", "/card.png", "/sitemap.xml", "/robots.txt"])
def test_who_has_it_is_told_so(http: httpx.Client, path: str) -> None:
    first = http.get(path)
    assert first.status_code == 200
    again = http.get(path, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert http.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *PAGES,
        "/nowhere",
        "/moments/nothing",
        "/moments/open",
        "/feed.atom",
        "/feed.atom?channel=kraken",
        "/card.png",
        "/moments/m001/card.png",
        "/moments/open/card.png",
        "/sitemap.xml",
        "/robots.txt",
        "/api/v1/status",
    ],
)
def test_no_edge_cache_keeps_a_page_over_30_seconds(http: httpx.Client, path: str) -> None:
    for method in ("GET", "HEAD"):
        if (method, path) == ("HEAD", "/api/v1/status"):
            continue
        answer = http.request(method, path)
        assert answer.status_code in {200, 404}
        assert edge_seconds(answer.headers["cache-control"]) <= 30


def test_a_reader_keeps_the_card_of_a_closed_moment_for_an_hour(http: httpx.Client) -> None:
    assert http.get("/moments/m001/card.png").headers["cache-control"] == "public, max-age=3600, s-maxage=30"
    assert http.get("/moments/open/card.png").headers["cache-control"] == "public, max-age=30"


def test_the_sitemap_lists_pages_channels_and_moments(http: httpx.Client) -> None:
    root = ElementTree.fromstring(http.get("/sitemap.xml").content)
    found = {str(each.findtext(f"{SITEMAP}loc")): each.findtext(f"{SITEMAP}lastmod") for each in root}
    for path in (
        "/",
        "/about",
        "/status",
        "/uptime",
        "/emotes",
        "/discord",
        "/channels/kraken",
        "/moments/m001",
        "/moments/open",
    ):
        assert PUBLIC + path in found
    assert not any("s0" in address for address in found)
    assert all(datetime.fromisoformat(str(at)) for address, at in found.items() if "/moments/" in address)
    assert len(found) == 9 + 3 + 47


def test_the_sitemap_names_each_language_as_the_pages_do(http: httpx.Client) -> None:
    places = ElementTree.fromstring(http.get("/sitemap.xml").content).findall(f"{SITEMAP}url")
    named = {str(place.findtext(f"{SITEMAP}loc")): place.findall(XHTML_LINK) for place in places}
    assert {len(links) for links in named.values()} == {3}
    for path in ("/", "/docs", "/channels/kraken", "/moments/m001"):
        links = named[PUBLIC + path]
        assert {link.get("rel") for link in links} == {"alternate"}
        alternates = [each for each in Head(http.get(path).text).links["alternate"] if "hreflang" in each]
        assert {link.get("hreflang"): link.get("href") for link in links} == {
            each["hreflang"]: each["href"] for each in alternates
        }
    assert Head(http.get("/docs?lang=de").text).links["canonical"][0]["href"] == f"{PUBLIC}/docs?lang=de"


def test_robots_may_visit_pages_only(http: httpx.Client) -> None:
    lines = http.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /api/", "Disallow: /events", f"Sitemap: {PUBLIC}/sitemap.xml"} <= set(lines)


def test_the_sign_is_where_devices_look_for_it(http: httpx.Client) -> None:
    with Image.open(BytesIO(http.get("/favicon.ico").content)) as icon:
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    links = Head(http.get("/").text).links
    assert links["apple-touch-icon"][0]["href"] == "/apple-touch-icon.png"
    manifest = http.get(str(links["manifest"][0]["href"]))
    assert manifest.headers["content-type"] == "application/manifest+json"
    for each in [*manifest.json()["icons"], {"src": "/apple-touch-icon.png", "sizes": "180x180"}]:
        with Image.open(BytesIO(http.get(each["src"]).content)) as icon:
            assert f"{icon.width}x{icon.height}" == each["sizes"]


def test_a_hidden_moment_leaves_everything_at_once(http: httpx.Client, outward_rows: Rows) -> None:
    outward_rows.moment("secret", 3, channel_id="12", revision=3)
    tag = http.get("/moments/secret/card.png").headers["etag"]
    assert "/moments/secret" in http.get("/feed.atom").text
    outward_rows.hide("secret")
    assert http.get("/moments/secret/card.png", headers={"If-None-Match": tag}).status_code == 404
    assert "/moments/secret" not in http.get("/feed.atom").text
    assert "/moments/secret" not in http.get("/sitemap.xml").text
    outward_rows.forget("secret")
