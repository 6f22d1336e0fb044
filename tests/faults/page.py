"""A visitor who asks for the page once a second, whatever happens behind it."""

import threading
import time
from types import TracebackType
from typing import Self

import httpx

PAUSE_SECONDS = 1.0
PATIENCE_SECONDS = 3.0  # of the visitor: a page that takes longer has failed


class Visitor:
    """Runs inside the `with` block."""

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
            return httpx.get(self._url, timeout=PATIENCE_SECONDS).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    @property
    def percent(self) -> float:
        """Share of requests that got the page."""
        served = [each for _, each in self._answers]
        return 100.0 * sum(served) / len(served)

    def first_page_after(self, at: float) -> float | None:
        """Seconds from `at` to the page's return for good; None where it never failed."""
        failures = [asked for asked, served in self._answers if not served]
        if not failures:
            return None
        return next((asked - at for asked, served in self._answers if served and asked > failures[-1]), float("inf"))
