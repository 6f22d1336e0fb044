"""A visitor who requests the page once per second during a fault."""

import threading
import time
from types import TracebackType
from typing import Self

import httpx

PAUSE_SECONDS = 1.0
TIMEOUT_SECONDS = 3.0  # a page that takes longer counts as failed


class Visitor:
    """Requests the page inside the `with` block."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._answers: list[tuple[float, bool]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._visit, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def _visit(self) -> None:
        while True:
            asked = time.time()
            self._answers.append((asked, self._is_served()))
            if self._stop.wait(max(0.0, asked + PAUSE_SECONDS - time.time())):
                return

    def _is_served(self) -> bool:
        try:
            return httpx.get(self._url, timeout=TIMEOUT_SECONDS).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    @property
    def percent(self) -> float:
        """Return the share of requests that got the page."""
        served = [each for _, each in self._answers]
        return 100.0 * sum(served) / len(served)

    def first_page_after(self, at: float) -> float | None:
        """Return the seconds from `at` until the page answers for good; None if it never failed."""
        failures = [asked for asked, served in self._answers if not served]
        if not failures:
            return None
        return next((asked - at for asked, served in self._answers if served and asked > failures[-1]), float("inf"))
