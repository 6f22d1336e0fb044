"""Makes clips that appear in Get Clips after a delay, or never."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from uuid import uuid4

from twitch_simulator.clock import iso
from twitch_simulator.crowd.directory import Directory, Stream
from twitch_simulator.faults import Faults
from twitch_simulator.helix.archives import Archive
from twitch_simulator.truth import Truth

SLUG: Final = (
    "Brave",
    "Curious",
    "Elegant",
    "Fuzzy",
    "Gentle",
    "Hungry",
    "Jolly",
    "Lucky",
    "Mellow",
    "Nimble",
    "Proud",
)
SLUG_NOUNS: Final = (
    "Otter",
    "Waffle",
    "Lantern",
    "Penguin",
    "Cactus",
    "Kettle",
    "Walnut",
    "Beacon",
    "Turnip",
    "Falcon",
)
SLUG_ENDS: Final = ("KappaPride", "TheRinger", "SwiftRage", "PogChamp", "HeyGuys", "NotLikeThis", "VoHiYo", "PJSalt")
DEFAULT_DURATION = 30.0  # seconds, as Twitch's
VOD_OFFSET_AFTER_MS = 60_000  # it is null at first, and where there is no recording
CAPTURED_AFTER_SECONDS = 5.0  # a clip extends this far past the request
LATE_SECONDS = (40.0, 120.0)  # a late clip needs so much longer; the clip_creator waits for three minutes


@dataclass(frozen=True)
class Clip:
    """One clip; times in ms since 1970 by Twitch's clock."""

    clip_id: str
    broadcaster_id: str
    creator_id: str
    creator_name: str
    created_at: int
    title: str
    duration: float
    video_id: str
    game_id: str
    vod_offset: int | None
    appears_at: float  # infinity: never
    is_of_recording: bool = False  # then its place in it is known at once


def slug(rng: Random) -> str:
    """Draw a clip id in Twitch's form: words and a random tail."""
    tail = hashlib.sha256(rng.randbytes(16)).hexdigest()[:12]
    return f"{rng.choice(SLUG)}{rng.choice(SLUG)}{rng.choice(SLUG_NOUNS)}{rng.choice(SLUG_ENDS)}-{tail}"


def recorded_clip(row: dict[str, Any]) -> Clip:
    """Build a clip of an earlier run from its row of the truth; what the row lacks is empty."""
    return Clip(
        clip_id=row["clip_id"],
        broadcaster_id=row["broadcaster_id"],
        creator_id="1",
        creator_name="stream_scout",
        created_at=row["created_at"],
        title=row["title"],
        duration=row["duration"],
        video_id="",
        game_id="",
        vod_offset=None,
        appears_at=float("inf") if row.get("never_appears") else 0.0,
    )


