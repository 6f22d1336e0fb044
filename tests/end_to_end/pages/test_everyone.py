"""Every page for everyone: narrow, enlarged, by keyboard alone, without motion, dark and light, and for axe-core."""

import re
from collections.abc import Iterator

import httpx
import pytest
from end_to_end.pages.every_page import DESKTOP, PAGES, PHONE, axe_findings
from integration.support.api_frontend_process import SiteProcess
from integration.support.channel_rows import ChannelRows
from integration.support.english import ENGLISH
from integration.support.example_site import example_site
from playwright.sync_api import Browser, Page, expect

TIMEOUT_MS = 15_000  # the machine may be busy
FOR_AXE = ("Now", "Best, narrowed", "Moment", "Watch", "Verdict", "Channel", "Channels", "Uptime")
WITH_EMOTES = ("Emotes", "Channel's emotes, live")
ENLARGED = ("Now", "Best", "Moment", "Watch", "Channel", "Status", "Uptime")
MOST_SHIFT = 0.05
FRESHNESS_AGE = '<time datetime="'
FRESH_BY_SCRIPT = ("API", "Not found")  # a page that is the same for an hour, and one that asks Postgres nothing
TOO_WIDE = """() => { for (const each of document.querySelectorAll("details")) each.open = true;
    return document.documentElement.scrollWidth - document.documentElement.clientWidth; }"""
SAID = """() => { const texts = [], skip = "script, style, code, pre, .name, body [lang]:not([lang=de])";
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(skip)) texts.push(walker.currentNode.data);
    for (const each of document.querySelectorAll("[aria-label], [title], [alt], [placeholder], [aria-valuetext]"))
        for (const name of ["aria-label", "title", "alt", "placeholder", "aria-valuetext"])
            if (!each.closest(skip)) texts.push(each.getAttribute(name) ?? "");
    return [document.title, ...texts].map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean); }"""
ENGLISH_WORDS = re.compile(r"\b(the|and|of|is|are|with|ago|people|usually|updated|watched|today)\b")
WATCH_SHIFTS = """addEventListener("DOMContentLoaded", () => {
    window.shifted = 0;
    const add = (entries) => entries.forEach((each) => { if (!each.hadRecentInput) window.shifted += each.value; });
    const observer = new PerformanceObserver((list) => add(list.getEntries()));
    observer.observe({ type: "layout-shift", buffered: true });
    window.shiftsSoFar = () => { add(observer.takeRecords()); return window.shifted; };
})"""
UNEVEN = """() => { const box = (selector) => document.querySelector(selector).getBoundingClientRect();
    return [box("#freshness").left - box("h1").left, box("footer nav").top - box("footer .languages").top]; }"""
OUTLINE = """() => { const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2; }"""
FOCUSED = "document.activeElement.textContent.trim()"
MOVING = """() => document.getAnimations().length + [...document.querySelectorAll("*")].map(getComputedStyle).filter(
    (style) => parseFloat(style.animationDuration) || parseFloat(style.transitionDuration)
).length"""
PUSH = "document.querySelector('main').style.paddingTop = '300px'"


@pytest.fixture(scope="module")
def examples(
    postgres_of_module: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[SiteProcess, ChannelRows]]:
    """A site filled with examples, and what writes its rows."""
    with example_site(postgres_of_module, tmp_path_factory.mktemp("examples")) as (site, rows):
        yield site, rows


@pytest.fixture(scope="module")
def url(examples: tuple[SiteProcess, ChannelRows]) -> str:
    return examples[0].url


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport=PHONE, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    yield page
    context.close()


def test_no_page_is_wider_than_320_pixels(chromium: Browser, url: str) -> None:
    page = chromium.new_page(viewport={"width": 320, "height": 640})
    wide = {}
    for name, address in PAGES.items():
        page.goto(url + address)
        wide[name] = page.evaluate(TOO_WIDE)
    page.close()
    assert {name: pixels for name, pixels in wide.items() if pixels > 0} == {}


def english_on(page: Page) -> list[str]:
    """The texts of a page that are English, but for what is quoted: its reader wrote it."""
    said = [re.sub("„[^“]*“", "", text) for text in page.evaluate(SAID)]
    assert len(said) > 20
    return [text for text in said if ENGLISH.fullmatch(text.strip(" .:·×←→")) or ENGLISH_WORDS.search(text)]


def test_in_german_every_page_is_german_and_fits_320_pixels(chromium: Browser, url: str) -> None:
    """What the script writes too."""
    context = chromium.new_context(viewport={"width": 320, "height": 640}, locale="de-DE", timezone_id="Europe/Berlin")
    page = context.new_page()
    wide, english = {}, {}
    for name, address in PAGES.items():
        page.goto(url + address)
        assert page.locator("html").get_attribute("lang") == "de"
        wide[name], english[name] = page.evaluate(TOO_WIDE), english_on(page)
    page.goto(f"{url}/?lang=en")
    assert len(english_on(page)) > 10
    context.close()
    assert {name: pixels for name, pixels in wide.items() if pixels > 0} == {}
    assert {name: texts for name, texts in english.items() if texts} == {}


