"""Chromium and the site alone, on a Postgres whose rows the tests write."""

import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from integration.support.api_frontend_process import DEADLINE, Rows, SiteProcess
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

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
def dsn(postgres_of_module: str) -> str:
    return postgres_of_module


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
    """`visit(path, before, **context)` opens a page once `before(page)` was called; the consoles have to stay clean."""
    complaints: list[str] = []
    contexts = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def open_page(path: str = "/", before: Callable[[Page], None] | None = None, **context: object) -> Page:
        contexts.append(chromium.new_context(**context))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.on("console", listen)
        if before:
            before(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        is_live = context.get("java_script_enabled", True)
        with page.expect_response("**/events*") if is_live else nullcontext():
            page.goto(site.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
