"""The graph of emotes in Chromium: drawn and told by the script, live, searched, and whole without it."""

import re
from collections.abc import Callable, Iterator

import pytest
from end_to_end.pages.conftest import OpenPage
from integration.support.channel_rows import ChannelRows
from integration.support.site_emotes import EmoteRows, Key
from playwright.sync_api import Page, expect

TIMEOUT_MS = 15_000  # the machine may be busy
PHONE = {"width": 390, "height": 844}
KEKW: Key = ("7tv", "01KEKW", "KEKW")
LUL: Key = ("twitch", "425618", "LUL")
EZ: Key = ("bttv", "5590b223b344e2c42a9e28e3", "EZ")
LONG: Key = ("7tv", "01LONG", "W" * 500)
PAGE = "/channels/lunaplays/emotes"
TO_OTHERS = re.compile(r"^https://")  # pictures at the providers: here nobody answers
INK = """() => { const canvas = document.querySelector(".emote-graph canvas");
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.some((value) => value > 0); }"""
SHOWN = """() => [...document.querySelectorAll(".emote-picture img")].map(
    (each) => [each.currentSrc, each.checkVisibility({visibilityProperty: true})])"""


@pytest.fixture
def rows(dsn: str) -> Iterator[EmoteRows]:
    """A channel with two emotes in every minute of the last half hour, a moment, and an emote with an endless name."""
    channels, rows = ChannelRows(dsn), EmoteRows(dsn)
    channels.clear()
    channels.run("TRUNCATE watched_channels, streams, coverage, chat_counts")
    channels.watched("11", "lunaplays")
    channels.stream("11", 7200.0)
    channels.coverage("11", "joined", 300)
    with rows.at_once():
        rows.clear()
        for minute in range(1, 31):
            rows.used("11", minute, {KEKW: {3: 2, 20: 1}, LUL: {9: 1}}, people=2)
        rows.used("11", 10, {KEKW: {0: 44}, LONG: {5: 1}, EZ: {7: 1}}, people=9)
    rows.known("global", KEKW, "https://cdn.7tv.app/emote/01KEKW/2x.webp", is_animated=True)
    rows.known("11", LONG, "https://cdn.7tv.app/emote/01LONG/other", is_animated=True)
    channels.moment("m1", 590.0, channel_id="11", revision=3)
    channels.clip("m1", "made")
    channels.counted()
    channels.close()
    yield rows
    rows.close()


@pytest.fixture
def look(visit: OpenPage) -> Callable[..., Page]:
    """Visit a page of which the providers' pictures fail."""

    def no_pictures(page: Page) -> None:
        page.route(TO_OTHERS, lambda route: route.abort())

    def open_page(path: str, **context: object) -> Page:
        return visit(path, no_pictures, **context)

    return open_page


def loudest(page: Page) -> tuple[float, float]:
    """Return where on the screen the first emote's loudest point is now."""
    box = page.get_by_role("slider", name="Time on the graph").bounding_box()
    assert box is not None
    uses = page.evaluate("JSON.parse(document.querySelector('[data-lines]').dataset.lines).uses[0]")
    return box["x"] + box["width"] * (uses.index(44) + 0.5) / len(uses), box["y"] + 80


def test_it_opens_full_and_tells_its_steps_by_key_mouse_and_touch(look: Callable[..., Page], rows: EmoteRows) -> None:
    page = look(PAGE, viewport=PHONE, has_touch=True)
    names = page.locator(".lines .name")
    expect(names).to_have_text(["KEKW", "LUL", "W" * 39 + "…"])
    slider, told = page.get_by_role("slider", name="Time on the graph"), page.locator(".emote-graph .told .picked")
    assert page.evaluate(INK)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    slider.focus()
    page.keyboard.press("Home")
    expect(told).to_contain_text("KEKW\u2069 0", use_inner_text=True)
    page.keyboard.press("End")
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    for _ in range(20):  # the graph goes on by itself: the loudest point moves
        x, y = loudest(page)
        page.mouse.move(x, y)
        if "KEKW\u2069 44" in told.inner_text():
            break
    expect(told).to_contain_text("KEKW\u2069 44", use_inner_text=True)
    page.touchscreen.tap(*loudest(page))
    expect(told).to_contain_text("KEKW\u2069 44", use_inner_text=True)
    expect(slider).to_have_attribute("aria-valuetext", re.compile("44"))


