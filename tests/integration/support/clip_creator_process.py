"""clip_creator and the simulator as processes, with a proxy between them that can block a request."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from confluent_kafka import Producer
from integration.support.metrics_page import total
from integration.support.service_start import start_service
from msgspec.structs import replace

import contracts
from contracts import codec
from contracts.clips import Clip
from contracts.moments import Moment
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.records import read_topic

EXAMPLES = Path(contracts.__file__).parent / "examples"
DEADLINE = 60.0  # seconds; the machine may be busy
STOP_SECONDS = 30.0
QUIET = {"MESSAGES_PER_SECOND": "0", "BURSTS_PER_MINUTE": "0", "NOTICES_PER_MINUTE": "0.001", "ALWAYS_LIVE": "true"}


def moment(channel_id: str, crossed_ago: float = 8.0, revision: str = "peaked", **changes: Any) -> Moment:
    """Build a moment that crossed the threshold `crossed_ago` seconds ago and peaked three seconds later."""
    example = codec.decode("moments", (EXAMPLES / "moments" / "peaked.json").read_bytes())
    crossed_at = round((time.time() - crossed_ago) * 1000)
    number = {"raised": 1, "peaked": 2, "closed": 3}[revision]
    fields = {"moment_id": f"m{uuid4().hex[:16]}", "channel_id": channel_id, "crossed_at": crossed_at}
    fields |= {"clip_from_at": crossed_at - 25_000, "clip_until_at": crossed_at + 8_000}
    fields |= {"peak_at": crossed_at + 3_000, "revision": revision, "revision_number": number}
    return replace(example, **(fields | {"stream_id": None, "stream_started_at": None} | changes))


class Simulator:
    """`python -m twitch_simulator` with ten quiet live channels."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.truth = folder / "truth"
        irc, websocket, self.port = free_ports(3)
        ports = {"IRC_PORT": irc, "WEBSOCKET_PORT": websocket, "HTTP_PORT": self.port, "CHANNELS": 10}
        chosen = QUIET | ports | {"TRUTH_FILE": self.truth, "CLIP_DELAY_SECONDS": 1} | settings
        environment = os.environ | {f"SIMULATOR_{name}": str(value) for name, value in chosen.items()}
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = start_service("twitch_simulator", environment, folder / "simulator.log")
        wait_for("the simulator answers", self._answers, DEADLINE)
        self.channels: list[str] = [each["channel_id"] for each in self.state()["channels"]]
        self.logins: dict[str, str] = {each["channel_id"]: each["login"] for each in self.state()["channels"]}

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/control/state", timeout=2).status_code == 200
        except httpx.HTTPError:
            assert self.process.poll() is None, "the simulator has ended"
            return False

    def state(self) -> dict[str, Any]:
        """Return the state that the control API reports."""
        return httpx.get(f"{self.url}/control/state", timeout=10).json()

    def order(self, path: str, **body: Any) -> dict[str, Any]:
        """Send an order to the control API."""
        answer = httpx.post(f"{self.url}/control/{path}", json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def clips(self, channel_id: str | None = None) -> list[dict[str, Any]]:
        """Return every clip that the simulator made, or one channel's."""
        file = self.truth / "clips.jsonl"
        rows = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        return [row for row in rows if channel_id in (None, row["broadcaster_id"])]

    def stop(self) -> None:
        """Stop the process."""
        self.process.terminate()
        self.process.wait(STOP_SECONDS)


@dataclass
class Gate:
    """A proxy in front of the simulator; it can block Create Clip `before` or `after` the simulator acts on it."""

    target: str
    hold: str = ""
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    created: int = 0  # Create Clip requests received
    endpoint: str = "/helix/clips"

    def open(self) -> str:
        """Start and return the URL."""
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                gate.forward(self)

            def do_POST(self) -> None:
                gate.forward(self)

            def log_message(self, *_: object) -> None:
                """Requests are counted, not logged."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Release blocked requests and stop."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def forward(self, request: BaseHTTPRequestHandler) -> None:
        """Forward one request, or block it as `hold` demands; a blocked one is never answered."""
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        creates = request.command == "POST" and request.path.startswith(self.endpoint)
        self.created += creates
        if creates and self.hold == "before":
            return self._block(request)
        headers = {
            name: value for name, value in request.headers.items() if name.lower() not in ("host", "accept-encoding")
        }
        answer = httpx.request(request.command, self.target + request.path, headers=headers, content=body, timeout=30)
        if creates and self.hold == "after":
            return self._block(request)
        request.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower().startswith(("ratelimit", "content-")):
                request.send_header(name, value)
        request.end_headers()
        request.wfile.write(answer.content)
        return None

    def _block(self, request: BaseHTTPRequestHandler) -> None:
        self.reached.set()
        self.released.wait(DEADLINE)
        request.close_connection = True


class ClipCreator:
    """`python -m clip_creator` as a process with the simulator's credentials."""

    def __init__(self, kafka: str, helix: str, folder: Path, **settings: str) -> None:
        (self.metrics_port,) = free_ports(1)
        self.log = folder / "clip_creator.log"
        secret, tokens = folder / "client_secret", folder / "tokens.json"
        secret.write_text("simulator")
        if not tokens.exists():
            tokens.write_text('{"access_token": "simulator-user-token", "refresh_token": "simulator-refresh-token"}')
        self._environment = os.environ | {
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "CLIPS_METRICS_PORT": str(self.metrics_port),
            "CLIPS_INSTANCE": "test",
            "CLIPS_POLL_SECONDS": "0.5",
            "CLIPS_CONFIRM_SECONDS": "4",
            "CLIPS_ADOPTION_SECONDS": "5",
            "TWITCH_API_URL": f"{helix}/helix/",
            "TWITCH_AUTH_URL": f"{helix}/oauth2/",
            "TWITCH_CLIENT_ID": "simulator",
            "TWITCH_CLIENT_SECRET_FILE": str(secret),
            "TWITCH_USER_TOKENS_FILE": str(tokens),
            "TWITCH_DEADLINE_SECONDS": "3",
        }
        self._environment |= settings
        self.start()

    def start(self) -> None:
        """Start or restart the process."""
        self.process = start_service("clip_creator", self._environment, self.log)

    def start_again_if_ended(self) -> None:
        """Restart the process if it has exited, as a supervisor would."""
        if self.process.poll() is not None:
            self.start()

    def kill(self) -> None:
        """Kill the process with SIGKILL."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def stop(self) -> int:
        """Stop the process with SIGTERM and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def metric(self, name: str) -> float:
        """Return the sum of a metric's samples; 0 if /metrics does not answer."""
        return total(self.metrics_port, name)


class Topics:
    """Writes moments to Kafka and reads clip records back."""

    def __init__(self, kafka: str, producer: Producer) -> None:
        self._kafka, self._producer = kafka, producer

    def send(self, *moments: Moment) -> None:
        """Write moments as the job does."""
        for each in moments:
            self._producer.produce("moments", key=each.moment_id.encode(), value=codec.encode(each))
        assert self._producer.flush(DEADLINE) == 0

    def send_raw(self, payload: bytes) -> None:
        """Write a record that is not a moment."""
        self._producer.produce("moments", key=b"raw", value=payload)
        assert self._producer.flush(DEADLINE) == 0

    def records(self, moment_id: str) -> list[Clip]:
        """Return every committed record of a moment, in order."""
        found = [codec.decode("clips", each.value or b"") for each in read_topic(self._kafka, "clips")]
        return [clip for clip in found if clip.moment_id == moment_id]

    def outcomes(self, moment_id: str) -> list[Clip]:
        """Return the moment's records other than intents."""
        return [clip for clip in self.records(moment_id) if clip.status != "intent"]

    def outcome(self, moment_id: str, seconds: float = DEADLINE) -> Clip:
        """Wait for the moment's outcome and return it."""
        return wait_for(f"an outcome of {moment_id}", lambda: self.outcomes(moment_id), seconds, 0.2)[0]


Start = Callable[..., ClipCreator]
numbers = iter(range(1000))


def channels(twitch: Simulator) -> Iterator[str]:
    """Yield channels that no test of this process has used yet."""
    for number in numbers:
        yield twitch.channels[number % len(twitch.channels)]
