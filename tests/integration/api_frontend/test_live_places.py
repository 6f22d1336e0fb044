"""Places on the live line: a share for each client, and none for a reader that does not read."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from integration.support.api_frontend_process import DEADLINE, Rows, SiteProcess

from embedded.processes.waiting import wait_for

ONE, OTHER = "127.0.0.2", "127.0.0.3"  # two clients of this machine
PLACES, SHARE = 100, 2
CLOSED_WITHIN = 30.0  # seconds
SMALL_BUFFER = 1024  # bytes; the kernel doubles it
SLOW_BUFFER = 8192  # bytes; smaller ones open no window while 200 bytes are read at a time


class Line:
    """A connection to /events from an address of one's own, read only when asked."""

    def __init__(self, site: SiteProcess, client: str, *headers: str, buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.bind((client, 0))
        self.socket.settimeout(DEADLINE)
        self.socket.connect(("127.0.0.1", site.port))
        self.socket.sendall("\r\n".join(["GET /events HTTP/1.1", "Host: localhost", *headers, "", ""]).encode())
        self.head = self.socket.recv(400).decode()

    @property
    def status(self) -> int:
        """The answer's status."""
        return int(self.head.split()[1])

    def read_until(self, text: str) -> None:
        """Read until the text has come."""
        came = ""
        while text not in came:
            came += (more := self.socket.recv(65536).decode())
            assert more, "the site has closed it"

    def close(self) -> None:
        """Leave."""
        self.socket.close()

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@pytest.fixture
def site(postgres: str, rows: Rows, tmp_path: Path) -> Iterator[SiteProcess]:
    with SiteProcess(postgres, tmp_path, API_LIVE_PAGES=str(PLACES), API_TRUST_CLOUDFLARE="true") as site:
        wait_for("it listens", site.is_listening, DEADLINE)
        yield site


def counted(site: SiteProcess, metric: str) -> float:
    """The value of a metric with its labels."""
    page = httpx.get(f"http://127.0.0.1:{site.metrics_port}/metrics").text
    found = re.search(rf"^{re.escape(metric)} (.+)$", page, re.MULTILINE)
    return float(found[1]) if found else 0.0


def gets_a_place(site: SiteProcess, client: str, *headers: str) -> bool:
    """Whether the client gets a place now; it leaves at once."""
    with Line(site, client, *headers) as line:
        return line.status == 200


def test_one_client_gets_no_more_than_its_share(site: SiteProcess, rows: Rows) -> None:
    with ExitStack() as open_lines, Line(site, OTHER) as others:
        lines = [open_lines.enter_context(Line(site, ONE)) for _ in range(5 * SHARE)]
        assert [line.status for line in lines] == [200] * SHARE + [429] * (4 * SHARE)
        assert "retry-after: 30" in lines[-1].head.lower()
        lines[-1].read_until("too_many_pages")
        assert counted(site, "api_live_pages") == SHARE + 1
        assert counted(site, 'api_live_refused_total{by="client"}') == 4 * SHARE
        rows.moment("m1")
        for line in (others, *lines[:SHARE]):
            line.read_until('"id": "m1"')
        lines[0].close()
        wait_for("its place is free again", lambda: gets_a_place(site, ONE), DEADLINE)


def test_an_ipv6_network_is_one_client(site: SiteProcess) -> None:
    def told(address: str) -> str:
        return f"CF-Connecting-IP: {address}"

    with Line(site, ONE, told("2001:db8:1:1::1")), Line(site, ONE, told("2001:db8:1:1:ffff::2")):
        assert not gets_a_place(site, ONE, told("2001:db8:1:1:abcd::3"))
        assert gets_a_place(site, ONE, told("2001:db8:1:2::1"))
        assert gets_a_place(site, ONE, told("203.0.113.9"))


def test_a_reader_that_stalls_is_closed_and_others_are_served(site: SiteProcess, rows: Rows) -> None:
    with ExitStack() as open_lines:
        others, slow = (open_lines.enter_context(Line(site, OTHER, buffer=size)) for size in (None, SLOW_BUFFER))
        for _ in range(SHARE):
            open_lines.enter_context(Line(site, ONE, buffer=SMALL_BUFFER))
        assert not gets_a_place(site, ONE)
        for number in range(3):  # fills the buffers of those that do not read
            rows.moment(f"m{number}")
            others.read_until(f'"id": "m{number}"')

        def stalled_are_closed() -> bool:
            slow.socket.recv(200)
            return counted(site, "api_live_pages") == 2

        wait_for("their places are free again", stalled_are_closed, CLOSED_WITHIN, poll_seconds=0.5)
        assert counted(site, "api_stalled_connections_total") == SHARE
        assert gets_a_place(site, ONE)
        rows.moment("after")
        others.read_until('"id": "after"')
    assert "Traceback" not in site.log()
