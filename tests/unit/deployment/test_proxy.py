"""A real HAProxy with our configuration: visitors and a website that is ready, that is not, and that is away.

The image's 2.8 was not to be had here. These and test_away_page.py were run by hand with Debian 13's 3.0 too:
`mmdebstrap --variant=apt --include=haproxy trixie FOLDER`, and a script `haproxy` first on the PATH that starts it.
"""

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for

from .manual import REPOSITORY

BINARY = shutil.which("haproxy")
FOLDER = REPOSITORY / "configs/haproxy"
TRIED = ((2, 6), (3, 0))  # of Debian 12 and 13
DEFAULTS = "default-server resolvers docker resolve-prefer ipv4 init-addr none "
pytestmark = pytest.mark.skipif(BINARY is None, reason="apt-get install haproxy")


@dataclass
class Website:
    """A website that says whether it is ready, and answers `body` to all else."""

    is_ready: bool = True
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        website = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the name is the standard library's
                status = 200 if website.is_ready or self.path in ("/health", "/metrics") else 503
                website.seen.append(self.headers.get("X-Forwarded-For", ""))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(b"ours" if status == 200 else b"our own words")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_the_image_is_between_the_versions_that_were_tried() -> None:
    for file in ("docker-compose.reliable.yml", "infrastructure/images/base_images.env"):
        found = re.search(r"haproxy:(\d+)\.(\d+)", (REPOSITORY / file).read_text())
        assert found
        assert TRIED[0] <= (int(found[1]), int(found[2])) <= TRIED[1], file


@pytest.fixture
def website() -> Iterator[Website]:
    made = Website()
    yield made
    made.stop()


@pytest.fixture
def site(website: Website, tmp_path: Path) -> Iterator[httpx.Client]:
    """Visitors' way in; the website stands at an address that no name server tells."""
    visitors, metrics, orders = free_ports(3)
    text = (FOLDER / "haproxy.cfg").read_text().replace(DEFAULTS, "default-server ")
    text = text.replace("bind :5000", f"bind 127.0.0.1:{visitors}").replace("bind :5001", f"bind 127.0.0.1:{metrics}")
    text = text.replace("127.0.0.1:9999", f"127.0.0.1:{orders}").replace("/usr/local/etc/haproxy", str(FOLDER))
    text = text.replace("server blue api-frontend port 5000", f"server blue 127.0.0.1:{website.port}")
    text = text.replace("    server green api-frontend port 5000\n", "")
    (tmp_path / "haproxy.cfg").write_text(text)
    process = subprocess.Popen([str(BINARY), "-f", tmp_path / "haproxy.cfg"], stdout=subprocess.DEVNULL)
    with httpx.Client(base_url=f"http://127.0.0.1:{visitors}", timeout=10) as client:
        try:
            wait_for("the proxy", lambda: _status(client) == 200, 20, 0.2)
            yield client
        finally:
            process.terminate()
            process.wait(15)


def _status(client: httpx.Client) -> int:
    try:
        return client.get("/").status_code
    except httpx.HTTPError:
        return 0


def test_haproxy_reads_our_configuration() -> None:
    text = (FOLDER / "haproxy.cfg").read_text().replace("/usr/local/etc/haproxy", str(FOLDER))
    done = subprocess.run(
        [str(BINARY), "-c", "-f", "/dev/stdin"], input=text, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_ready_website_answers_and_nobody_names_another_address(site: httpx.Client, website: Website) -> None:
    assert site.get("/", headers={"X-Forwarded-For": "203.0.113.9"}).text == "ours"
    assert website.seen[-1] == "127.0.0.1"


def test_a_website_that_is_not_ready_speaks_for_itself(site: httpx.Client, website: Website) -> None:
    """Postgres is away: the metrics go on, and no page of the proxy takes the place of the site's own."""
    website.is_ready = False
    wait_for("the proxy has noticed", lambda: site.get("/ready").text == "our own words", 20, 0.3)
    assert site.get("/metrics").text == "ours"
    website.is_ready = True
    wait_for("it is ready again", lambda: site.get("/").text == "ours", 20, 0.3)


def test_without_a_website_the_proxy_says_that_it_comes_back(site: httpx.Client, website: Website) -> None:
    website.stop()
    body = wait_for("the proxy's own page", lambda: site.get("/").text, 20, 0.3)
    assert "ours" not in str(body)
    assert _status(site) in (502, 503)
