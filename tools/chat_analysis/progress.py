"""A bar that shows how much of a file is read, on a terminal only; plain characters, which every console has."""

import sys
import time
from typing import TextIO

WIDTH = 24
EVERY_SECONDS = 0.1
NAME_LIMIT = 32


class ProgressBar:
    """Draws on `out` while a file is read; `clear` removes it."""

    def __init__(self, name: str, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._name = name if len(name) <= NAME_LIMIT else f"{name[: NAME_LIMIT - 3]}..."
        self._is_shown = self._out.isatty()
        self._drawn_at = self._length = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Draw how much is done, a few times per second."""
        now = time.monotonic()
        if self._is_shown and now - self._drawn_at >= EVERY_SECONDS:
            self._drawn_at = now
            share = done / total if total else 1.0
            bar = "#" * int(WIDTH * share)
            self._draw(f"{self._name} [{bar:<{WIDTH}}] {share:4.0%}")

    def say(self, sentence: str) -> None:
        """Print a sentence above the bar."""
        self.clear()
        self._out.write(f"{sentence}\n")

    def clear(self) -> None:
        """Remove the bar."""
        if self._length:
            self._draw("")
            self._out.write("\r")
            self._out.flush()

    def _draw(self, text: str) -> None:
        blank = " " * int(max(0, self._length - len(text)))
        self._out.write(f"\r{text}{blank}")
        self._out.flush()
        self._length = len(text)
