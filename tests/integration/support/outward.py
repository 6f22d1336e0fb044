"""What the site tells other programs, read as they read it."""

from datetime import datetime
from html.parser import HTMLParser
from xml.etree import ElementTree

import httpx

ATOM = "{http://www.w3.org/2005/Atom}"
PUBLIC = "https://scout.example"
EVIL = "Eve\u202e\u0007 <script>alert(1)</script> \N{FACE WITH TEARS OF JOY} & " + "x" * 10_000
PAGES = (
    "/",
    "/best?clips=1",
    "/moments/m001",
    "/moments/evil",
    "/channels/kraken",
    "/discord",
    "/about",
    "/status",
    "/uptime",
    "/docs",
)


class Head(HTMLParser):
    """The tags of a page's head: `og` and `twitter` by name, links by their relation."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: dict[str, str] = {}
        self.links: dict[str, list[dict[str, str | None]]] = {}
        self.feed(page.partition("</head>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("property") or found.get("name")
        if tag == "meta" and name:
            assert name not in self.tags, f"{name} stands twice"
            self.tags[name] = found["content"] or ""
        if tag == "link":
            self.links.setdefault(found["rel"] or "", []).append(found)


def text_of(element: ElementTree.Element, name: str) -> str:
    """The text of a child of Atom's."""
    child = element.find(ATOM + name)
    assert child is not None, name
    return child.text or ""


def entries(answer: httpx.Response) -> list[ElementTree.Element]:
    """The entries of a feed, parsed by a strict parser."""
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content).findall(ATOM + "entry")


def check_element(element: ElementTree.Element) -> None:
    """Check what RFC 4287 demands of a feed (4.1.1) and of an entry (4.1.2): one id, title and updated; absolute links.

    `updated` is a date of RFC 3339 (3.3); of links with one relation and type there is one (4.1.1).
    """
    for name in ("id", "title", "updated"):
        assert len(element.findall(ATOM + name)) == 1, name
        assert text_of(element, name)
    assert text_of(element, "id").startswith("urn:uuid:")
    assert datetime.fromisoformat(text_of(element, "updated")).tzinfo is not None
    links = [(link.get("rel"), link.get("type")) for link in element.findall(ATOM + "link")]
    assert len(links) == len(set(links))
    assert all(str(link.get("href")).startswith(f"{PUBLIC}/") for link in element.findall(ATOM + "link"))
    assert element.find(f"{ATOM}author/{ATOM}name") is not None


def check_tags(head: Head, root: str = PUBLIC) -> None:
    """Check a page's tags against what their readers publish.

    X (developer.x.com/en/docs/x-for-websites/cards/overview/markup): twitter:title at most 70 characters,
    twitter:description 200, twitter:image:alt 420; summary_large_image takes PNG under 5 MB, 300 x 157 to 4096 x 4096,
    shown at 2:1. Discord (discord.com/developers/docs/resources/message, embed limits): title 256, description 4096;
    a large picture needs summary_large_image. Open Graph (ogp.me): title, type, image and url are required, and
    addresses are absolute. WhatsApp publishes few numbers; what is known is an absolute https address of a picture of
    at least 300 x 200, no wider than 4:1, under 300 KB (above that senders report none is shown), and that a preview
    reads the first 300 KB of the page.
    """
    tags = head.tags
    assert 0 < len(tags["twitter:title"]) <= 70
    assert 0 < len(tags["og:title"]) <= 70
    assert 0 < len(tags["twitter:description"]) <= 200
    assert 0 < len(tags["og:description"]) <= 200
    assert 0 < len(tags["twitter:image:alt"]) <= 420
    assert tags["twitter:card"] == "summary_large_image"
    assert tags["og:type"] in {"website", "article"}
    for name in ("og:url", "og:image", "twitter:image"):
        assert tags[name].startswith(f"{root}/"), name
    (canonical,) = head.links["canonical"]
    assert canonical["href"] == tags["og:url"]
    assert (tags["og:image:type"], tags["og:image:width"], tags["og:image:height"]) == ("image/png", "1200", "630")


def edge_seconds(cache_control: str) -> float:
    """How long an edge cache may keep an answer (RFC 9111, 5.2.2): s-maxage before max-age; none if it is private."""
    told = dict(part.strip().partition("=")[::2] for part in cache_control.lower().split(","))
    if {"private", "no-store", "no-cache"} & set(told):
        return 0
    return float(told.get("s-maxage") or told.get("max-age") or "inf")
