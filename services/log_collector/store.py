"""VictoriaLogs over HTTP: insert, and what it has of a file."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from log_collector.lines.coverage import Coverage, coverage_of
from log_collector.logsql import quoted

TIMEOUT_SECONDS = 30.0
SET_BACK = timedelta(days=1)  # more than a clock is set back while a container runs
MOST_REASON = 300  # characters
INSERT = "/insert/jsonline?_stream_fields=machine,service,container,project"
STARTED = re.compile(rb"^vm_app_start_timestamp (\S+)$", re.MULTILINE)


class StoreAwayError(Exception):
    """The store does not answer, or not as it should: what was sent last may be stored or not."""


class StoreRestartedError(StoreAwayError):
    """The store runs anew: what it had not written to disk is lost."""


class Store:
    """The store; made once. Each method raises StoreAwayError."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False)
        self._started = b""
        self._is_all_visible = False  # to queries

    def insert(self, rows: list[dict[str, Any]]) -> None:
        """Store rows in the memory of the store, which writes them to disk within its flush interval."""
        self._is_all_visible = False
        self._send("POST", INSERT, content=b"\n".join(map(msgspec.json.encode, rows)))

    def check(self) -> None:
        """Raise StoreRestartedError if the store was started anew since the last call."""
        found = STARTED.search(self._send("GET", "/metrics").content)
        before, self._started = self._started, found[1] if found else b"unknown"
        if before not in (b"", self._started):
            raise StoreRestartedError("the store was started anew")

    def coverage(self, machine: str, container: str, file: str) -> Coverage:
        """Return what is stored of a file, which must not be written to by this process at the same time."""
        self._make_visible()
        # By fields, not by streams: after a kill their index may lack what the data has.
        fields = {"log.file": file, "container": container, "machine": machine}
        of_file = " ".join(
            [since(file, datetime.now(UTC)), *(f"{quoted(name)}:={quoted(fields[name])}" for name in fields)]
        )
        totals = list(self.ask(f'{of_file} | stats sum("log.size") size, max("log.end") reached'))
        size, reached = (number(totals[0].get(name)) for name in ("size", "reached")) if totals else (0, 0)
        return coverage_of(size, reached, self._entries(of_file))

    def _entries(self, of_file: str) -> Iterator[tuple[str, int, int]]:
        for found in self.ask(f'{of_file} | fields "log.stream", "log.offset", "log.end"'):
            yield found["log.stream"], number(found["log.offset"]), number(found["log.end"])

    def _make_visible(self) -> None:
        if not self._is_all_visible:
            self._send("GET", "/internal/force_flush")
            self._is_all_visible = True

    def ask(self, query: str) -> Iterator[dict[str, str]]:
        """Return what a query of LogsQL finds."""
        try:
            with self._client.stream("POST", "/select/logsql/query", data={"query": query}) as answer:
                self._refuse(answer)
                for line in answer.iter_lines():  # of a file there may be a hundred thousand
                    yield msgspec.json.decode(line, type=dict[str, str])
        except httpx.HTTPError as error:
            raise StoreAwayError(str(error) or type(error).__name__) from error

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise StoreAwayError(str(error) or type(error).__name__) from error
        self._refuse(answer)
        return answer

    def _refuse(self, answer: httpx.Response) -> None:
        if not answer.is_success:
            answer.read()
            raise StoreAwayError(f"{answer.status_code}: {answer.text.strip()[:MOST_REASON]}")


def since(file: str, now: datetime) -> str:
    """Return what spares the store the days before a file, by the time that it is called after; nothing if unsure."""
    try:
        begun = datetime.fromisoformat(file)
        return f"_time:>={(begun - SET_BACK).isoformat()}" if begun <= now else ""
    except (ValueError, TypeError, OverflowError):  # named by a checksum, or without a zone
        return ""


def number(text: str | None) -> int:
    """Return an integer that the store writes as text; 0 for none."""
    try:
        return int(float(text or 0))
    except ValueError:
        return 0
