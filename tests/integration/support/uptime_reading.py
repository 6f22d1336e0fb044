"""The uptime record as the website reads it, and a website and a standby to be looked at."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from zoneinfo import ZoneInfo

import msgspec
import psycopg
from integration.support.database import as_role
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from api_frontend.data.database import queries
from api_frontend.data.uptime.record import UptimeRecord, lay_out
from contracts.metrics import TICK_AGE
from contracts.uptime import Noted, Part

DAYS = 91
EPOCH = "(extract(epoch FROM {}) * 1000)::bigint"
EVER = f"SELECT part, state, {EPOCH.format('from_at')}, {EPOCH.format('until_at')} FROM uptime"
STORE = """INSERT INTO uptime
    SELECT n.part, n.state, to_timestamp(n.from_at / 1000.0), to_timestamp(n.until_at / 1000.0)
    FROM jsonb_to_recordset(%s::jsonb) AS n(part text, state text, from_at bigint, until_at bigint)"""


def store(connection: psycopg.Connection, notes: Sequence[Noted]) -> None:
    """Store notes as they are."""
    connection.execute(STORE, (msgspec.json.encode(notes).decode(),))


def record_at(dsn: str, at: float) -> UptimeRecord:
    """Lay out all that is noted, for a time (seconds since 1970 UTC)."""
    with psycopg.connect(dsn) as connection:
        return lay_out(connection.execute(EVER).fetchall(), datetime.fromtimestamp(at, UTC), ZoneInfo("UTC"))


def rows_of(dsn: str) -> list[tuple[str, str, int, int]]:
    """Ask the site's query, as the site."""
    with psycopg.connect(as_role(dsn, "api_frontend")) as connection:
        return connection.execute(queries.uptime.sql, {"days": DAYS}).fetchall()


def record_of(dsn: str) -> UptimeRecord:
    """Lay out what is noted."""
    *rows, clock = rows_of(dsn)
    return lay_out(rows, datetime.fromtimestamp(clock[3] / 1000, UTC), ZoneInfo("UTC"))


def state_of(dsn: str, part: Part) -> str:
    """Return a part's state now."""
    return record_of(dsn).parts[part].state


class Looked:
    """Answers /ready as the website does and /metrics as the standby, with what the test says."""

    def __init__(self) -> None:
        looked = self
        self.is_ready = True
        registry = CollectorRegistry()
        self.behind = Gauge(TICK_AGE.name, TICK_AGE.help, registry=registry)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                is_metrics = self.path == "/metrics"
                body = (
                    generate_latest(registry) if is_metrics else b'{"ok": %s}' % str(looked.is_ready).lower().encode()
                )
                self.send_response(200 if is_metrics or looked.is_ready else 503)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @classmethod
    @contextmanager
    def serving(cls) -> Iterator[Self]:
        """Serve for as long as the block lasts."""
        looked = cls()
        yield looked
        looked._server.shutdown()
        looked._server.server_close()
