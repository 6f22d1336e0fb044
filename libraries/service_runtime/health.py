"""GET /live and /ready for services that are not web servers."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from service_runtime.build import build

Check = Callable[[], dict[str, str]]


def serve(address: str, port: int, unready: Check, dead: Check = dict, notes: Check = dict) -> ThreadingHTTPServer:
    """Answer 200 if the check finds no problem, else 503 with the problems as JSON. Runs in a daemon thread.

    `unready()` and `dead()` return the present problems as {what: why}; `notes()` what an operator should mend
    though the service does its work. All must be quick. /ready says the version and the commit as well.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            check = {"/live": dead, "/ready": unready}.get(self.path)
            wrong = check() if check else {"path": "ask /live or /ready"}
            answer: dict[str, object] = {"ok": not wrong, "problems": wrong}
            if self.path == "/ready":
                told = notes()
                answer.update({"notes": told} if told else {})
                answer.update(build())
            body = json.dumps(answer).encode()
            self.send_response(404 if check is None else 503 if wrong else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing: probes come every few seconds."""

    server = ThreadingHTTPServer((address, port), Handler)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server