def test_every_page_says_how_fresh_it_is(examples: tuple[SiteProcess, ChannelRows]) -> None:
    """Its script then moves what it says: test_live.py, on a page that says it at once and on those that do not."""
    site, rows = examples
    rows.progress()
    for name, address in PAGES.items():
        page = httpx.get(site.url + address).text
        assert re.search(r'<body data-live="/events\?', page), name
        said = page.partition('id="freshness"')[2].partition("</div>")[0]
        assert (FRESHNESS_AGE in said) != (name in FRESH_BY_SCRIPT), name


def test_pages_stay_whole_enlarged_to_200_percent(chromium: Browser, url: str) -> None:
    """The browser's zoom leaves half of the width; letters twice as large have to fit a phone as well."""
    page = chromium.new_page(viewport={"width": 640, "height": 450}, device_scale_factor=2)
    wide = {}
    for name in ENLARGED:
        page.goto(url + PAGES[name])
        wide[name] = page.evaluate(TOO_WIDE)
        page.set_viewport_size(PHONE)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide[f"{name}, large letters"] = page.evaluate(TOO_WIDE)
        page.set_viewport_size({"width": 640, "height": 450})
    page.close()
    assert {name: pixels for name, pixels in wide.items() if pixels > 0} == {}


def test_the_keyboard_alone_reaches_everything(phone: Page, url: str) -> None:
    phone.goto(url)
    phone.keyboard.press("Tab")
    assert phone.evaluate(FOCUSED) == "Skip to content"
    expect(phone.locator(".skip")).to_be_in_viewport()
    phone.keyboard.press("Enter")
    assert phone.evaluate("document.activeElement.id") == "content"
    phone.goto(url)
    seen = []
    while phone.evaluate(FOCUSED) != "Channels":
        phone.keyboard.press("Tab")
        seen.append(phone.evaluate(FOCUSED))
        assert phone.evaluate(OUTLINE), seen[-1]
        assert len(seen) < 10, seen
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Channels")


def test_a_focus_is_seen_on_all_that_takes_it(phone: Page, url: str) -> None:
    for name in ("Moment", "Watch", "Best"):
        phone.goto(url + PAGES[name])
        unseen, last = [], ""
        for _ in range(80):
            phone.keyboard.press("Tab")
            last = phone.evaluate("document.activeElement.outerHTML.slice(0, 120)")
            if last.startswith("<body"):
                break
            if not phone.evaluate(OUTLINE):
                unseen.append(last)
        assert unseen == [], name
        assert last.startswith("<body"), "the last one was left: no focus is caught"


def test_on_a_desktop_all_begins_at_one_edge_and_the_footer_is_one_row(chromium: Browser, url: str) -> None:
    page = chromium.new_page(viewport=DESKTOP)
    uneven = {}
    for name in ("Now", "Moment", "About", "Status"):
        page.goto(url + PAGES[name])
        uneven[name] = page.evaluate(UNEVEN)
    page.close()
    assert {name: pixels for name, pixels in uneven.items() if pixels != [0, 0]} == {}


def test_a_choice_stands_right_before_its_words(phone: Page, url: str) -> None:
    phone.goto(url + PAGES["Report"])
    choices = phone.locator("label:has([type=radio])")
    expect(choices).to_have_count(4)
    for label in choices.all():
        mark, box = label.locator("input").bounding_box(), label.bounding_box()
        assert mark is not None
        assert box is not None
        assert mark["x"] == box["x"]
        assert mark["width"] == mark["height"] <= 24
        assert box["height"] == 44  # what a thumb finds


def test_nothing_moves_for_who_wants_no_motion(phone: Page, url: str) -> None:
    for name in ("Now", "Moment"):
        phone.goto(url + PAGES[name])
        assert phone.evaluate(MOVING) == 0, name


def test_light_and_dark_follow_the_visitor(phone: Page, url: str) -> None:
    phone.goto(url + PAGES["Moment"])
    colours = []
    for scheme in ("light", "dark"):
        phone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        colours.append(phone.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(246, 244, 240)", "rgb(18, 17, 22)"]


def test_axe_finds_nothing(chromium: Browser, url: str) -> None:
    pages = {name: PAGES[name] for name in FOR_AXE + WITH_EMOTES}
    assert axe_findings(chromium, url, pages, viewport=PHONE, color_scheme="dark") == []


@pytest.mark.parametrize("path", ["/", "/best?order=newest", "/moments/example00"])
def test_nothing_shifts_while_moments_arrive(
    chromium: Browser, examples: tuple[SiteProcess, ChannelRows], path: str
) -> None:
    site, rows = examples
    rows.progress()  # the tests before took longer than until the site says that nothing new was read
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    page.add_init_script(WATCH_SHIFTS)
    with page.expect_response("**/events*"):
        page.goto(site.url + path)
    for number in range(3):
        rows.moment(f"late{number}{len(path)}", 1.0, revision=2, mood="hype")
    rows.moment("example00", 40, revision=3, expected=14.0, mood="awe", mood_share=0.5)
    rows.clip("example00", "intent", revision=1)
    changed = page.locator("h1" if "moments" in path else "#m-example00 .note")
    expect(changed).to_contain_text("amazed" if "moments" in path else "Clip", timeout=TIMEOUT_MS)
    if "moments" not in path:
        expect(page.get_by_role("button", name="3 new")).to_be_visible(timeout=TIMEOUT_MS)
    assert page.evaluate("shiftsSoFar()") < MOST_SHIFT
    page.evaluate(PUSH)
    page.wait_for_function(f"shiftsSoFar() > {MOST_SHIFT}")  # what moves the page is noticed
    context.close()
