"""A stream's recap in Chromium: on a phone, a desktop and 320 px, without its script, in a zone of its own, for axe."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from end_to_end.pages.every_page import axe_findings
from integration.support.api_frontend_process import SiteProcess
from integration.support.night import LOGIN, MINUTES, STREAM, TABLES, NightRows
from playwright.sync_api import Browser, Page, expect

TIMEOUT_MS = 15_000  # the machine may be busy
PAGE = f"/channels/{LOGIN}/streams/{STREAM}"
PHONE, DESKTOP, NARROW = ({"width": width, "height": 844} for width in (390, 1280, 320))
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALLEST = """() => Math.min(...[...document.querySelectorAll('.recap .act, .mark .around')].map(
    (each) => each.getBoundingClientRect().height || 99))"""  # what is hidden has no height
OpenPage = Callable[..., Page]


@pytest.fixture
def night(dsn: str) -> Iterator[NightRows]:
    """A night with everything in it."""
    night = NightRows(dsn)
    night.fresh()
    night.whole()
    yield night
    night.show_everything()
    night.run(f"TRUNCATE {TABLES} CASCADE")
    night.close()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP, NARROW], ids=["phone", "desktop", "320 px"])
def test_the_morning_after(visit: OpenPage, night: NightRows, viewport: dict[str, int]) -> None:
    page = visit(PAGE, viewport=viewport)
    expect(page.get_by_role("heading", level=1)).to_have_text("Chat erupted 9 times")
    assert page.evaluate(TOO_WIDE) <= 0
    first = page.locator(".peaks li").first
    expect(first.get_by_role("link", name="Clip")).to_have_attribute("href", "https://clips.twitch.tv/Night6")
    expect(page.locator("a.mark.named")).to_have_count(5)
    assert page.evaluate(SMALLEST) >= 24
    picture = page.locator(".night-picture img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 1200, timeout=TIMEOUT_MS)
    tapped = page.locator(".tapped a")
    expect(tapped).to_have_count(5)
    expect(tapped.first).to_have_attribute("href", "https://clips.twitch.tv/Night6")


def test_the_order_can_be_that_of_time(visit: OpenPage, night: NightRows) -> None:
    page = visit(PAGE, viewport=PHONE)
    page.get_by_role("link", name="In order of time").click()
    expect(page.locator(".peaks li").first).to_have_attribute("data-id", "night0")
    expect(page.get_by_role("link", name="In order of time")).to_have_attribute("aria-current", "true")


def test_the_curve_tells_its_minutes_to_keys(visit: OpenPage, night: NightRows) -> None:
    page = visit(PAGE, viewport=PHONE)
    slider, told = page.get_by_role("slider", name="Minute of the curve"), page.locator(".night .told")
    expect(slider).to_have_attribute("aria-valuemax", str(MINUTES - 1))
    slider.focus()
    page.keyboard.press("Home")
    expect(told).to_contain_text("people at", use_inner_text=True)
    for _ in range(11):
        page.keyboard.press("PageUp")
    expect(told).to_contain_text("Not read at", use_inner_text=True)  # the 110th minute


def test_times_are_the_visitors(visit: OpenPage, night: NightRows) -> None:
    """Half an hour off UTC's hours: the curve's labels and the list say the same clock."""
    page = visit(PAGE, timezone_id="Asia/Kolkata", locale="en-GB")
    at = night.at(201) + timedelta(hours=5, minutes=30)
    expect(page.locator(".peaks li").first).to_contain_text(f"{at:%H:%M}")
    assert all(each.endswith(":30") for each in page.locator(".night [data-clock]").all_text_contents())


def test_it_is_whole_without_its_script(visit: OpenPage, night: NightRows) -> None:
    page = visit(PAGE, viewport=PHONE, java_script_enabled=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Chat erupted 9 times")
    expect(page.locator(".night .plot .line")).to_be_visible()
    expect(page.locator("a.mark")).to_have_count(9)
    expect(page.locator(".peaks li")).to_have_count(9)
    page.get_by_role("link", name="In order of time").click()
    expect(page.locator(".peaks li").first).to_have_attribute("data-id", "night0")


def test_axe_finds_nothing(chromium: Browser, site: SiteProcess, night: NightRows) -> None:
    pages = {"Recap": PAGE, "Streams": f"/channels/{LOGIN}/streams"}
    for scheme, viewport in (("dark", PHONE), ("light", DESKTOP)):
        assert axe_findings(chromium, site.url, pages, viewport=viewport, color_scheme=scheme) == []


def test_what_is_hidden_leaves_an_open_page(visit: OpenPage, night: NightRows) -> None:
    page = visit(PAGE, viewport=PHONE)
    expect(page.locator(".peaks li")).to_have_count(9)
    night.hide("night6")
    expect(page.locator(".peaks li")).to_have_count(8, timeout=TIMEOUT_MS)
    expect(page.locator('[data-id="night6"]')).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Chat erupted 8 times")


def test_a_live_stream_grows_on_an_open_page(visit: OpenPage, night: NightRows) -> None:
    live = NightRows(night.dsn, timedelta(0), 40)
    live.begin("live1", is_live=True)
    live.chat()
    live.run("UPDATE pipeline_progress SET event_at = %s WHERE stage = 'job'", live.at(30.5))
    page = visit(f"/channels/{LOGIN}/streams/live1", viewport=PHONE)
    slider = page.get_by_role("slider", name="Minute of the curve")
    expect(slider).to_have_attribute("aria-valuemax", "29")
    live.run("UPDATE pipeline_progress SET event_at = %s WHERE stage = 'job'", live.at(40.5))
    expect(slider).to_have_attribute("aria-valuemax", "39", timeout=2 * TIMEOUT_MS)
    live.close()


def test_a_german_reads_german(visit: OpenPage, night: NightRows) -> None:
    page = visit(PAGE, viewport=NARROW, locale="de-DE")
    expect(page.get_by_role("heading", level=1)).to_have_text("Der Chat ist 9-mal explodiert")
    expect(page.get_by_role("heading", name="Stunde für Stunde")).to_be_visible()
    assert page.evaluate(TOO_WIDE) <= 0
    source = page.locator(".night-picture img").get_attribute("src")
    assert source is not None
    assert source.endswith("lang=de")
