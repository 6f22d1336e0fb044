"""Asks Twitch for a clip: once, and never again where an answer is missing."""

from collections.abc import Callable

import structlog

from clip_creator.clip_log import records
from clip_creator.decision.duration import Plan, Stretch, plan
from clip_creator.requests.adoption import Adoption
from clip_creator.requests.confirmation import Confirmation
from clip_creator.requests.context import Workbench
from clip_creator.requests.vod_link import VodLink
from contracts.clips import Clip
from twitch_access.errors import (
    RateLimited,
    Refused,
    Retryable,
    TwitchError,
    Unauthorized,
)

log = structlog.get_logger()
AGAIN_SECONDS = 1.0  # before Twitch is tried again where no connection came about
FIRST_LOOK_SECONDS = 5.0  # a clip appears after 15 to 60 s; the simulator's may sooner
BAD_REQUEST = 400


class ClipRequest:
    """A step that asks for the clip of one intent, of this stretch of picture."""

    def __init__(self, bench: Workbench, intent: Clip, stretch: Stretch) -> None:
        self._bench = bench
        self._clip = intent
        self._stretch = stretch

    def __call__(self) -> float | None:
        planned = plan(self._stretch, self._bench.now())
        if planned is None:
            self._too_late("Twitch could not be asked in time")
            return None
        if planned.ask_at > self._bench.now():
            return planned.ask_at / 1000
        try:
            requested = self._bench.helix.create_clip(self._clip.channel_id, self._clip.title, planned.duration_seconds)
        except TwitchError as error:
            return self._failed(error)
        self._accepted(requested.id, planned)
        return None

    def _accepted(self, clip_id: str, planned: Plan) -> None:
        """Keep the id: it makes finding the clip exact, also after a crash."""
        seconds = planned.duration_seconds
        clip = records.following(self._clip, "intent", self._bench.now(), clip_id=clip_id, duration_seconds=seconds)
        self._bench.journal.record(clip)
        first_look = self._bench.now() / 1000 + min(FIRST_LOOK_SECONDS, self._bench.settings.poll_seconds)
        self._bench.following.add(first_look, Confirmation(self._bench, clip))

    def _failed(self, error: TwitchError) -> float | None:
        """What an error means for the clip; the time of another try where Twitch certainly did nothing."""
        if isinstance(error, RateLimited):
            return self._within_reach(error.reset_at, error)
        if isinstance(error, Retryable) and not error.reached:
            return self._within_reach(self._bench.now() / 1000 + AGAIN_SECONDS, error)
        if isinstance(error, Unauthorized):
            self._record("skipped", str(error))
            return None
        if isinstance(error, Refused):
            return self._refused(error)
        log.warning("no answer to a clip request", moment=self._clip.moment_id, reason=str(error))
        self._bench.following.add(self._bench.now() / 1000, Adoption(self._bench, self._clip))
        return None

    def _refused(self, error: Refused) -> float | None:
        """Twitch said no. A refused title is left out and the clip asked for again: a 400 made none."""
        if error.status == BAD_REQUEST and self._clip.title and "title" in error.message.lower():
            self._clip = records.following(self._clip, "intent", self._bench.now(), title="")
            self._bench.journal.record(self._clip)
            return self._bench.now() / 1000
        self._record("refused", f"{error.status}: {error.message}")
        return None

    def _within_reach(self, again_at: float, error: TwitchError) -> float | None:
        if plan(self._stretch, round(again_at * 1000)) is not None:
            return again_at
        self._too_late(str(error))
        return None

    def _record(self, status: records.Status, reason: str) -> None:
        self._bench.journal.record(records.following(self._clip, status, self._bench.now(), reason))

    def _too_late(self, reason: str) -> None:
        clip = records.following(self._clip, "too_late", self._bench.now(), reason)
        self._bench.journal.record(clip)
        self._bench.following.add(self._bench.now() / 1000, VodLink(self._bench, clip))


Resumption = Callable[[], float | None]


def resumed(bench: Workbench, clip: Clip) -> Resumption:
    """The step that finds out what an earlier process left open. It never asks for a clip."""
    if clip.status == "too_late":
        return VodLink(bench, clip)
    return Confirmation(bench, clip) if clip.clip_id else Adoption(bench, clip)
