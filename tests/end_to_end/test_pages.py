"""The pages in Chromium with a real Postgres: live updates, the player, the policy, a phone, and no script."""

import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from integration.support.api_frontend_process import DEADLINE, Rows, SiteProcess, own_postgres
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from api_frontend.views.events import BUSY_RETRY_SECONDS
from embedded import chromium as installed
from embedded.processes.waiting import wait_for

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
TIMEOUT_MS = 15_000  # the machine may be busy
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed.ensure(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def player() -> Iterator[str]:
    """The origin of a page in place of Twitch's player."""

    class Player(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<title>player</title><p id=asked>{self.path}</p>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Player)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with own_postgres(tmp_path_factory.mktemp("pages")) as server:
        yield server.dsn


@pytest.fixture
def rows(dsn: str) -> Iterator[Rows]:
    rows = Rows(dsn)
    rows.clear()
    rows.channel("11", "lunaplays")
    rows.progress()
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def site(dsn: str, player: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    with SiteProcess(dsn, tmp_path_factory.mktemp("site"), API_FRAME_SOURCES=player) as site:
        wait_for("it listens", site.is_listening, DEADLINE)
        yield site


@pytest.fixture
def visit(chromium: Browser, site: SiteProcess, rows: Rows) -> Iterator[OpenPage]:
    """`visit(path, **context)` opens a page; at the end the consoles are free of errors."""
    complaints: list[str] = []
    contexts = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def open_page(path: str = "/", **context: object) -> Page:
        contexts.append(chromium.new_context(**context))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        is_live = path == "/" and context.get("java_script_enabled", True)
        with page.expect_response("**/events*") if is_live else nullcontext():
            page.goto(site.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def test_a_card_appears_in_the_open_page_and_changes_in_place(visit: OpenPage, rows: Rows) -> None:
    page = visit()
    expect(page.get_by_role("heading", name="No moments yet")).to_be_visible()
    page.evaluate("window.notReloaded = true")
    rows.moment("m1", revision=1, times_usual=4.0)
    expect(page.locator("#m-m1")).to_contain_text("4 times the usual chat", timeout=TIMEOUT_MS)
    expect(page.locator("#empty")).to_have_count(0)
    expect(page.locator("#arrivals")).to_have_text("1 new moment shown")
    rows.moment("m1", revision=2, times_usual=9.0)
    expect(page.locator("#m-m1")).to_contain_text("9 times the usual chat")
    rows.clip("m1", "intent", revision=1)
    expect(page.locator("#m-m1")).to_contain_text("Making the clip")
    rows.clip("m1", "made", revision=2)
    expect(page.locator("#m-m1")).to_contain_text("Clip ready")
    rows.moment("m2", ago_seconds=1)
    expect(page.locator(".card").first).to_have_id("m-m2")
    assert page.locator(".card").count() == 2
    assert page.evaluate("window.notReloaded")


@pytest.mark.parametrize("script", [True, False])
def test_a_date_of_another_year_says_so(visit: OpenPage, rows: Rows, script: bool) -> None:
    rows.moment("this-year", ago_seconds=5.0)
    rows.moment("earlier", ago_seconds=400 * 86_400)
    page = visit(java_script_enabled=script)
    year = (datetime.now(UTC) - timedelta(days=400)).year
    expect(page.locator("#m-earlier time").first).to_contain_text(str(year))
    if script:
        expect(page.locator("#m-this-year time").first).not_to_contain_text(str(datetime.now(UTC).year))


def test_arrivals_wait_for_a_reader_further_down(visit: OpenPage, rows: Rows) -> None:
    for number in range(20):
        rows.moment(f"old{number}", ago_seconds=60 + number)
    page = visit(viewport=PHONE)
    page.mouse.wheel(0, 1500)
    wait_for("the page scrolls", lambda: page.evaluate("scrollY") > 1000, DEADLINE)
    for number in range(3):
        rows.moment(f"new{number}")
    button = page.get_by_role("button", name="3 new moments")
    expect(button).to_be_visible()
    assert page.locator("#m-new0").count() == 0
    button.click()
    expect(page.locator("#m-new2")).to_be_visible()
    expect(button).to_have_count(0)
    wait_for("the page is back at its top", lambda: page.evaluate("scrollY") < 10, DEADLINE)


def test_the_player_loads_when_asked(visit: OpenPage, rows: Rows, player: str) -> None:
    rows.moment("m1", revision=3)
    rows.clip("m1", "made", embed_url=f"{player}/embed?clip=Clip1")
    page = visit("/moments/m1")
    assert page.locator("iframe").count() == 0
    page.get_by_role("link", name="Play the clip").click()
    asked = page.frame_locator("iframe").locator("#asked")
    expect(asked).to_have_text("/embed?clip=Clip1&parent=localhost&autoplay=true")


def test_the_curve_has_a_text_for_screen_readers(visit: OpenPage, rows: Rows) -> None:
    rows.moment("m1", revision=3)
    page = visit("/moments/m1", viewport=PHONE)
    curve = page.get_by_role("img", name="Chat around the moment")
    expect(curve).to_be_visible()
    expect(page.get_by_text("no data (5 s)")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_times_are_in_the_readers_zone(visit: OpenPage, rows: Rows) -> None:
    rows.moment("m1", ago_seconds=7200)
    kathmandu = visit("/moments/m1", timezone_id="Asia/Kathmandu", locale="en-GB")
    time = kathmandu.locator("dd time").first
    expect(time).to_contain_text("GMT+5:45")


def test_the_header_shows_that_processing_is_away(visit: OpenPage, rows: Rows) -> None:
    page = visit()
    expect(page.locator("#freshness")).to_contain_text("Live")
    rows.progress(age_seconds=600)
    expect(page.locator("#freshness")).to_contain_text("Processing has been offline since", timeout=TIMEOUT_MS)


@pytest.mark.parametrize(
    ("places", "told"),
    [("50", "Too many live pages are open at your address. Close some"), ("1", "Too many live pages are open. Reload")],
)
def test_a_refused_page_says_why_and_goes_on_once_there_is_a_place(
    chromium: Browser, dsn: str, rows: Rows, tmp_path: Path, places: str, told: str
) -> None:
    with SiteProcess(dsn, tmp_path, API_LIVE_PAGES=places) as site, chromium.new_context() as context:
        first, refused = context.new_page(), context.new_page()
        first.goto(site.url)
        expect(first.locator("#freshness")).to_contain_text("Live", timeout=TIMEOUT_MS)
        refused.clock.install()
        refused.goto(site.url)
        header = refused.locator("#freshness")
        expect(header).to_contain_text(told, timeout=TIMEOUT_MS)
        expect(header).to_contain_text(f"This page asks again every {BUSY_RETRY_SECONDS} s.")
        rows.moment("meanwhile")
        expect(first.locator("#m-meanwhile")).to_be_visible(timeout=TIMEOUT_MS)
        first.close()
        wait_for("its place is free", lambda: has_a_place(site), DEADLINE)
        refused.clock.fast_forward(BUSY_RETRY_SECONDS * 1000)
        expect(refused.locator("#m-meanwhile")).to_be_visible(timeout=TIMEOUT_MS)
        expect(header).to_contain_text("Live")


def has_a_place(site: SiteProcess) -> bool:
    """Return whether the live line is open to one more; leaves at once."""
    with httpx.stream("GET", f"{site.url}/events") as answer:
        return answer.status_code == 200


def test_the_pages_are_complete_without_script(visit: OpenPage, rows: Rows) -> None:
    for number in range(30):
        rows.moment(f"m{number:02d}", ago_seconds=60 * number)
    page = visit(java_script_enabled=False)
    assert page.locator(".card").count() == 24
    expect(page.locator(".card time").first).to_contain_text("UTC")
    page.get_by_role("link", name="Older").click()
    assert page.locator(".card").count() == 6
    page.get_by_role("link", name="Newest").click()
    page.locator("summary").click()
    page.get_by_label("Channel").fill("lunaplays")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lunaplays")
    page.locator(".card h2 a").first.click()
    expect(page.locator("figure svg").first).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/docs", "/moments/nothing", "/channels/nobody"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone(visit: OpenPage, rows: Rows, path: str, scheme: str) -> None:
    rows.moment("m1")
    page = visit(path, viewport=PHONE, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(page.get_by_role("main")).to_be_visible()


def test_no_player_from_elsewhere(visit: OpenPage, rows: Rows) -> None:
    rows.moment("m1", revision=3)
    rows.clip("m1", "made", embed_url="https://evil.example/embed?clip=Clip1")
    page = visit("/moments/m1")
    assert page.locator("[data-embed]").count() == 0
