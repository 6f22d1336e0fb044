"""Visitors during a deploy: pages asked for at a steady rate, and open pages that listen for news as a browser does."""

import asyncio
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType

import httpx

PATHS = ("/", "/best", "/channels", "/api/v1/moments", "/static/site.css", "/ready")
TIMEOUT_SECONDS = 10.0
KEPT = 10  # connections that browsers keep open; the other half of the requests open their own
RECONNECT_SECONDS = 3.0  # what the site asks of a browser


@dataclass
class Visits:
    """Requests at a steady rate, however long each takes. `failed`: what came in the place of an answer."""

    address: str
    per_second: float
    answered: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    versions: set[str] = field(default_factory=set)

    async def run(self, enough: "threading.Event", at_least: int) -> None:
        """Ask until `enough`, and at least so many times."""
        limits = httpx.Limits(max_keepalive_connections=KEPT, max_connections=200)
        tasks = []
        async with httpx.AsyncClient(base_url=self.address, timeout=TIMEOUT_SECONDS, limits=limits) as kept:
            began, number = time.monotonic(), 0
            while number < at_least or not enough.is_set():
                await asyncio.sleep(max(0.0, began + number / self.per_second - time.monotonic()))
                tasks.append(asyncio.create_task(self._ask(kept if number % 2 else None, number)))
                number += 1
            await asyncio.gather(*tasks)

    async def _ask(self, kept: httpx.AsyncClient | None, number: int) -> None:
        path, began = PATHS[number // 2 % len(PATHS)], time.monotonic()
        try:
            if kept is not None:
                answer = await kept.get(path)
            else:
                async with httpx.AsyncClient(base_url=self.address, timeout=TIMEOUT_SECONDS) as client:
                    answer = await client.get(path)
        except httpx.HTTPError as error:
            self.failed[type(error).__name__] += 1
            return
        self.slowest = max(self.slowest, time.monotonic() - began)
        if answer.status_code != 200:
            self.failed[str(answer.status_code)] += 1
            return
        self.answered += 1
        if path == "/ready":
            self.versions.add(answer.json().get("version", ""))


@dataclass
class OpenPage:
    """A page that listens, and comes back by Last-Event-ID. `ids`: of the events that it got; `away`: its breaks."""

    address: str
    ids: list[str] = field(default_factory=list)
    moments: list[str] = field(default_factory=list)
    away: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    heard_at: float = 0.0

    async def run(self, enough: "threading.Event") -> None:
        """Listen until `enough`."""
        async with httpx.AsyncClient(base_url=self.address, timeout=httpx.Timeout(20.0)) as client:
            while not enough.is_set():
                try:
                    await self._listen(client, enough)
                except httpx.HTTPError as error:
                    self.refused[type(error).__name__] += 1
                await asyncio.sleep(0 if enough.is_set() else RECONNECT_SECONDS)

    async def _listen(self, client: httpx.AsyncClient, enough: "threading.Event") -> None:
        headers = {"Last-Event-ID": self.ids[-1]} if self.ids else {}
        async with client.stream("GET", "/events", headers=headers) as answer:
            if answer.status_code != 200:
                self.refused[str(answer.status_code)] += 1
                return
            if self.heard_at:
                self.away.append(time.monotonic() - self.heard_at)
            event = {}
            async for line in answer.aiter_lines():
                if enough.is_set():
                    return
                self.heard_at = time.monotonic()
                name, _, value = line.partition(": ")
                if name:
                    event[name] = value
                elif event:
                    self._take(event)
                    event = {}

    def _take(self, event: dict[str, str]) -> None:
        if "id" in event:
            self.ids.append(event["id"])
        if event.get("event") == "moment":
            self.moments.append(event["data"])


class Crowd:
    """Both kinds of visitors, for as long as the block lasts and at least so many requests."""

    def __init__(self, address: str, *, per_second: float = 20.0, at_least: int = 0, pages: int = 20) -> None:
        self.visits = Visits(address, per_second)
        self.pages = [OpenPage(address) for _ in range(pages)]
        self._at_least, self._enough, self._left = at_least, threading.Event(), threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    async def _run(self) -> None:
        listening = [asyncio.create_task(page.run(self._left)) for page in self.pages]
        await self.visits.run(self._enough, self._at_least)
        self._left.set()
        await asyncio.gather(*listening)

    def __enter__(self) -> "Crowd":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self._enough.set()
        self._thread.join()
