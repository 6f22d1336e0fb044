"""The advisory scan with the real pip-audit and the real npm; OSV and npm's registry, outsiders, are played."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from .acting import REPOSITORY

CANARIES = {"jinja2": "2.4.1", "lodash": "4.17.4"}
pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is missing")


class Outsiders:
    """OSV at /osv and npm's registry at /npm/; `known` is name -> the one version that has an advisory."""

    def __init__(self) -> None:
        self.known = dict(CANARIES)
        known = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked = json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
                answer = known.osv(asked) if self.path == "/osv" else known.npm(asked)
                text = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def osv(self, asked: dict) -> dict:
        """Answer as OSV does: {} where nothing is known."""
        name = asked["package"]["name"]
        if self.known.get(name) not in (asked["version"], "any"):
            return {}
        package = {"name": name, "ecosystem": "PyPI"}
        events = [{"introduced": "0"}, {"fixed": "99.0"}]
        affected = [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
        return {"vulns": [{"id": f"PYSEC-{name}", "summary": "Planted", "affected": affected}]}

    def npm(self, asked: dict) -> dict:
        """Answer as npm's bulk advisories do."""
        return {
            name: [{"id": 1, "url": f"https://x.example/GHSA-{name}", "title": "Planted", "severity": "high",
                    "vulnerable_versions": "*", "cwe": [], "cvss": {"score": 7, "vectorString": None}}]
            for name, versions in asked.items()
            if self.known.get(name) in (*versions, "any")
        }  # fmt: skip


@pytest.fixture
def outsiders() -> Iterator[Outsiders]:
    outsiders = Outsiders()
    yield outsiders
    outsiders.server.shutdown()
    outsiders.server.server_close()


def scan(url: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "advisories", "--osv-url", f"{url}/osv", "--npm-registry", f"{url}/npm/"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "tools")},
        timeout=280,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_green_is_only_where_the_canaries_are_known(outsiders: Outsiders) -> None:
    code, output = scan(outsiders.url)
    assert (code, output) == (0, "PyPI: no known vulnerability\nnpm: no known vulnerability\n")


def test_without_data_nothing_is_green(outsiders: Outsiders) -> None:
    outsiders.known.clear()
    code, output = scan(outsiders.url)
    assert code == 2
    assert output.count("there is no advisory data") == 2


def test_without_an_answer_nothing_is_green() -> None:
    code, output = scan("http://127.0.0.1:9")
    assert code == 2
    assert output.count("nobody knows") == 2


def test_a_known_fault_of_ours_is_told(outsiders: Outsiders) -> None:
    outsiders.known |= {"pydantic": "any", "esbuild": "any"}
    code, output = scan(outsiders.url)
    assert code == 1
    assert "PyPI: pydantic" in output
    assert "fixed in 99.0" in output
    assert "npm: esbuild: Planted, https://x.example/GHSA-esbuild" in output
