"""A stream's recap: its curve by the minute, its moments, what was felt, what it was called, and who came."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api_frontend.data.viewers.viewer_place import ViewerPlace
from stream_recaps.felt import FeltHour, RecapEmote
from stream_recaps.minutes import Minutes

LONGEST = timedelta(hours=48)  # Twitch ends a broadcast after that


@dataclass(frozen=True, kw_only=True)
class RecapStream:
    """A broadcast. `next_at`: when the channel's next one began. `vod_url`: its recording; may be empty."""

    stream_id: str
    title: str
    game_name: str
    language: str
    started_at: datetime
    ended_at: datetime | None
    next_at: datetime | None
    vod_url: str = ""
    next_id: str | None = None
    previous_id: str | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether it goes on, as far as is known."""
        return self.ended_at is None and self.next_at is None and now < self.started_at + LONGEST

    @property
    def over_at(self) -> datetime:
        """When it was over at the latest."""
        ends = [each for each in (self.ended_at, self.next_at) if each is not None]
        return min(ends, default=self.started_at + LONGEST)

    @property
    def seconds(self) -> float | None:
        """How long it was; None while it goes on, and where nobody saw its end."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None


@dataclass(frozen=True, kw_only=True)
class Eruption:
    """A moment of the stream as the curve shows it. `url`: its clip, if one was made."""

    moment_id: str
    crossed_at: datetime
    grade: int
    people: int
    mood: str | None
    version: str
    url: str | None = None

    @property
    def rank(self) -> tuple[int, int, datetime, str]:
        """What the best of a stream are ordered by; the greatest is the best. A grade is coarse: then people count."""
        return self.grade, self.people, self.crossed_at, self.moment_id


@dataclass(frozen=True)
class Change:
    """What the stream was called from `changed_at` on."""

    changed_at: datetime
    title: str
    game_name: str


@dataclass(frozen=True)
class Raid:
    """A raid that arrived. `viewers`: None where Twitch did not say how many."""

    sent_at: datetime
    viewers: int | None


@dataclass(frozen=True, kw_only=True)
class Recap:
    """`minutes` reach up to `counted_until`; None: nothing of it is counted. `eruptions` are in the order of time.

    `is_kept`: whether its curve is; the counts of long ago are not, unless they were rolled up.
    """

    stream: RecapStream
    minutes: Minutes
    counted_until: datetime | None
    now: datetime
    eruptions: Sequence[Eruption]
    changes: Sequence[Change] = ()
    raids: Sequence[Raid] = ()
    hours: Sequence[FeltHour] = ()
    emotes: Sequence[RecapEmote] = ()
    viewers: Sequence[int | None] = ()
    viewers_peak: int | None = None
    viewers_mean: int | None = None
    is_kept: bool = True
    viewer_places: Sequence[ViewerPlace] = ()  # what viewers alone found
    best_ids: list[str] = field(init=False)

    def __post_init__(self) -> None:
        best = sorted(self.eruptions, key=lambda each: each.rank, reverse=True)
        object.__setattr__(self, "best_ids", [each.moment_id for each in best])

    @property
    def is_live(self) -> bool:
        """Whether the stream goes on."""
        return self.stream.is_live(self.now)

    @property
    def messages(self) -> int:
        """How many messages were counted."""
        return sum(self.minutes.messages)

    @property
    def is_read(self) -> bool:
        """Whether anything of its chat was read."""
        return bool(len(self.minutes.without_unread_end()))

    @property
    def is_behind(self) -> bool:
        """Whether some of the stream is not counted yet."""
        return self.counted_until is None or self.counted_until < min(self.stream.over_at, self.now)
