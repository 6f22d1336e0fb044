"""Cards and tags: a pasted link looks good."""

from io import BytesIO
from urllib.parse import urlsplit

import httpx
import pytest
from integration.support.api_frontend_process import Rows, SiteProcess
from integration.support.outward import PAGES, PUBLIC, Head, check_tags
from PIL import Image


def check_picture(http: httpx.Client, head: Head) -> None:
    """Check the picture that a page's tags name, by the same rules."""
    address = urlsplit(head.tags["og:image"])
    answer = http.get(f"{address.path}?{address.query}")
    assert answer.headers["content-type"] == "image/png"
    assert len(answer.content) < 300_000
    with Image.open(BytesIO(answer.content)) as picture:
        picture.load()
        assert picture.format == "PNG"
        assert picture.size == (1200, 630)
        assert picture.size[0] / picture.size[1] < 4


@pytest.mark.parametrize("path", PAGES)
def test_a_pasted_link_looks_good(http: httpx.Client, path: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 200
    assert answer.content.index(b"</head>") < 300_000
    head = Head(answer.text)
    check_tags(head)
    check_picture(http, head)
    assert head.tags["og:url"].startswith(PUBLIC + path)
    canonical = head.tags["og:url"]
    assert Head(http.get(canonical.removeprefix(PUBLIC)).text).tags["og:url"] == canonical  # it leads to itself


def test_a_moments_tags_say_what_happened(http: httpx.Client) -> None:
    tags = Head(http.get("/moments/m001").text).tags
    assert tags["og:title"] == "Chat burst out laughing · LUL · Lunaplays"
    assert tags["og:description"] == "212 people at once, usually 14 (15×) in the chat of Lunaplays."
    assert tags["og:image"].startswith(f"{PUBLIC}/moments/m001/card.png?v=3.2")
    assert tags["og:type"] == "article"


def test_what_is_no_page_for_others_says_so(http: httpx.Client) -> None:
    for path in ("/nowhere", "/moments/s0?shadow=1"):
        head = Head(http.get(path).text)
        assert head.tags["robots"] == "noindex"
        assert "canonical" not in head.links
    assert http.get("/moments/s0/card.png").status_code == 404
    assert http.get("/moments/nothing/card.png").status_code == 404


def test_addresses_follow_the_name_only_if_it_is_ours(
    postgres_of_module: str, outward_rows: Rows, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = {"SITE_DOMAINS": "scout.example", "API_SITE_DOMAINS": "scout.example"}
    with SiteProcess(postgres_of_module, tmp_path_factory.mktemp("site"), **settings) as site:
        for host, root in (
            ("scout.example", "http://scout.example"),
            (f"localhost:{site.port}", site.url),
            ("evil.example", "https://scout.example"),
            ('"><script>', "https://scout.example"),
        ):
            page = httpx.get(f"{site.url}/about", headers={"Host": host})
            check_tags(Head(page.text), root)
            assert "evil.example" not in page.text
            assert f"Sitemap: {root}/sitemap.xml" in httpx.get(f"{site.url}/robots.txt", headers={"Host": host}).text
    with SiteProcess(
        postgres_of_module, tmp_path_factory.mktemp("site"), API_TRUST_CLOUDFLARE="true", **settings
    ) as site:
        page = httpx.get(f"{site.url}/about", headers={"Host": "scout.example"})
        check_tags(Head(page.text), "https://scout.example")


def test_drawing_is_limited_and_what_is_kept_is_free(
    postgres_of_module: str, outward_rows: Rows, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with SiteProcess(postgres_of_module, tmp_path_factory.mktemp("site"), API_RATE_LIMIT="3/hour") as site:
        answers = [httpx.get(f"{site.url}/moments/m00{number}/card.png") for number in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert int(answers[3].headers["retry-after"]) > 0
        assert httpx.get(f"{site.url}/moments/m000/card.png").status_code == 200
