"""GET /live and /ready: 200 where nothing is wrong, else 503 with what is."""

import json
import urllib.error
import urllib.request

from service_runtime import health

BUILD = {"version": "local", "commit": "unknown"}


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
        assert get(port, "/live")[0] == 200
        assert get(port, "/secrets")[0] == 404
    finally:
        server.shutdown()
        server.server_close()


def test_a_note_does_not_make_a_service_unready() -> None:
    server = health.serve("127.0.0.1", 0, unready=dict, notes=lambda: {"pinned channel x": "unknown"})
    try:
        notes = {"pinned channel x": "unknown"}
        assert get(server.server_address[1], "/ready") == (200, {"ok": True, "problems": {}, "notes": notes, **BUILD})
    finally:
        server.shutdown()
        server.server_close()
