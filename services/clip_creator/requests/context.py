"""What the steps of making a clip share."""

from collections.abc import Callable
from dataclasses import dataclass

from clip_creator.clip_log.latest_clips import LatestClips
from clip_creator.clip_log.writer import ClipWriter
from clip_creator.requests.recordings import Recordings
from clip_creator.requests.scheduler import Scheduler
from clip_creator.settings import ClipSettings
from service_runtime.clock import now_ms
from twitch_access.helix import Helix


@dataclass(frozen=True, kw_only=True)
class StepContext:
    """Clients, state and queues. `urgent` runs the requests, `follow_ups` whatever waits for Twitch afterwards."""

    helix: Helix
    recordings: Recordings
    writer: ClipWriter
    latest_clips: LatestClips
    settings: ClipSettings
    urgent: Scheduler
    follow_ups: Scheduler
    creator_id: Callable[[], str]  # the user's id at Twitch; empty if unknown
    now: Callable[[], int] = now_ms  # milliseconds since 1970
