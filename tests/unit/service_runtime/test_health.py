"""GET /live and /ready: 200 where nothing is wrong, else 503 with what is."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from service_runtime import health
from service_runtime.build_info import build

BUILD = {"version": "1.4.0", "commit": "0123abc"}


@pytest.fixture(autouse=True)
def _built(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As an image sets it."""
    for name, value in BUILD.items():
        monkeypatch.setenv(f"STREAM_SCOUT_{name.upper()}", value)
    build.cache_clear()
    yield
    build.cache_clear()


def get(port: int, path: str) -> tuple[int, dict]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_the_answers_follow_the_checks() -> None:
    wrong: dict[str, str] = {}
    server = health.serve("127.0.0.1", 0, unready=lambda: wrong)
    port = server.server_address[1]
    try:
        assert get(port, "/ready") == (200, {"ok": True, "problems": {}, **BUILD})
        wrong["kafka"] = "no broker answers"
        assert get(port, "/ready") == (503, {"ok": False, "problems": {"kafka": "no broker answers"}, **BUILD})
        assert get(port, "/live") == (200, {"ok": True, "problems": {}})
        assert get(port, "/secrets")[0] == 404
    finally:
        server.shutdown()
        server.server_close()


def test_a_note_does_not_make_a_service_unready() -> None:
    server = health.serve("127.0.0.1", 0, unready=dict, notes=lambda: {"pinned channel x": "unknown"})
    try:
        answer = {"ok": True, "problems": {}, "notes": {"pinned channel x": "unknown"}, **BUILD}
        assert get(server.server_address[1], "/ready") == (200, answer)
    finally:
        server.shutdown()
        server.server_close()
