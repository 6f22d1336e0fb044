"""What the steps of making a clip need, with records kept in a list and a clock that the test sets."""

from datetime import UTC, datetime
from typing import Any

from unit.support.helix_client import FixedToken

from clip_creator.clip_log.latest_clips import LatestClips
from clip_creator.requests.context import StepContext
from clip_creator.requests.recordings import Recordings
from clip_creator.requests.scheduler import Scheduler, Step
from clip_creator.settings import ClipSettings
from contracts.clips import Clip
from twitch_access.helix import Helix
from twitch_access.session import Session
from twitch_access.transport import Transport

CLOCK_STEP_MS = 700_000  # beyond every patience of the default settings
DECIDED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
INTENT = Clip(
    schema_version=1,
    moment_id="m1",
    channel_id="67955580",
    crossed_at=round(DECIDED.timestamp() * 1000) - 8_000,
    status="intent",
    revision_number=1,
    decided_at=round(DECIDED.timestamp() * 1000),
    title="LUL ×140",
)
TRANSPORT = Transport()


class StepWorld:
    """A context whose records are in `written`; `time`: milliseconds since 1970."""

    def __init__(self, url: str = "http://127.0.0.1:9/", seconds: float = 0.5, **settings: Any) -> None:
        self.time = INTENT.decided_at
        self.written: list[Clip] = []
        self.latest_clips = LatestClips()
        session = Session(TRANSPORT, url, "client", FixedToken(), seconds)
        helix = Helix(session, session)
        self.context = StepContext(
            helix=helix,
            recordings=Recordings(helix, clock=self.seconds),
            writer=self,  # type: ignore[arg-type]
            latest_clips=self.latest_clips,
            settings=ClipSettings(instance="test", **settings),
            urgent=Scheduler(self.seconds),
            follow_ups=Scheduler(self.seconds),
            creator_id=lambda: "53834192",
            now=self.now,
        )

    def now(self) -> int:
        return self.time

    def seconds(self) -> float:
        return self.time / 1000

    def follow_ups(self) -> list[tuple[float, Step]]:
        """Take the waiting follow-ups with their due times, in seconds, the first ones first."""
        waiting, self.context.follow_ups._waiting = sorted(self.context.follow_ups._waiting)[:], []
        return [(due, step) for due, _, step in waiting]

    def write(self, clip: Clip, *_: object) -> None:
        """Keep a record, in place of Kafka."""
        self.latest_clips.apply(clip)
        self.written.append(clip)
