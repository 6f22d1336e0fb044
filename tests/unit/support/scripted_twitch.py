"""A scripted Twitch on loopback: each request is answered by the next line of the script."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest


@dataclass
class Request:
    """What was asked."""

    method: str
    path: str
    params: list[tuple[str, str]]
    headers: dict[str, str]


@dataclass
class Reply:
    """What is answered; `body` bytes are sent as they are, None breaks the connection."""

    status: int = 200
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[], object] | None = None
    broken: bool = False

    def sent(self) -> bytes:
        """Return the body as it is sent."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class ScriptedTwitch:
    """`replies` are used up in order; the last one stays. `make`, if set, makes each reply instead."""

    url: str
    replies: list[Reply] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    make: Callable[[], Reply] | None = None
    released: threading.Event = field(default_factory=threading.Event)

    def answer(self, *replies: Reply) -> None:
        self.replies[:] = replies

    def next(self, request: Request) -> Reply:
        self.requests.append(request)
        if self.make:
            return self.make()
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@pytest.fixture
def twitch() -> Iterator[ScriptedTwitch]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.respond()

        def do_POST(self) -> None:
            self.respond()

        def respond(self) -> None:
            address = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            params = parse_qsl(address.query) + parse_qsl(self.rfile.read(length).decode())
            reply = scripted.next(Request(self.command, address.path, params, dict(self.headers)))
            if reply.before:
                reply.before()
            if reply.broken:
                self.close_connection = True
                return
            body = reply.sent()
            self.send_response(reply.status)
            for name, value in (reply.headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that has given up is no error here."""

    server = Server(("127.0.0.1", 0), Handler)
    scripted = ScriptedTwitch(f"http://127.0.0.1:{server.server_address[1]}/")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield scripted
    scripted.released.set()
    server.shutdown()
    server.server_close()
