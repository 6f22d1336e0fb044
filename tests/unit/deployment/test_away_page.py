"""What visitors see when the site is down: the truth, from a real HAProxy with our configuration."""

import http.client
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for

from .manual import REPOSITORY

CONFIGURATION = REPOSITORY / "configs/haproxy"
BINARY = shutil.which("haproxy")
pytestmark = pytest.mark.skipif(BINARY is None, reason="apt-get install haproxy")


class Website:
    """In place of the website: `is_ready` as /ready says, `is_alive` as /health does."""

    def __init__(self, port: int) -> None:
        website = self
        self.is_ready = True

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = b"the site's own page"
                self.send_response(200 if website.is_ready or self.path == "/health" else 503)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Door:
    """HAProxy. A minute is a second here."""

    def __init__(self, folder: Path) -> None:
        self.port, self.site_port, metrics, orders = free_ports(4)
        text = (CONFIGURATION / "haproxy.cfg").read_text()
        for before, after in {
            "/usr/local/etc/haproxy": str(CONFIGURATION),
            "bind :5000": f"bind 127.0.0.1:{self.port}",
            "bind :5001": f"bind 127.0.0.1:{metrics}",
            "127.0.0.1:9999": f"127.0.0.1:{orders}",
            "server blue api-frontend port 5000": f"server blue 127.0.0.1:{self.site_port}",
            "    server green api-frontend port 5000\n": "",
            "default-server resolvers docker resolve-prefer ipv4 init-addr none check": "default-server check",
            "div(60)": "div(1)",
        }.items():
            assert before in text, before
            text = text.replace(before, after)
        (folder / "haproxy.cfg").write_text(text)
        command = [str(BINARY), "-f", str(folder / "haproxy.cfg")]
        checked = subprocess.run([*command, "-c"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def get(self, path: str = "/") -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=10)

    def shows(self, words: str) -> bool:
        try:
            return words in self.get().text
        except (httpx.TransportError, http.client.HTTPException):
            return False

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    door = Door(tmp_path)
    yield door
    door.stop()


def test_a_site_that_is_down_is_told_with_since_when(door: Door) -> None:
    wait_for("the door", lambda: door.shows("It is not just you"), 20, 0.1)
    wait_for("the long page", lambda: door.shows("Stream Scout is down"), 20, 0.1)
    answer = door.get("/best")
    assert answer.status_code == 503
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("text/html")
    assert " UTC</strong> (" in answer.text
    assert "%[" not in answer.text
    assert 'lang="de"' in answer.text
    for_programs = door.get("/api/v1/moments")
    assert (for_programs.status_code, for_programs.headers["retry-after"]) == (503, "30")
    error = for_programs.json()["error"]
    assert error["code"] == "unavailable"
    assert re.search(r"since 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ;", error["message"])


def test_the_time_begins_anew_with_each_outage(door: Door) -> None:
    wait_for("the long page", lambda: door.shows("Stream Scout is down"), 20, 0.1)
    website = Website(door.site_port)
    wait_for("the site", lambda: door.shows("own page"), 20, 0.1)
    website.stop()
    wait_for("the short page first", lambda: door.shows("Back in a moment"), 20, 0.02)


def test_a_site_without_its_database_answers_for_itself(door: Door) -> None:
    """It has pages in memory, and its metrics say what is wrong."""
    website = Website(door.site_port)
    wait_for("the site", lambda: door.shows("own page"), 20, 0.1)
    website.is_ready = False
    wait_for("it says so", lambda: door.get().status_code == 503, 20, 0.1)
    for _ in range(30):
        answer = door.get()
        assert (answer.status_code, answer.text) == (503, "the site's own page")
    website.stop()
