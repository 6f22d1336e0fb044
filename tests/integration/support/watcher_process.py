"""The watcher as a process, a webhook that it calls, and a pipeline that it watches."""

import json
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import psycopg
from integration.support.database import as_role
from integration.support.metrics_page import total
from integration.support.service_start import start_service

from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for

DEADLINE = 60.0  # seconds; the machine may be busy
CHECKS = 8  # longer than any delay below: what is not reported by then never will be
QUICK = {
    "WATCHER_INTERVAL_SECONDS": "0.1",
    "WATCHER_HEARTBEAT_LIMIT_SECONDS": "4",
    "WATCHER_DATA_LIMIT_SECONDS": "300",
    "WATCHER_TROUBLE_HOLD_SECONDS": "0.3",
    "WATCHER_WELL_HOLD_SECONDS": "0.3",
    "WATCHER_CATCH_UP_SECONDS": "0.3",
    "WATCHER_LOOK_SECONDS": "0.2",
    "WATCHER_BEAT_SECONDS": "0.5",
}


class WebhookServer:
    """A webhook that gives the prepared answers (status, headers) first, and 204 from then on."""

    def __init__(self) -> None:
        self.accepted: list[dict[str, Any]] = []
        self.tries = 0
        self.answers: deque[tuple[int, dict[str, str]]] = deque()
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}/hooks/very-private"

    def __enter__(self) -> Self:
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                webhook.tries += 1
                status, headers = webhook.answers.popleft() if webhook.answers else (204, {})
                if status == 204:
                    webhook.accepted.append(content)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Tests look at what was accepted."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def events(self) -> list[str]:
        """Return the events of the accepted notices, in order."""
        return [content["event"] for content in self.accepted]


class Watcher:
    """`python -m watcher` as a process."""

    def __init__(self, dsn: str, folder: Path, url: str, **settings: str) -> None:
        (self.metrics_port,) = free_ports(1)
        self.log = folder / "watcher.log"
        (folder / "webhook_url").write_text(f"{url}\n")
        own = {
            "POSTGRES_DSN": as_role(dsn, "watcher"),
            "WATCHER_WEBHOOK_URL_FILE": str(folder / "webhook_url"),
            "WATCHER_WEBHOOK_KIND": "plain",
            "WATCHER_STATE_FILE": str(folder / "state" / "watcher.json"),
            "WATCHER_UPTIME_FILE": str(folder / "state" / "uptime.json"),
            "WATCHER_METRICS_PORT": str(self.metrics_port),
        }
        self._environment = os.environ | QUICK | own | settings

    def start(self) -> Self:
        self.process = start_service("watcher", self._environment, self.log)
        wait_for("the watcher checks", lambda: self.metric("watcher_looked_at_seconds"), DEADLINE)
        return self

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(DEADLINE)

    def metric(self, name: str) -> float:
        """Return a sample's value; 0 if it is missing."""
        assert self.process.poll() is None, self.log.read_text()
        return total(self.metrics_port, name)

    def observes(self, condition: str) -> None:
        """Wait until it observes the condition."""
        name = f'watcher_condition{{condition="{condition}"}}'
        wait_for(f"the watcher observes {condition}", lambda: self.metric(name) == 1.0, DEADLINE)

    def checks_again(self, checks: int = CHECKS) -> None:
        """Wait until it has checked often enough to have reported whatever there is to report."""
        for _ in range(checks):
            last = self.metric("watcher_looked_at_seconds")
            wait_for("another check", lambda last=last: self.metric("watcher_looked_at_seconds") > last, DEADLINE)


class Pipeline:
    """Writes the stages' progress as the recorder does: a heartbeat and the job's event time, of given ages."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._stop = threading.Event()
        self.heartbeat_age, self.data_age = 0.0, 0.0

    def write(self) -> None:
        with psycopg.connect(self._dsn) as connection:
            self.write_by(connection)

    def write_by(self, connection: psycopg.Connection) -> None:
        """Write over a connection that is open."""
        for stage, age, silent in (("recorder", 0.0, self.heartbeat_age), ("job", self.data_age, 0.0)):
            connection.execute(
                """INSERT INTO pipeline_progress VALUES
                    (%s, now() - make_interval(secs => %s), now() - make_interval(secs => %s))
                ON CONFLICT (stage) DO UPDATE SET event_at = excluded.event_at, updated_at = excluded.updated_at""",
                (stage, age, silent),
            )

    @contextmanager
    def beating(self) -> Iterator[Self]:
        """Write it twice per second, however long Postgres is away."""
        thread = threading.Thread(target=self._beat, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join(DEADLINE)

    def _beat(self) -> None:
        while not self._stop.is_set():
            with suppress(psycopg.Error):
                self.write()
            self._stop.wait(0.5)
