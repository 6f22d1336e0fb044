"""The operator's end of an alert: a webhook that keeps what it is told, and a place where OPERATIONS.md opens."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class OperatorsEnd:
    """A small web server. `told`: the JSON of each message, the oldest first."""

    def __init__(self, address: str, manual: Path) -> None:
        told: list[Any] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the name is the standard library's
                told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def do_GET(self) -> None:
                self.send_response(200 if self.path == "/OPERATIONS.md" else 404)
                self.end_headers()
                self.wfile.write(manual.read_bytes() if self.path == "/OPERATIONS.md" else b"")

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.told = told
        self._server = ThreadingHTTPServer((address, 0), Handler)
        self._address = f"http://{address}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def webhook(self) -> str:
        """Return the address to post to."""
        return f"{self._address}/hook"

    @property
    def manual(self) -> str:
        """Return where OPERATIONS.md opens."""
        return f"{self._address}/OPERATIONS.md"

    def alerts(self) -> list[Any]:
        """Return what Alertmanager has posted, alert by alert."""
        return [alert for message in list(self.told) for alert in message.get("alerts", [])]

    def stop(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()