class Clips:
    """All clips, including those of earlier runs, which are read from the truth files."""

    def __init__(
        self,
        *,
        directory: Directory,
        truth: Truth,
        faults: Faults,
        clock: Callable[[], int],
        base: Callable[[], str],
        delay_seconds: float,
        late_every: int = 0,
        vod_offset_seconds: float = VOD_OFFSET_AFTER_MS / 1000,
    ) -> None:
        """`base()` returns the base URL of clip links. `late_every`: every Nth clip is late; 0: none.

        `vod_offset_seconds`: until a clip's place in the recording is known.
        """
        self._late_every = late_every
        self._vod_offset_ms = vod_offset_seconds * 1000
        self._removed: set[str] = set()
        self._lost_recordings: set[str] = set()
        self._delay_seconds = delay_seconds
        self._directory, self._truth, self._faults, self._clock, self._base = directory, truth, faults, clock, base
        self._clips: dict[str, Clip] = {}
        for row in truth.read("clips"):
            self._clips[row["clip_id"]] = recorded_clip(row)

    def __len__(self) -> int:
        return len(self._clips)

    def set_delay(self, seconds: float) -> None:
        """Set the delay after which new clips appear."""
        self._delay_seconds = seconds

    def make(self, stream: Stream, creator: tuple[str, str], title: str, duration: float) -> Clip:
        """Make a clip of a live stream and write its truth first. `creator`: user id and name."""
        now = self._clock()
        never = self._faults.next_never_appears()
        offset = (now - stream.broadcast.started_at) / 1000 + CAPTURED_AFTER_SECONDS - duration
        clip = Clip(
            clip_id=slug(Random(uuid4().int)),
            broadcaster_id=stream.channel.channel_id,
            creator_id=creator[0],
            creator_name=creator[1],
            created_at=now,
            title=title.strip() or stream.title,
            duration=duration,
            video_id=stream.broadcast.video_id,
            game_id=stream.game_id,
            vod_offset=max(0, int(offset)),
            appears_at=float("inf") if never else now + self._next_delay_seconds() * 1000,
        )
        row = {"clip_id": clip.clip_id, "broadcaster_id": clip.broadcaster_id, "created_at": now}
        self._truth.write("clips", row | {"title": clip.title, "duration": duration, "never_appears": never})
        self._truth.flush(0)
        self._clips[clip.clip_id] = clip
        return clip

    def make_from_vod(
        self, archive: Archive, creator: tuple[str, str], title: str, ends_at: int, duration: float
    ) -> Clip:
        """Make a clip of a recording and write its truth first. `ends_at`: seconds from the recording's start."""
        now = self._clock()
        never = self._faults.next_never_appears()
        clip = Clip(
            clip_id=slug(Random(uuid4().int)),
            broadcaster_id=archive.channel.channel_id,
            creator_id=creator[0],
            creator_name=creator[1],
            created_at=now,
            title=title.strip(),
            duration=duration,
            video_id=archive.broadcast.video_id,
            game_id="",
            vod_offset=int(ends_at - duration),
            appears_at=float("inf") if never else now + self._next_delay_seconds() * 1000,
            is_of_recording=True,
        )
        row = {"clip_id": clip.clip_id, "broadcaster_id": clip.broadcaster_id, "created_at": now}
        row |= {"title": clip.title, "duration": duration, "never_appears": never, "video_id": clip.video_id}
        self._truth.write("clips", row | {"vod_offset": clip.vod_offset, "creator_id": creator[0]})
        self._truth.flush(0)
        self._clips[clip.clip_id] = clip
        return clip

    def add(self, clip: Clip) -> None:
        """Add a clip that somebody else has made."""
        self._clips[clip.clip_id] = clip

    def appears_at(self) -> float:
        """Return when a clip that is made now appears (ms)."""
        return self._clock() + self._next_delay_seconds() * 1000

    def remove(self, clip_id: str) -> bool:
        """Delete a clip; return whether it was there."""
        self._removed.add(clip_id)
        return clip_id in self._clips

    def lose_recording(self, video_id: str) -> None:
        """Show no place in a recording any more."""
        self._lost_recordings.add(video_id)

    def base(self) -> str:
        """Return the base URL of clip links."""
        return self._base()

    def _next_delay_seconds(self) -> float:
        number = len(self._clips) + 1
        if not self._late_every or number % self._late_every:
            return self._delay_seconds
        return self._delay_seconds + Random(f"late:{number}").uniform(*LATE_SECONDS)

    def find(self, clip_ids: list[str]) -> list[Clip]:
        """Return the clips with these ids that have appeared."""
        return [clip for each in clip_ids if (clip := self._clips.get(each)) and self._visible(clip)]

    def of_channel(self, broadcaster_id: str, from_at: float, until_at: float) -> list[Clip]:
        """Return a channel's clips that have appeared and were made in [from, until) (ms), most viewed first."""
        found = [
            clip
            for clip in self._clips.values()
            if clip.broadcaster_id == broadcaster_id and from_at <= clip.created_at < until_at and self._visible(clip)
        ]
        return sorted(found, key=lambda clip: (-self._views(clip), clip.created_at))

    def _visible(self, clip: Clip) -> bool:
        return self._clock() >= clip.appears_at and clip.clip_id not in self._removed

    def _knows_place(self, clip: Clip) -> bool:
        if clip.video_id in self._lost_recordings:
            return False
        return clip.is_of_recording or self._clock() > clip.created_at + self._vod_offset_ms

    def _views(self, clip: Clip) -> int:
        return max(0, (self._clock() - clip.created_at) // 60_000)  # one view per minute

    def shown(self, clip: Clip) -> dict[str, Any]:
        """Build the clip's entry in Get Clips."""
        channel = self._directory.by_id.get(clip.broadcaster_id)
        base = self._base()
        return {
            "id": clip.clip_id,
            "url": f"{base}/clip/{clip.clip_id}",
            "embed_url": f"{base}/embed?clip={clip.clip_id}",
            "broadcaster_id": clip.broadcaster_id,
            "broadcaster_name": channel.display_name if channel else clip.broadcaster_id,
            "creator_id": clip.creator_id,
            "creator_name": clip.creator_name,
            "video_id": "" if clip.video_id in self._lost_recordings else clip.video_id,
            "game_id": clip.game_id or (channel.game_id if channel else ""),
            "language": channel.language if channel else "en",
            "title": clip.title,
            "view_count": self._views(clip),
            "created_at": iso(clip.created_at),
            "thumbnail_url": f"{base}/thumbnails/{clip.clip_id}.svg",
            "duration": clip.duration,
            "vod_offset": clip.vod_offset if self._knows_place(clip) else None,
            "is_featured": False,
        }
