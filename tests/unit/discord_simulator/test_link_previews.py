"""What is shown of a link: of pages on the named hosts only, by their own tags, and never a stranger's markup."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from discord_simulator.page.previews import Previews, tags_of

PAGE = """<html><meta property="og:site_name" content="Twitch"><meta property="og:title" content="A &amp; &lt;b&gt;">
<meta property="og:title" content="second"><meta property="og:image" content="/pictures/1.svg"></html>"""


@pytest.fixture
def host() -> Iterator[Any]:
    """A server that counts how often it is asked."""

    class Handler(BaseHTTPRequestHandler):
        asked = 0

        def do_GET(self) -> None:
            type(self).asked += 1
            self.send_response(404 if "missing" in self.path else 200)
            self.end_headers()
            self.wfile.write(PAGE.encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


async def read(previews: Previews, address: str) -> dict[str, str]:
    """Ask for a preview, wait until the page is read, and ask again."""
    previews.of(address)
    for task in list(previews._reading):
        await task
    return previews.of(address)


async def test_a_page_is_read_once_and_only_on_a_named_host(host: Any) -> None:
    place = f"127.0.0.1:{host.server_port}"
    previews = Previews(f" {place} ,other:1")
    shown = {"site_name": "Twitch", "title": "A & <b>", "image": f"http://{place}/pictures/1.svg"}
    assert await read(previews, f"http://{place}/clip/1") == shown
    assert await read(previews, f"http://{place}/clip/1") == shown
    assert host.RequestHandlerClass.asked == 1
    assert await read(previews, f"http://{place}/missing") == {}
    assert await read(Previews(""), f"http://{place}/clip/1") == {}
    assert await read(Previews("127.0.0.1:1"), "http://127.0.0.1:1/clip/1") == {}, "nobody answers there"
    assert host.RequestHandlerClass.asked == 2


@pytest.mark.parametrize(
    "image", ["http://elsewhere/x.svg", "javascript:alert(1)", "//elsewhere/x", "data:image/png,x"]
)
def test_a_picture_comes_from_the_pages_own_host(image: str) -> None:
    html = f'<meta property="og:title" content="t"><meta property="og:image" content="{image}">'
    assert tags_of(html, "http://127.0.0.1:5/clip/1") == {"title": "t"}
