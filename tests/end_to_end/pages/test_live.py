"""Open pages in Chromium: new cards wait, a moment's page changes in place, and time passes on every page."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from integration.support.api_frontend_process import DEADLINE, Rows, evidence
from playwright.sync_api import Page, Route, expect

from embedded.processes.waiting import wait_for

PHONE = {"width": 390, "height": 844}
TIMEOUT_MS = 15_000  # the machine may be busy
POLLED_MS = 30_000  # a page without news asks every ten seconds
MOST_SHIFT = 0.05
SHIFTS = """new Promise((done) => new PerformanceObserver((list) => done(
    list.getEntries().reduce((sum, entry) => sum + (entry.hadRecentInput ? 0 : entry.value), 0)
)).observe({ type: "layout-shift", buffered: true }) || setTimeout(() => done(0), 500))"""
OpenPage = Callable[..., Page]


def place_of(page: Page, card: str) -> tuple[float, float]:
    """Where a card is."""
    box = page.locator(card).bounding_box()
    assert box is not None
    return box["x"], box["y"]


def test_the_first_card_appears_and_changes_in_its_place(visit: OpenPage, rows: Rows) -> None:
    page = visit()
    expect(page.get_by_role("heading", name="No moments yet")).to_be_visible()
    page.evaluate("window.notReloaded = true")
    rows.moment("m1", revision=1)
    card = page.locator("#m-m1")
    expect(card).to_contain_text("Chat erupted · LUL", timeout=TIMEOUT_MS)
    expect(card).to_contain_text("Deciding…")
    expect(page.locator("#empty")).to_have_count(0)
    rows.moment("m1", revision=2, mood="laughter")
    expect(card).to_contain_text("Chat burst out laughing · LUL")
    rows.clip("m1", "intent", revision=1)
    expect(card).to_contain_text("Clip in about")
    rows.clip("m1", "made", revision=2)
    expect(card.locator(".play")).to_contain_text("0:28")
    assert page.evaluate("window.notReloaded")


@pytest.mark.parametrize("scrolled", [0, 700])
def test_new_cards_wait_behind_the_pill_and_nothing_moves(visit: OpenPage, rows: Rows, scrolled: int) -> None:
    for number in range(12):
        rows.moment(f"old{number}", ago_seconds=120 + number, revision=3)
    page = visit("/best?order=newest", viewport=PHONE)
    page.evaluate(f"scrollTo(0, {scrolled})")
    before = place_of(page, "#m-old3")
    for number in range(3):
        rows.moment(f"new{number}-{scrolled}", revision=3)
    pill = page.get_by_role("button", name="3 new")
    expect(pill).to_be_visible(timeout=TIMEOUT_MS)
    assert page.locator(f"#m-new0-{scrolled}").count() == 0
    assert place_of(page, "#m-old3") == before
    assert page.evaluate(SHIFTS) < MOST_SHIFT
    pill.click()
    expect(page.locator("#moments .card").first).to_have_attribute("data-id", f"new2-{scrolled}")
    expect(page.locator(f"#m-new2-{scrolled} h2 a")).to_be_focused()
    expect(pill).to_have_count(0)
    expect(page.locator(f"#m-new2-{scrolled}")).to_be_in_viewport()


def test_of_the_best_only_what_belongs_waits_behind_the_pill(visit: OpenPage, rows: Rows) -> None:
    for channel in range(12, 18):
        rows.channel(str(channel), f"channel{channel}")
    for number in range(12):
        rows.moment(f"old{number}", 120 + number, revision=3, expected=14.0, channel_id=str(11 + number % 4))
    page = visit("/best?period=week", viewport=PHONE)
    page.evaluate("scrollTo(0, 700)")
    before = place_of(page, "#m-old3")
    rows.moment("weaker", revision=3, expected=60.0, channel_id="11")  # the channel has three that are better
    for channel in ("15", "16"):
        rows.moment(f"better{channel}", revision=3, expected=5.0, channel_id=channel)
    rows.moment("worse17", revision=3, expected=60.0, channel_id="17")
    pill = page.get_by_role("button", name="3 new")
    expect(pill).to_be_visible(timeout=TIMEOUT_MS)
    assert place_of(page, "#m-old3") == before
    assert page.evaluate(SHIFTS) < MOST_SHIFT
    pill.click()
    cards = page.locator("#moments .card")
    expect(cards).to_have_count(15)
    ids = cards.evaluate_all("(all) => all.map((card) => card.dataset.id)")
    assert (ids[:2], ids[-1]) == (["better16", "better15"], "worse17")
    page.reload()
    assert cards.evaluate_all("(all) => all.map((card) => card.dataset.id)") == ids


def test_a_moments_page_takes_each_revision_and_the_clip(visit: OpenPage, rows: Rows, player: str) -> None:
    rows.moment("m1", revision=1)
    page = visit("/moments/m1")
    page.evaluate("window.notReloaded = true")
    page.get_by_text("Details: messages, score").click()
    slider = page.get_by_role("slider", name="Second of the curve")
    slider.focus()
    page.keyboard.press("Home")
    first = page.locator("#told").inner_text()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chat erupted · LUL")
    expect(page.locator("#player")).to_contain_text("Deciding…")
    louder = evidence(0, 40.0)
    louder = msgspec.structs.replace(louder, chatters=[2] * 40 + [80] + [2] * 49, window_chatters=310)
    rows.moment("m1", revision=2, mood="laughter", evidence=louder)
    expect(page.get_by_role("heading", level=1)).to_have_text("Chat burst out laughing · LUL", timeout=TIMEOUT_MS)
    expect(page.locator(".moment .intro .numbers")).to_have_text("310 people at once, usually 40 (8×)")
    expect(page.locator("#written")).to_contain_text("31%")  # 96 of 310
    expect(page.locator("circle.loudest")).to_have_attribute("data-second", "40")
    expect(slider).to_be_focused()
    expect(page.locator("#details")).to_have_attribute("open", "")
    assert page.locator("#told").inner_text() != first  # the reader's second, of the new curve
    rows.clip("m1", "intent", revision=1)
    expect(page.locator("#player")).to_contain_text("Clip in about")
    rows.clip("m1", "made", revision=2, embed_url=f"{player}/embed?clip=Clip1")
    expect(page.get_by_role("link", name="Play the clip")).to_be_visible(timeout=TIMEOUT_MS)
    expect(slider).to_be_focused()
    assert page.evaluate("window.notReloaded")


def test_a_clip_that_plays_goes_on_playing(visit: OpenPage, rows: Rows, player: str) -> None:
    rows.moment("m1", revision=2)
    rows.clip("m1", "made", embed_url=f"{player}/embed?clip=Clip1")
    page = visit("/moments/m1")
    page.get_by_role("link", name="Play the clip").click()
    expect(page.frame_locator("iframe").locator("#asked")).to_be_visible()
    page.evaluate("window.frame = document.querySelector('iframe')")
    rows.moment("m1", revision=3, mood="awe")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chat was amazed · LUL", timeout=TIMEOUT_MS)
    assert page.evaluate("window.frame === document.querySelector('iframe')")


def test_the_curve_tells_its_seconds_by_key_mouse_and_touch(visit: OpenPage, rows: Rows) -> None:
    rows.moment("m1", revision=3)
    page = visit("/moments/m1", viewport=PHONE, has_touch=True)
    told, slider = page.locator("#told"), page.get_by_role("slider")
    expect(told).to_contain_text("50 people in the loudest second", use_inner_text=True)
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(told).to_contain_text("35 people", use_inner_text=True)
    expect(slider).to_have_attribute("aria-valuenow", "60")
    page.keyboard.press("Home")
    expect(told).to_contain_text("2 people", use_inner_text=True)
    expect(page.locator(".u-cursor-pt").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(told).to_contain_text("50 people in the loudest second", use_inner_text=True)
    slider.blur()
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    unread = box["x"] + box["width"] * 22.5 / 90
    page.mouse.move(unread, box["y"] + 50)
    expect(told).to_contain_text("Not read at", use_inner_text=True)
    page.mouse.move(box["x"] + 5, box["y"] - 40)
    expect(told).to_contain_text("loudest", use_inner_text=True)
    page.touchscreen.tap(box["x"] + box["width"] * 58.5 / 90, box["y"] + 50)
    expect(told).to_contain_text("25 people", use_inner_text=True)


def test_the_box_goes_quiet_when_a_moment_is_over(visit: OpenPage, rows: Rows) -> None:
    rows.moment("m1", ago_seconds=135, revision=2, expected=40.0, mood="laughter")  # over after 150 s
    page = visit()
    expect(page.locator("#now .on")).to_contain_text("212 people at once, usually 40 (5×)")
    expect(page.locator("#now .on")).to_contain_text("Chat is laughing")
    expect(page.locator("#now .off")).to_be_hidden()
    rows.clip("m1", "intent", revision=1)
    expect(page.locator("#now .on")).to_contain_text("Clip in about", timeout=TIMEOUT_MS)
    expect(page.locator("#now .on")).to_be_hidden(timeout=TIMEOUT_MS + 5_000)
    expect(page.locator("#now .off")).to_contain_text("Quiet right now. Last: Lunaplays", use_inner_text=True)


@pytest.mark.parametrize("path", ["/", "/docs", "/moments/nothing"])
def test_the_age_of_the_data_moves_on_every_page(visit: OpenPage, rows: Rows, path: str) -> None:
    page = visit(path)
    age = page.locator("#freshness time")
    expect(age).to_contain_text("s ago", timeout=TIMEOUT_MS)
    first = age.inner_text()
    expect(age).not_to_have_text(first)
    rows.progress(age_seconds=600)
    expect(page.locator("#freshness")).to_contain_text("Nothing new has been read since", timeout=TIMEOUT_MS)
    rows.progress()


@pytest.mark.parametrize("path", ["/best?order=newest", "/moments/m1"])
def test_without_the_live_line_the_page_asks(visit: OpenPage, rows: Rows, path: str) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=503, body="")

    rows.moment("m1", revision=1)
    page = visit(path, before=lambda page: page.route("**/events*", refuse))
    rows.moment("m1", revision=2, mood="laughter")
    rows.moment("m2", ago_seconds=1)
    expect(page.get_by_role("main")).to_contain_text("Chat burst out laughing", timeout=POLLED_MS)
    if path != "/moments/m1":
        expect(page.get_by_role("button", name="1 new")).to_be_visible(timeout=POLLED_MS)


def test_a_saved_moment_is_found_again(visit: OpenPage, rows: Rows) -> None:
    rows.moment("m1", revision=3)
    page = visit()
    heart = page.locator("#m-m1").get_by_role("button", name="Save this moment")
    expect(heart).to_have_attribute("aria-pressed", "false")
    with page.expect_response("**/verdict"):
        heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Saved").click()
    expect(page.locator("#m-m1")).to_contain_text("Chat erupted")
    with page.expect_response("**/verdict"):
        page.get_by_role("button", name="Save this moment").click()
    page.reload()
    expect(page.get_by_role("heading", name="Nothing is saved yet")).to_be_visible()


def test_a_verdict_stays_after_a_reload_and_is_taken_back(visit: OpenPage, rows: Rows) -> None:
    rows.moment("m1", revision=3)
    page = visit("/moments/m1")
    good, bad = (page.get_by_role("button", name=name, exact=True) for name in ("Good one", "Not really"))
    good.click()
    expect(page.locator("#voices")).to_have_text("Good one: 1")
    bad.click()
    expect(page.locator("#voices")).to_have_text("Not really: 1")
    page.reload()
    expect(bad).to_have_attribute("aria-pressed", "true")
    expect(good).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#voices")).to_have_text("Not really: 1")
    page.evaluate("localStorage.clear()")  # the server knows as well
    page.goto(f"{page.url}/verdict")
    expect(page.get_by_text("You say: not really.")).to_be_visible()
    expect(bad).to_have_attribute("aria-pressed", "true")
    with page.expect_response("**/verdict"):
        bad.click()
    expect(bad).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(page.get_by_text("You have not said anything about it.")).to_be_visible()


def test_a_verdict_that_does_not_arrive_is_not_shown(visit: OpenPage, rows: Rows) -> None:
    rows.moment("m1", revision=3)
    page = visit("/moments/m1")
    page.route("**/verdict", lambda route: route.abort())
    good = page.get_by_role("button", name="Good one")
    good.click()
    expect(page.get_by_role("alert")).to_contain_text("did not reach the site")
    expect(good).to_have_attribute("aria-pressed", "false")


def test_verdicts_and_saved_work_without_javascript(visit: OpenPage, rows: Rows) -> None:
    rows.moment("m1", revision=3)
    page = visit("/moments/m1", java_script_enabled=False)
    page.get_by_role("button", name="Good one").click()
    expect(page.get_by_text("You say: good one.")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("It is among what you saved.")).to_be_visible()
    page.get_by_role("link", name="What you saved").click()
    expect(page.locator("#saved #m-m1")).to_be_visible()
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("heading", name="Nothing is saved yet")).to_be_visible()


def test_the_link_is_copied(visit: OpenPage, rows: Rows) -> None:
    rows.moment("m1", revision=3)
    page = visit("/moments/m1", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_a_hidden_moment_leaves_open_pages(visit: OpenPage, rows: Rows) -> None:
    for number in range(3):
        rows.moment(f"m{number}", ago_seconds=10 + number, revision=3)
    page = visit()
    expect(page.locator("#m-m1")).to_be_visible()
    rows.hide("m1")
    expect(page.locator("#m-m1")).to_have_count(0, timeout=TIMEOUT_MS)
    wait_for("it is gone for good", lambda: page.request.get(f"{page.url}moments/m1").status == 404, DEADLINE)
    box = page.locator("#now")
    expect(box.locator("a[href='/moments/m0']")).not_to_have_count(0)
    rows.hide("m0")
    expect(box.locator("a[href='/moments/m0']")).to_have_count(0, timeout=TIMEOUT_MS)
    expect(box.locator("a[href='/moments/m2']")).not_to_have_count(0)


def test_names_cannot_break_a_page(visit: OpenPage, rows: Rows) -> None:
    nasty: dict[str, Any] = {"mood": '"><img src=x onerror=alert(1)>', "causes": ["<b>"]}
    rows.moment("m1", revision=3, **nasty)
    page = visit("/moments/m1")
    assert page.locator("main b, main img").count() == 0
