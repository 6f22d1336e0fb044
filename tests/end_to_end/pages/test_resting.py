"""Pages out of sight in Chromium: they close their live line, and take it up again when they are shown."""

import time
from collections.abc import Callable

import pytest
from integration.support import metrics_page
from integration.support.api_frontend_process import DEADLINE, Rows, SiteProcess
from playwright.sync_api import Browser, Page, expect

from embedded.processes.waiting import wait_for

REST_MS, REACH_MS = 10_000, 840_000  # as live.ts has them
CONNECTIONS = 6  # of a browser to one host with HTTP/1.1
HIDEABLE = 'Object.defineProperty(document, "hidden", { get: () => window.isHidden });'
TURN = "(hidden) => { window.isHidden = hidden; document.dispatchEvent(new Event('visibilitychange')); }"
OpenPage = Callable[..., Page]


def open_lines(site: SiteProcess) -> float:
    """How many pages the site sends news to."""
    return metrics_page.total(site.metrics_port, "api_live_pages")


def wait_for_lines(site: SiteProcess, number: int) -> None:
    wait_for(f"{number} pages listen", lambda: open_lines(site) == number, DEADLINE)


def hideable(page: Page) -> None:
    """Let a test say whether the page is out of sight; the page's time stands still but for `run_for`."""
    page.add_init_script(HIDEABLE)
    page.clock.install()


@pytest.fixture
def shown(visit: OpenPage, rows: Rows, site: SiteProcess) -> Page:
    """The newest moments in a tab of their own."""
    wait_for_lines(site, 0)
    rows.moment("m1", 60, revision=1)
    rows.moment("secret", 61, revision=1)  # stays hidden: no other test may name one so
    page = visit("/best?order=newest", before=hideable)
    page.clock.pause_at(time.time() + 5)
    wait_for_lines(site, 1)
    return page


def test_a_page_out_of_sight_rests_and_misses_nothing(shown: Page, rows: Rows, site: SiteProcess) -> None:
    shown.evaluate("window.notReloaded = true")
    shown.evaluate(TURN, True)
    shown.clock.run_for(REST_MS - 1000)
    assert open_lines(site) == 1  # a glance at another tab costs nothing
    shown.clock.run_for(1000)
    wait_for_lines(site, 0)
    rows.moment("m1", 60, revision=2, mood="laughter")
    rows.moment("m2", 1, revision=1)
    rows.hide("secret")
    shown.evaluate(TURN, False)
    wait_for_lines(site, 1)
    expect(shown.get_by_role("button", name="1 new")).to_be_visible()
    expect(shown.locator("#m-m1")).to_contain_text("Chat burst out laughing")
    expect(shown.locator("#m-secret")).to_have_count(0)
    assert shown.evaluate("window.notReloaded")


def test_a_page_that_rested_long_is_loaded_again(shown: Page, rows: Rows, site: SiteProcess) -> None:
    shown.evaluate(TURN, True)
    shown.clock.run_for(REST_MS)
    wait_for_lines(site, 0)
    rows.moment("m2", 1, revision=1)
    shown.clock.fast_forward(REACH_MS)
    with shown.expect_event("load"):
        shown.evaluate(TURN, False)
    expect(shown.locator("#m-m2")).to_be_visible()


def test_a_seventh_tab_loads(chromium: Browser, visit: OpenPage, rows: Rows, site: SiteProcess) -> None:
    """Six pages that listened took all connections of the browser, and the next one waited for ever."""
    wait_for_lines(site, 0)
    rows.moment("m1", 60, revision=1)
    with chromium.new_context() as context:
        tabs = [context.new_page() for _ in range(CONNECTIONS)]
        for tab in tabs:
            tab.add_init_script(f"window.isHidden = true; {HIDEABLE}")  # opened beside the one that is looked at
            tab.goto(site.url)
        last = context.new_page()
        with last.expect_response("**/events*"):
            last.goto(site.url)
        expect(last.locator("#m-m1")).to_be_visible()
        wait_for_lines(site, 1)
        tabs[0].evaluate(TURN, False)
        wait_for_lines(site, 2)
