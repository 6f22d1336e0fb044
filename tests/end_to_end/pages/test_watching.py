"""The viewing mode in Chromium: by keys, buttons and swipes, by itself, paused, and without JavaScript."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from integration.support.api_frontend_process import Rows
from playwright.sync_api import Page, Route, expect

PHONE = {"width": 390, "height": 844}
CLIPS = 26  # a page of a list has 24
LIST = "/watch?order=newest&period=all"
SECONDS = 28  # of each clip, as the rows have it
AFTER = 2
TICK_MS = 250  # between two looks of the page at its clock
TRIES, REAL_MS = 200, 50  # real time for a frame to load, while the page's stands still
SILENT_MS = 30_000  # without news from the server a page asks for itself
LEAST_HEIGHT = 300  # pixels: what Twitch wants of a player
OpenPage = Callable[..., Page]


@pytest.fixture(autouse=True)
def clips(rows: Rows, player: str) -> None:
    """Store clips c00, the newest, to c25, and a moment without one in front of them."""
    for number in range(CLIPS):
        rows.moment(f"c{number:02d}", ago_seconds=60 * (number + 2), revision=3, notify=False)
        rows.clip(f"c{number:02d}", "made", embed_url=f"{player}/embed?clip=c{number:02d}")
    rows.moment("none", ago_seconds=60, revision=3)


def shows(page: Page, moment_id: str) -> None:
    """Wait until the page shows this clip."""
    expect(page.locator("#watch")).to_have_attribute("data-id", moment_id)


def plays(page: Page, moment_id: str) -> None:
    """Wait until the clip plays."""
    expect(page.frame_locator("iframe").locator("#asked")).to_contain_text(f"clip={moment_id}&")


def test_keys_lead_on_until_the_player_has_them(visit: OpenPage) -> None:
    page = visit(LIST)
    shows(page, "c00")
    for key, moment_id in (("ArrowRight", "c01"), ("n", "c02"), ("ArrowLeft", "c01")):
        page.keyboard.press(key)
        shows(page, moment_id)
    page.get_by_role("link", name="Play the clip").click()
    plays(page, "c01")
    page.keyboard.press("ArrowRight")  # a player stands there; the keys stay with the page
    shows(page, "c02")
    plays(page, "c02")
    taken = page.get_by_role("button", name="Take the keys back")
    expect(taken).to_be_hidden()
    page.frame_locator("iframe").locator("#asked").click()
    expect(taken).to_be_visible()
    page.keyboard.press("ArrowRight")
    shows(page, "c02")
    taken.click()
    expect(taken).to_be_hidden()
    page.keyboard.press("ArrowRight")
    shows(page, "c03")
    page.get_by_role("link", name="Open on Twitch").focus()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "watch"


def test_buttons_lead_through_every_batch_and_back_to_the_list(visit: OpenPage) -> None:
    page = visit(f"{LIST}&moment=c23")
    following = page.get_by_role("link", name="Next")
    for moment_id in ("c24", "c25"):
        following.click()
        shows(page, moment_id)
    page.reload()
    shows(page, "c25")  # the address names what is shown
    expect(page.get_by_text("That was all")).to_be_visible()
    expect(following).to_have_count(0)
    for moment_id in ("c24", "c23"):
        page.get_by_role("link", name="Previous").click()
        shows(page, moment_id)
    page.get_by_role("link", name="List").click()
    assert page.url.endswith("/best?period=all&order=newest")
    page.get_by_role("link", name="Watch one after another").click()
    shows(page, "c00")


def test_a_swipe_over_the_strip_leads_on(visit: OpenPage) -> None:
    page = visit(LIST, viewport=PHONE)
    box = page.locator(".strip").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] - 20

    def swipe(start: float, end: float) -> None:
        page.mouse.move(box["x"] + start, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + end, middle, steps=4)
        page.mouse.up()

    swipe(250, 60)
    shows(page, "c01")
    swipe(60, 250)
    shows(page, "c00")
    swipe(100, 90)  # a tap
    shows(page, "c00")


def begins_to_count(page: Page) -> None:
    """Let time pass until the clip's time is counted, from when its frame is loaded."""
    told = page.locator(".onward")
    for _ in range(TRIES):
        page.clock.run_for(TICK_MS)
        if "Next in" in (told.text_content() or ""):
            return
        page.wait_for_timeout(REAL_MS)
    expect(told).to_contain_text("Next in", timeout=1)


def test_it_goes_on_by_itself_and_can_be_paused(visit: OpenPage) -> None:
    page = visit(LIST, before=lambda page: page.clock.install())
    page.clock.pause_at(time.time() + 5)  # a slow machine's own seconds do not count
    page.clock.run_for((SECONDS + AFTER) * 1000)
    shows(page, "c00")  # nothing plays yet
    page.get_by_role("link", name="Play the clip").click()
    plays(page, "c00")
    begins_to_count(page)
    page.clock.run_for((SECONDS - 5) * 1000)
    shows(page, "c00")
    page.clock.run_for((5 + AFTER) * 1000)
    shows(page, "c01")
    plays(page, "c01")
    begins_to_count(page)
    onward = page.get_by_role("button", name="Go on by itself")
    onward.click()
    expect(onward).to_have_attribute("aria-pressed", "false")
    page.clock.run_for(2 * (SECONDS + AFTER) * 1000)
    expect(page.locator(".onward")).to_have_text("")
    shows(page, "c01")
    onward.click()
    page.clock.run_for((SECONDS + AFTER) * 1000)
    shows(page, "c02")


def test_a_late_answer_about_the_clip_before_is_dropped(visit: OpenPage) -> None:
    asked: list[Route] = []
    page = visit(LIST, before=lambda page: page.clock.install())
    shows(page, "c00")
    page.route(lambda address: "fresh=" in address, lambda route: asked.append(route))
    page.clock.pause_at(time.time() + 5)
    page.clock.run_for(SILENT_MS)
    page.keyboard.press("ArrowRight")
    shows(page, "c01")
    assert asked, "a page that heard nothing for so long asks"
    with page.expect_response(lambda answer: "fresh=" in answer.url) as late:
        asked[0].continue_()
    late.value.finished()
    page.wait_for_timeout(4 * REAL_MS)
    shows(page, "c01")


@pytest.mark.parametrize("viewport", [PHONE, {"width": 844, "height": 390}, {"width": 1280, "height": 800}])
def test_the_player_is_high_enough(visit: OpenPage, viewport: dict[str, int]) -> None:
    page = visit(LIST, viewport=viewport)
    expect(page.get_by_role("link", name="Open on Twitch")).to_have_attribute("href", "https://clips.twitch.tv/Clip1")
    box = page.locator(".player").bounding_box()
    assert box is not None
    assert box["height"] >= LEAST_HEIGHT
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_it_is_complete_without_javascript(visit: OpenPage) -> None:
    context: dict[str, Any] = {"java_script_enabled": False, "viewport": PHONE}
    page = visit("/best?period=all&order=newest", **context)
    page.get_by_role("link", name="Watch one after another").click()
    for moment_id in ("c01", "c02"):
        page.get_by_role("link", name="Next").click()
        shows(page, moment_id)
    page.get_by_role("link", name="Previous").click()
    shows(page, "c01")
    expect(page.get_by_role("link", name="Play the clip")).to_have_attribute("href", "https://clips.twitch.tv/Clip1")
    assert page.locator("#watch button").count() == page.locator("#watch button:not(:visible)").count() == 3
    page.get_by_role("link", name="List").click()
    expect(page.locator("#m-none")).to_be_visible()  # the list as it was
