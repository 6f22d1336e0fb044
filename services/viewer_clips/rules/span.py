"""A stretch of time, and all clips that were made in it, however Twitch pages."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple, Self

from twitch_access.answers import FoundClip, Page, milliseconds

GRID_MS = 600_000  # Twitch ignores the seconds of a window, and at times rounds it to ten minutes
PAGE = 100  # clips of a full page
FULL = 900  # of about 1,000 clips that Twitch gives of one window; after that the cursor leads on to the same ones
MOST_PAGES = 15
SHORTEST_MS = GRID_MS


class Span(NamedTuple):
    """From `from_at` until before `until_at`, milliseconds since 1970 UTC."""

    from_at: int
    until_at: int

    def __contains__(self, at: object) -> bool:
        return isinstance(at, int) and self.from_at <= at < self.until_at

    @property
    def length(self) -> int:
        """Return how long it is, ms."""
        return self.until_at - self.from_at

    def on_grid(self) -> Self:
        """Return the shortest span on Twitch's grid that has all of this one."""
        return type(self)(self.from_at // GRID_MS * GRID_MS, -(-self.until_at // GRID_MS) * GRID_MS)

    def halves(self) -> tuple[Self, Self]:
        """Return two spans on the grid in place of one."""
        middle = (self.from_at + self.length // 2) // GRID_MS * GRID_MS
        return type(self)(self.from_at, middle), type(self)(middle, self.until_at)


ReadPage = Callable[[Span, str], Page[FoundClip]]  # a span and a cursor, empty for the first page


def utc(at: int) -> datetime:
    """Convert from milliseconds since 1970."""
    return datetime.fromtimestamp(at / 1000, UTC)


def clips_of(read_page: ReadPage, span: Span) -> dict[str, FoundClip]:
    """Return by id the clips that were made in a span; raises what `read_page` raises.

    A window of which Twitch does not give everything is asked for in halves: from about 1,000 clips on it repeats
    itself, and at times it leads on for ever.
    """
    found = _all_of(read_page, span.on_grid())
    return {clip_id: clip for clip_id, clip in found.items() if milliseconds(clip.created_at) in span}


def _all_of(read_page: ReadPage, window: Span) -> dict[str, FoundClip]:
    found, is_whole = _pages(read_page, window)
    if is_whole or window.length <= SHORTEST_MS:
        return found
    first, second = window.halves()
    return found | _all_of(read_page, first) | _all_of(read_page, second)


def _pages(read_page: ReadPage, window: Span) -> tuple[dict[str, FoundClip], bool]:
    """Return the clips of one window, and whether they are all of them."""
    found: dict[str, FoundClip] = {}
    cursor, cursors = "", {""}
    for _ in range(MOST_PAGES):
        page = read_page(window, cursor)
        known = len(found)
        found |= {clip.id: clip for clip in page.data}
        cursor = page.cursor
        if len(found) >= FULL and window.length > SHORTEST_MS:
            return found, False  # it is asked for in halves
        if not cursor:
            return found, True
        if cursor in cursors or len(found) == known:
            return found, len(found) < PAGE
        cursors.add(cursor)
    return found, False
