"""What the steps of making a clip share."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from clip_creator.clip_log.latest_clips import LatestClips
from clip_creator.clip_log.writer import ClipWriter
from clip_creator.requests.scheduler import Scheduler
from clip_creator.settings import ClipSettings
from twitch_access.helix import Helix


def now_ms() -> int:
    """Return milliseconds since 1970."""
    return round(time.time() * 1000)


@dataclass(frozen=True, kw_only=True)
class StepContext:
    """Clients, state and queues. `urgent` runs the requests, `follow_ups` whatever waits for Twitch afterwards."""

    helix: Helix
    writer: ClipWriter
    latest_clips: LatestClips
    settings: ClipSettings
    urgent: Scheduler
    follow_ups: Scheduler
    creator_id: Callable[[], str]  # the user's id at Twitch; empty if unknown
    now: Callable[[], int] = now_ms  # milliseconds since 1970