@pytest.mark.parametrize("script", [True, False])
def test_steps_periods_and_emotes_are_in_the_address(look: Callable[..., Page], rows: EmoteRows, script: bool) -> None:
    page = look(f"{PAGE}?emote=7tv:01KEKW", java_script_enabled=script)
    assert page.locator(".emote-graph .plot").is_visible() is not script  # the script draws its own over it
    page.get_by_role("navigation", name="Step").get_by_role("link", name="1 min").click()
    expect(page).to_have_url(re.compile("step=60"))
    expect(page.locator("figcaption")).to_contain_text("Uses in each 1 min")
    page.get_by_role("link", name="Add LUL to the graph").click()
    expect(page.locator(".lines .name")).to_have_text(["KEKW", "LUL"])
    page.get_by_role("link", name="Take KEKW off the graph").first.click()
    expect(page.locator(".lines .name")).to_have_text(["LUL"])
    page.get_by_role("link", name="Day", exact=True).click()
    expect(page.locator("figcaption")).to_contain_text("Uses in each 5 min")
    page.get_by_text("As a table").click()
    expect(page.get_by_role("region", name="The graph as a table")).to_be_visible()
    page.locator(".emote-graph .marks a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chat erupted · LUL")


def test_a_use_appears_without_a_reload(look: Callable[..., Page], rows: EmoteRows) -> None:
    page = look(f"{PAGE}?period=live&emote=7tv:01KEKW&emote=twitch:425618")
    page.evaluate("window.stays = true")
    slider = page.get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("KEKW"))
    minutes_ago, second = rows.present()
    rows.used("11", minutes_ago, {KEKW: {second: 77}}, is_closed=False)
    expect(slider).to_have_attribute("aria-valuetext", re.compile("KEKW\u2069 77"), timeout=TIMEOUT_MS)
    assert page.evaluate("window.stays")


def test_without_the_live_line_it_asks(visit: OpenPage, rows: EmoteRows) -> None:
    def without_line(page: Page) -> None:
        page.clock.install()
        page.route(TO_OTHERS, lambda route: route.abort())
        page.route("**/events*", lambda route: route.fulfill(status=503))

    page = visit(f"{PAGE}?period=live&emote=7tv:01KEKW", without_line)
    with page.expect_response("**/emotes/live*") as answer:
        page.clock.run_for(20_000)
    assert "data-lines" in answer.value.json()["html"]
    assert rows.value("SELECT count(*) FROM emote_interest WHERE channel_id = '11'") in (0, 1)


def test_the_list_is_searched_while_one_types(look: Callable[..., Page], rows: EmoteRows) -> None:
    page = look(f"{PAGE}?emote=7tv:01KEKW")
    page.get_by_role("searchbox", name="Name of an emote").press_sequentially("lu")
    expect(page.locator("#emote-list .name")).to_have_text(["LUL"])
    expect(page).to_have_url(re.compile("q=lu"))
    page.get_by_role("searchbox").fill("")
    page.get_by_label("Provider").select_option("bttv")
    expect(page.locator("#emote-list .name")).to_have_text(["EZ"])
    expect(page.locator(".lines .name")).to_have_text(["KEKW"])


def test_the_csv_is_a_file(look: Callable[..., Page], rows: EmoteRows) -> None:
    page = look(f"{PAGE}?emote=7tv:01KEKW&step=60&period=hour")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert download.value.suggested_filename == "emotes-lunaplays.csv"
    assert "KEKW uses" in download.value.path().read_text()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_pictures_stand_still_where_that_is_asked_for(look: Callable[..., Page], rows: EmoteRows, motion: str) -> None:
    page = look(f"{PAGE}?emote=7tv:01KEKW&emote=7tv:01LONG", reduced_motion=motion)
    kekw, long = page.evaluate(SHOWN)[:2]
    assert kekw == [f"https://cdn.7tv.app/emote/01KEKW/2x{'_static' if motion == 'reduce' else ''}.webp", True]
    assert long[1] is (motion != "reduce")  # it has no picture that stands still
    expect(page.locator(".lines .name").first).to_be_visible()  # though its picture has failed


def test_what_is_used_most_leads_to_its_graph(look: Callable[..., Page], rows: EmoteRows) -> None:
    page = look("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Emotes").click()
    now = page.get_by_role("list", name="Now")
    expect(now.locator("li").first).to_contain_text("KEKW")
    now.get_by_role("link", name="KEKW").click()
    expect(page).to_have_url(re.compile(r"/channels/lunaplays/emotes\?emote=7tv:01KEKW&period=live"))
