"""Machine A's side of the join: an endpoint that is open until it was used once, or its time is over."""

import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from install.join.handover import PORT, Handover, Line

PATH = "/join"
LARGEST_REQUEST = 4096  # bytes
PATIENCE_SECONDS = 10.0  # with a client that does not finish its request
TOKEN_BYTES = 24
WRONG = "The token is wrong: this is not the line that machine A printed last. On A: infrastructure/install.sh invite"
USED = "This line was used already; each is good for one machine, once. On A: infrastructure/install.sh invite"
OVER = "The time of this line is over. On A: infrastructure/install.sh invite"
MALFORMED = "This is the place where machine B joins, by infrastructure/install.sh processing."


class Invitation:
    """One token, good once and for a time. Everything that is asked of it may be asked by several at once."""

    def __init__(self, handover: Handover, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        self._handover, self._now = handover, now
        self._until = now() + seconds
        self._lock = threading.Lock()
        self.joined = ""  # machine B's address

    @property
    def seconds_left(self) -> float:
        """Return how long it is still good."""
        return max(0.0, self._until - self._now())

    def redeem(self, token: str, address: str, accept: Callable[[str], None]) -> tuple[int, str]:
        """Answer a request with a status and a text; `accept` notes the machine before it gets anything."""
        with self._lock:
            if not hmac.compare_digest(token.encode(), self.token.encode()):
                return 403, WRONG
            if self.joined:
                return 410, USED
            if not self.seconds_left:
                return 410, OVER
            accept(address)
            self.joined = address
            return 200, self._handover.to_json()


class Door(BaseHTTPRequestHandler):
    """Speaks HTTP for an invitation. Nothing of a request gets into a log."""

    timeout = PATIENCE_SECONDS
    server: "Endpoint"

    def do_POST(self) -> None:
        """Let a machine join."""
        try:
            length = int(self.headers.get("Content-Length", "0"))
            asked = json.loads(self.rfile.read(length)) if 0 < length <= LARGEST_REQUEST else {}
            token, address = str(asked["token"]), str(asked["address"])
        except (ValueError, KeyError, TypeError):
            return self._reply(400, json.dumps({"error": MALFORMED}))
        if self.path != PATH:
            return self._reply(404, json.dumps({"error": MALFORMED}))
        try:
            status, text = self.server.redeem(token, address, str(self.client_address[0]))
        except OSError as error:
            status, text = (
                507,
                f"Machine A could not note this machine in its .env ({error.strerror}). Nothing was sent.",
            )
        self._reply(status, text if status == 200 else json.dumps({"error": text}))
        return None

    def _reply(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


class Endpoint(ThreadingHTTPServer):
    """The listening port; it closes as soon as a machine has its answer."""

    daemon_threads = True
    allow_reuse_address = True
    ELSEWHERE: ClassVar[str] = "You come from {peer} and say that you are {address}: the two have to be the same"

    def __init__(self, address: str, invitation: Invitation, accept: Callable[[str], None], port: int = PORT) -> None:
        super().__init__((address, port), Door)
        self._invitation, self._accept = invitation, accept
        self._answered = threading.Event()

    @property
    def line(self) -> Line:
        """Return what a person carries to machine B."""
        host, port = self.server_address[0], self.server_address[1]
        return Line(str(host), int(port), self._invitation.token)

    def redeem(self, token: str, address: str, peer: str) -> tuple[int, str]:
        """Let a machine join that says where it comes from."""
        if address != peer:
            return 403, self.ELSEWHERE.format(peer=peer, address=address)
        return self._invitation.redeem(token, peer, self._accept)

    def shutdown_request(self, request: object) -> None:
        """End a connection, and the waiting if that was the one."""
        super().shutdown_request(request)  # type: ignore[arg-type]
        if self._invitation.joined:
            self._answered.set()

    def handle_error(self, request: object, client_address: object) -> None:
        """Write nothing: a client that went away is no news."""

    def give_up(self) -> None:
        """End the waiting."""
        self._answered.set()

    def wait(self) -> str:
        """Serve until a machine has joined or the time is over; return its address, or nothing."""
        serving = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        serving.start()
        try:
            self._answered.wait(self._invitation.seconds_left)
        finally:
            self.shutdown()
            self.server_close()
        return self._invitation.joined
