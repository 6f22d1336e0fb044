"""What the collector asks for, and Docker's check.

GET /files, /read?container=…&file=…&offset=…&limit=…, /done?container=…&file=…, /live
"""

import json
from socketserver import StreamRequestHandler, ThreadingTCPServer
from urllib.parse import parse_qs, urlsplit

from log_source.held_files import HeldFiles

LONGEST_READ = 256 << 10  # bytes an answer
LONGEST_LINE, MOST_LINES = 4096, 100  # of a request
TIMEOUT_SECONDS = 10  # of a client that stops reading
TEXT, JSON, BYTES = "text/plain", "application/json", "application/octet-stream"
Answer = tuple[int, str, bytes]  # status, type, content


def answer(files: HeldFiles, path: str) -> Answer:
    """Return what to answer to GET `path`."""
    asked = urlsplit(path)
    if asked.path == "/files":
        return 200, JSON, json.dumps(files.listing()).encode()
    if asked.path in ("/read", "/done"):
        return about_a_file(files, asked.path, parse_qs(asked.query))
    if asked.path == "/live":
        return 200, TEXT, b"ok\n"
    return 404, TEXT, b"ask /files, /read, /done or /live\n"


def about_a_file(files: HeldFiles, path: str, query: dict[str, list[str]]) -> Answer:
    """Return bytes of a file, or that it was noted as done, or why not."""
    try:
        container, file = query["container"][0], query["file"][0]
        offset, limit = (int(query.get(name, [default])[0]) for name, default in (("offset", "0"), ("limit", "-1")))
    except (KeyError, ValueError):
        return 400, TEXT, b"ask with container, file and offset\n"
    if path == "/done":
        content = b"" if files.done(container, file) else None
    else:
        content = files.read(container, file, max(0, offset), limit if 0 <= limit <= LONGEST_READ else LONGEST_READ)
    return (404, TEXT, b"no such file\n") if content is None else (200, BYTES, content)


class Server(ThreadingTCPServer):
    """Listens and does not serve yet. Raises OSError if the port is taken.

    The little of HTTP that is needed is read here: Python's own server takes half of this process's memory.
    """

    allow_reuse_address, daemon_threads, request_queue_size = True, True, 32

    def __init__(self, address: str, port: int, files: HeldFiles) -> None:
        self.files = files
        super().__init__((address, port), Handler)

    def handle_error(self, *_: object) -> None:
        """Log nothing: a client that went away asks again."""


class Handler(StreamRequestHandler):
    """Answers one request and closes."""

    timeout = TIMEOUT_SECONDS
    server: Server

    def handle(self) -> None:
        """Read a request to its empty line, and answer it."""
        words = self.rfile.readline(LONGEST_LINE).decode("latin-1").split()
        for _ in range(MOST_LINES):
            if self.rfile.readline(LONGEST_LINE) in (b"\r\n", b"\n", b""):
                break
        if len(words) != 3 or words[0] != "GET":
            status, kind, body = 400, TEXT, b"only GET is answered\n"
        else:
            status, kind, body = answer(self.server.files, words[1])
        head = (
            f"HTTP/1.0 {status} -\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.wfile.write(head.encode() + body)
