"""Helix's endpoints that Stream Scout uses, synchronous and typed."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from twitch_access.answers import (
    FoundClip,
    Game,
    Page,
    RequestedClip,
    Stream,
    User,
    Video,
)
from twitch_access.errors import Refused, SignInNeeded, Unauthorized, WrongShape
from twitch_access.session import Session

PAGE = 100  # the most that Helix takes or gives at once
PAGES_AT_LEAST, PAGES_PER_FULL_ONE = 2, 3  # after which reading ends: a cursor may lead on for ever
NOT_FOUND = 404
CLIP_SECONDS = (5.0, 60.0)  # the shortest and the longest clip


class Helix:
    """Every method raises a `TwitchError`; reading is retried within the call's deadline, making is not.

    Without a reader there are no credentials, and every method raises `Unauthorized`.
    """

    def __init__(self, reader: Session | None, maker: Session | None = None) -> None:
        self._reader = reader
        self._maker = maker

    def get_users(self, ids: Sequence[str] = (), logins: Sequence[str] = ()) -> list[User]:
        """Return the accounts with these ids or logins; those that do not exist are left out."""
        named = [("id", each) for each in ids] + [("login", each) for each in logins]
        return [user for part in parts(named) for user in self._page("users", part, User).data]

    def get_streams(self, channel_ids: Sequence[str]) -> list[Stream]:
        """Return the live broadcasts among these channels, a hundred per request."""
        named = [("user_id", each) for each in channel_ids]
        size = [("first", str(PAGE))]
        return [stream for part in parts(named) for stream in self._page("streams", part + size, Stream).data]

    def get_top_streams(self, count: int, game_ids: Sequence[str] = (), languages: Sequence[str] = ()) -> list[Stream]:
        """Return the `count` most watched live broadcasts, each once though pages shift while they are read."""
        filters = [("game_id", each) for each in game_ids] + [("language", each) for each in languages]
        seen: dict[str, Stream] = {}
        for stream in self._all("streams", filters, Stream, most_pages(count)):
            seen.setdefault(stream.user_id, stream)
            if len(seen) >= count:
                break
        return list(seen.values())

    def get_games(self, ids: Sequence[str] = (), names: Sequence[str] = ()) -> list[Game]:
        """Return the games with these ids or names."""
        named = [("id", each) for each in ids] + [("name", each) for each in names]
        return [game for part in parts(named) for game in self._page("games", part, Game).data]

    def get_archives(self, channel_id: str, count: int = 20) -> list[Video]:
        """Return the channel's newest recordings of broadcasts."""
        params = [("user_id", channel_id), ("type", "archive"), ("sort", "time"), ("first", str(min(count, PAGE)))]
        page: Page[Video] = self._page("videos", params, Video)
        return page.data

    def create_clip(self, broadcaster_id: str, title: str = "", duration_seconds: float | None = None) -> RequestedClip:
        """Ask Twitch to clip what is on now; never repeated.

        A `Retryable` whose `reached` is true, and `WrongShape`, leave open whether a clip is made. Without a
        signed-in user: `SignInNeeded`.
        """
        if self._maker is None:
            raise SignInNeeded("no user has signed in")
        params = [("broadcaster_id", broadcaster_id)]
        params += [("title", title)] if title else []
        params += [("duration", f"{duration_seconds:.1f}")] if duration_seconds is not None else []
        page: Page[RequestedClip] = self._maker.post("clips", params, RequestedClip)
        if len(page.data) != 1 or page.odd:
            raise WrongShape(f"helix/clips: {len(page.data) + len(page.odd)} clips for one request")
        return page.data[0]

    def get_clips(self, ids: Sequence[str]) -> list[FoundClip]:
        """Return the clips with these ids; a clip appears 15 to 60 s after its request, sometimes later."""
        named = [("id", each) for each in ids]
        return [clip for part in parts(named) for clip in self._page("clips", part, FoundClip).data]

    def get_clips_between(
        self, broadcaster_id: str, start: datetime, end: datetime, most: int = 500
    ) -> list[FoundClip]:
        """Return the channel's clips made from `start` to `end` (aware), at most `most`."""
        params = [("broadcaster_id", broadcaster_id), ("started_at", rfc3339(start)), ("ended_at", rfc3339(end))]
        return list(islice(self._all("clips", params, FoundClip, most_pages(most)), most))

    def get_clips_page(self, broadcaster_id: str, start: datetime, end: datetime, cursor: str = "") -> Page[FoundClip]:
        """Return one page of the channel's clips made from `start` to `end` (aware), with the next page's cursor."""
        params = [("broadcaster_id", broadcaster_id), ("started_at", rfc3339(start)), ("ended_at", rfc3339(end))]
        following = [("after", cursor)] if cursor else []
        return self._page("clips", [*params, ("first", str(PAGE)), *following], FoundClip)

    def get_videos(self, ids: Sequence[str]) -> list[Video]:
        """Return the recordings with these ids that are there. Twitch answers 404 where one of them is not."""
        return [video for part in parts([("id", each) for each in ids]) for video in self._videos(part)]

    def _videos(self, named: list[tuple[str, str]]) -> list[Video]:
        try:
            page: Page[Video] = self._page("videos", named, Video)
        except Refused as error:
            if error.status != NOT_FOUND:
                raise
            return [video for each in named for video in self._videos([each])] if len(named) > 1 else []
        return page.data

    def _page(self, endpoint: str, params: list[tuple[str, str]], kind: Any) -> Page[Any]:
        if self._reader is None:
            raise Unauthorized("there are no credentials: set TWITCH_CLIENT_ID")
        return self._reader.get(endpoint, params, kind)

    def _all(self, endpoint: str, params: list[tuple[str, str]], kind: Any, pages: int) -> Iterator[Any]:
        """Yield every item of at most `pages` pages; stop at a missing or repeated cursor."""
        cursors: set[str] = set()
        following: list[tuple[str, str]] = []
        for _ in range(pages):
            page = self._page(endpoint, [*params, ("first", str(PAGE)), *following], kind)
            yield from page.data
            if not page.cursor or page.cursor in cursors or not page.data:
                return
            cursors.add(page.cursor)
            following = [("after", page.cursor)]


def most_pages(count: int) -> int:
    """Return how many pages may be read for `count` items: Twitch's pages are often half full and repeat items."""
    return PAGES_AT_LEAST + math.ceil(count / PAGE) * PAGES_PER_FULL_ONE


def parts(named: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Yield at most a hundred at a time."""
    for start in range(0, len(named), PAGE):
        yield named[start : start + PAGE]


def rfc3339(moment: datetime) -> str:
    """Format a time as Helix reads it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
