"""Atom of any list (RFC 4287)."""

from xml.etree import ElementTree

import httpx
from integration.support.api_frontend_process import Rows
from integration.support.outward import ATOM, PUBLIC, Head, check_element, entries, text_of


def test_the_feed_is_valid_atom(http: httpx.Client) -> None:
    answer = http.get("/feed.atom")
    root = ElementTree.fromstring(answer.content)
    check_element(root)
    for entry in entries(answer):
        check_element(entry)
        content = entry.find(ATOM + "content")
        assert content is not None
        assert content.get("type") == "html"
        assert (content.text or "").startswith("<p>")  # escaped once in the feed, markup for its reader
    ids = [text_of(entry, "id") for entry in entries(answer)]
    assert len(ids) == len(set(ids)) == 24
    relations = {link.get("rel"): link.get("href") for link in root.findall(ATOM + "link")}
    assert str(relations["self"]).startswith(f"{PUBLIC}/feed.atom?")
    assert set(relations) == {"self", "alternate", "next"}


def test_the_feeds_next_page_goes_on(http: httpx.Client) -> None:
    first = http.get("/feed.atom")
    (address,) = [
        link.get("href")
        for link in ElementTree.fromstring(first.content).findall(ATOM + "link")
        if link.get("rel") == "next"
    ]
    second = http.get(str(address).removeprefix(PUBLIC))
    both = [text_of(entry, "id") for answer in (first, second) for entry in entries(answer)]
    assert len(both) == len(set(both)) == 47  # all but the experimental one
    feed_ids = {text_of(ElementTree.fromstring(answer.content), "id") for answer in (first, second)}
    assert len(feed_ids) == 1


def test_a_feed_takes_the_lists_parameters(http: httpx.Client) -> None:
    kraken = entries(http.get("/feed.atom?channel=kraken"))
    assert len(kraken) == 15
    assert all(text_of(entry, "title").startswith("Kraken: Chat burst out laughing") for entry in kraken)
    assert [text_of(entry, "title") for entry in entries(http.get("/feed.atom?clips=1"))] == [
        "Lunaplays: Chat burst out laughing · LUL"
    ]
    assert entries(http.get("/feed.atom?mood=awe")) == []
    assert http.get("/feed.atom?channel=nobody").status_code == 404
    ids = {text_of(ElementTree.fromstring(http.get(f"/feed.atom{q}").content), "id") for q in ("", "?clips=1")}
    assert len(ids) == 2


def test_an_entrys_id_stays_and_its_time_moves(http: httpx.Client, outward_rows: Rows) -> None:
    outward_rows.moment("moves", 10_000, revision=1, channel_id="12", causes=["vote"])
    (before,) = entries(http.get("/feed.atom?cause=vote"))
    outward_rows.moment("moves", 10_000, revision=3, channel_id="12", causes=["vote"])
    (after,) = entries(http.get("/feed.atom?cause=vote"))
    assert text_of(before, "id") == text_of(after, "id")
    assert text_of(before, "updated") <= text_of(after, "updated")
    outward_rows.forget("moves")


def test_a_feed_changes_its_tag_with_a_moment(http: httpx.Client, outward_rows: Rows) -> None:
    tag = http.get("/feed.atom?channel=kraken").headers["etag"]
    outward_rows.moment("fresh", 1, channel_id="12")
    answer = http.get("/feed.atom?channel=kraken", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    outward_rows.forget("fresh")


def test_the_best_are_a_feed_as_well(http: httpx.Client) -> None:
    found = entries(http.get("/feed.atom?order=best&period=week"))
    listed = http.get("/best?order=best&period=week").text
    assert found
    for entry in found:
        link = next(each for each in entry.findall(ATOM + "link") if each.get("rel") == "alternate")
        assert str(link.get("href")).removeprefix(PUBLIC) in listed


def test_a_visitors_time_zone_makes_a_feed_their_own(http: httpx.Client) -> None:
    told = {"Cookie": "tz=Europe/Berlin"}
    assert http.get("/feed.atom?period=today", headers=told).headers["cache-control"].startswith("private")
    named = http.get("/feed.atom?period=today&tz=Asia/Tokyo", headers=told)
    assert named.headers["cache-control"] == "public, max-age=30"


def test_lists_name_their_feed(http: httpx.Client) -> None:
    alternates = Head(http.get("/best?clips=1").text).links["alternate"]
    (found,) = [each for each in alternates if each.get("type") == "application/atom+xml"]
    assert str(found["href"]).startswith(f"{PUBLIC}/feed.atom?clips=1")
    assert len(entries(http.get(str(found["href"]).removeprefix(PUBLIC)))) == 1


def test_a_hostile_name_breaks_no_feed(http: httpx.Client) -> None:
    (entry,) = entries(http.get("/feed.atom?cause=raid"))
    title = text_of(entry, "title")
    assert title.startswith("Eve <script>alert(1)</script>")  # as text: a feed's title is no markup
    assert len(title) < 100
    assert "\u202e" not in title
    content = entry.find(ATOM + "content")
    assert content is not None
    assert "<script" not in (content.text or "")
    assert "&lt;script&gt;" in (content.text or "")
