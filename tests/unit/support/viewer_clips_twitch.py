"""A Twitch in memory that pages clips as the real one does, and what asks it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from twitch_access.answers import FoundClip, Page, Video
from twitch_access.errors import WrongShape
from viewer_clips.asking.asker import Asker
from viewer_clips.kept.store import Store
from viewer_clips.rules.span import Span, utc

NOW = 1_795_000_000_000 // 3_600_000 * 3_600_000
SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
CHANNEL = "12826"
MOST = 1_000  # clips that Twitch gives of one window


def found(clip_id: str, at: int = NOW, **fields: Any) -> FoundClip:
    """A clip as Helix shows it."""
    usual = {
        "url": f"https://clips.twitch.tv/{clip_id}",
        "broadcaster_id": CHANNEL,
        "creator_id": f"who made {clip_id}",
    }
    return FoundClip(id=clip_id, created_at=utc(at), **(usual | {"duration": 30.0} | fields))


class FakeTwitch:
    """`pages`: what goes wrong with each window, by default nothing. Times in ms."""

    def __init__(self) -> None:
        self.clips: list[FoundClip] = []
        self.videos: dict[str, Video] = {}
        self.asked: list[Span] = []
        self.looked_up: list[str] = []
        self.failure: Exception | None = None
        self.hidden: set[str] = set()  # in windows, not by id
        self.repeats = False
        self.unreadable_at: int | None = None  # no window with this time can be read

    def get_clips_page(self, broadcaster_id: str, start: datetime, end: datetime, cursor: str = "") -> Page[FoundClip]:
        if self.failure is not None:
            raise self.failure
        if self.unreadable_at is not None and ms(start) <= self.unreadable_at < ms(end):
            raise WrongShape("no page")
        if not cursor:
            self.asked.append(Span(ms(start), ms(end)))
        fitting = [
            clip
            for clip in self.clips
            if clip.broadcaster_id == broadcaster_id and start <= clip.created_at < end and clip.id not in self.hidden
        ][:MOST]
        first = int(cursor or 0) % MOST
        page = fitting[first : first + 100]
        if self.repeats:
            return Page(fitting[:100], "0")
        more = first + 100 < len(fitting) or len(fitting) == MOST  # then it begins anew, for ever
        return Page(page, str(int(cursor or 0) + 100) if more else "")

    def get_clips(self, ids: list[str]) -> list[FoundClip]:
        return [clip for clip in self.clips if clip.id in ids]

    def get_videos(self, ids: list[str]) -> list[Video]:
        self.looked_up += ids
        return [self.videos[each] for each in ids if each in self.videos]

    def record(self, video_id: str, stream_id: str | None, began_at: int, kind: str = "archive") -> None:
        """Let there be a video."""
        self.videos[video_id] = Video(
            id=video_id, user_id=CHANNEL, url="https://x", created_at=utc(began_at), stream_id=stream_id, type=kind
        )


def ms(moment: datetime) -> int:
    return round(moment.astimezone(UTC).timestamp() * 1000)


def make_asker(twitch: FakeTwitch, store: Store, send: Callable[..., None], now: int = NOW) -> Asker:
    return Asker(
        helix=twitch,  # type: ignore[arg-type]
        store=store,
        send=send,
        own_account=lambda: "us",
        is_stopping=lambda: False,
        now=lambda: now,
    )
