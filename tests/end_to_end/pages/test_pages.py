"""The pages in Chromium with a real Postgres: the player, the policy, a phone, and no script."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from integration.support.api_frontend_process import Rows, SiteProcess
from playwright.sync_api import Page, expect

PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}  # also what 200 % zoom leaves of 640
TIMEOUT_MS = 15_000  # the machine may be busy
OpenPage = Callable[..., Page]


@pytest.mark.parametrize("script", [True, False])
def test_a_date_of_another_year_says_so(visit: OpenPage, rows: Rows, script: bool) -> None:
    rows.moment("this-year", ago_seconds=5.0)
    rows.moment("earlier", ago_seconds=400 * 86_400)
    page = visit("/best?order=newest", java_script_enabled=script)
    year = (datetime.now(UTC) - timedelta(days=400)).year
    expect(page.locator("#m-earlier time").first).to_contain_text(str(year))
    if script:
        expect(page.locator("#m-this-year time").first).not_to_contain_text(str(datetime.now(UTC).year))


def test_the_player_loads_when_asked(visit: OpenPage, rows: Rows, player: str) -> None:
    rows.moment("m1", revision=3)
    rows.clip("m1", "made", embed_url=f"{player}/embed?clip=Clip1")
    page = visit("/moments/m1")
    assert page.locator("iframe").count() == 0
    page.get_by_role("link", name="Play the clip").click()
    asked = page.frame_locator("iframe").locator("#asked")
    expect(asked).to_have_text("/embed?clip=Clip1&parent=localhost&autoplay=true")


@pytest.mark.parametrize("script", [True, False])
def test_the_curve_has_a_text_for_screen_readers(visit: OpenPage, rows: Rows, script: bool) -> None:
    rows.moment("m1", revision=3)
    page = visit("/moments/m1", viewport=PHONE, java_script_enabled=script)
    role, name = ("slider", "Second of the curve") if script else ("img", "Chat around the moment")
    curve = page.get_by_role(role, name=name)  # type: ignore[arg-type]
    described = page.locator("#curve-text")
    expect(described).to_contain_text("In the loudest second 50 people wrote.")
    expect(curve).to_be_visible()
    expect(page.get_by_text("not read (5 s)")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_times_are_in_the_readers_zone(visit: OpenPage, rows: Rows) -> None:
    rows.moment("m1", ago_seconds=7200)
    kathmandu = visit("/moments/m1", timezone_id="Asia/Kathmandu", locale="en-GB")
    time = kathmandu.locator("dd time").first
    expect(time).to_contain_text("GMT+5:45")


def test_the_pages_are_complete_without_script(visit: OpenPage, rows: Rows) -> None:
    for number in range(30):
        rows.moment(f"m{number:02d}", ago_seconds=60 * number, revision=3)
    page = visit(java_script_enabled=False)
    assert page.locator("#moments .card").count() == 12
    expect(page.locator("#freshness")).to_contain_text("updated")
    page.get_by_role("link", name="All moments").click()
    expect(page.locator(".card")).to_have_count(24)
    expect(page.locator(".card time").first).to_contain_text("UTC")
    page.locator(".card h2 a").first.click()
    expect(page.locator("figure svg").first).to_be_visible()
    expect(page.locator("#told")).to_contain_text("50 people in the loudest second")
    page.get_by_text("Details: messages, score").click()
    expect(page.get_by_role("region", name="The curve as a table")).to_be_visible()
    page.get_by_role("link", name="Previous").click()
    assert page.url.endswith("/moments/m01")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The moments when a Twitch chat erupts.")


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (NARROW, "dark")])
def test_pages_fit_a_phone(
    visit: OpenPage, site: SiteProcess, rows: Rows, viewport: dict[str, int], scheme: str
) -> None:
    rows.moment("m1", biggest_in_seconds=90_000, mood="laughter")
    rows.clip("m1", "skipped", reason="cool-down: 5 s left")
    page = visit(viewport=viewport, color_scheme=scheme)
    for path in ("/", "/best", "/docs", "/moments/m1", "/moments/nothing", "/channels/nobody", "/saved"):
        with page.expect_response("**/events*"):
            page.goto(site.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
        expect(page.get_by_role("main")).to_be_visible()
        bar = page.get_by_role("navigation", name="Main").bounding_box()
        assert bar is not None
        assert bar["y"] + bar["height"] == viewport["height"], path  # the rooms are at the bottom, under a thumb


def test_no_player_from_elsewhere(visit: OpenPage, rows: Rows) -> None:
    rows.moment("m1", revision=3)
    rows.clip("m1", "made", embed_url="https://evil.example/embed?clip=Clip1")
    page = visit("/moments/m1")
    assert page.locator("[data-embed]").count() == 0
