"""Drawn pictures: kept within a bound, drawn one at a time beside the event loop."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

MOST_BYTES = 8_000_000  # some 200 cards
MOST_WAITING = 16  # each takes some 50 ms of a processor: the last one waits a second


class BusyError(Exception):
    """As many pictures are being drawn as may wait."""


class Shelf:
    """Keeps the pictures that were asked for last. One that is asked for twice at once is drawn once."""

    def __init__(self, most_bytes: int = MOST_BYTES, most_waiting: int = MOST_WAITING) -> None:
        self._most_bytes, self._most_waiting = most_bytes, most_waiting
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._kept_bytes = 0
        self._drawing: dict[str, asyncio.Future[bytes]] = {}
        self._pencil = ThreadPoolExecutor(1, thread_name_prefix="pictures")

    def has(self, key: str) -> bool:
        """Return whether the picture costs nothing: it is kept, or being drawn for someone else."""
        return key in self._kept or key in self._drawing

    async def picture(self, key: str, draw: Callable[[], bytes]) -> bytes:
        """Return the picture of this key, drawn if it is not kept. Raises `BusyError`, and what `draw` raises."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        drawing = self._drawing.get(key)
        if drawing is None:
            if len(self._drawing) >= self._most_waiting:
                raise BusyError
            drawing = asyncio.get_running_loop().run_in_executor(self._pencil, draw)
            self._drawing[key] = drawing
            drawing.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(drawing)  # a visitor who goes away ends it for nobody else

    def _keep(self, key: str, done: "asyncio.Future[bytes]") -> None:
        del self._drawing[key]
        if done.cancelled() or done.exception() is not None:
            return
        self._kept[key] = done.result()
        self._kept_bytes += len(done.result())
        while self._kept_bytes > self._most_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= len(dropped)

    def close(self) -> None:
        """Draw nothing more."""
        self._pencil.shutdown(wait=False, cancel_futures=True)
