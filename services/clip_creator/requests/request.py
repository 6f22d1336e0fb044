"""Requests a clip from Twitch once, and never again if the answer is lost."""

import structlog

from clip_creator.clip_log import records
from clip_creator.decision.duration import ClipPlan, plan_clip
from clip_creator.decision.wanted_range import WantedRange
from clip_creator.requests.adoption import Adoption
from clip_creator.requests.confirmation import Confirmation
from clip_creator.requests.context import StepContext
from clip_creator.requests.vod_link import VodLink
from contracts.clips import Clip
from twitch_access.errors import RateLimited, Refused, Retryable, TwitchError, Unauthorized

log = structlog.get_logger()
RETRY_SECONDS = 1.0  # after a connection that could not be opened
FIRST_LOOKUP_SECONDS = 5.0  # Twitch shows a clip after 15 to 60 s; the simulator may be faster
BAD_REQUEST = 400


class ClipRequest:
    """A step that requests the clip of one intent."""

    def __init__(self, context: StepContext, intent: Clip, clip_range: WantedRange) -> None:
        self._context = context
        self._clip = intent
        self._range = clip_range
        self._asked_at = intent.decided_at

    def __call__(self) -> float | None:
        planned = plan_clip(self._range, self._context.now())
        if planned is None:
            self._too_late("Twitch could not be asked in time")
            return None
        if planned.call_at > self._context.now():
            return planned.call_at / 1000
        self._asked_at = self._context.now()
        try:
            requested = self._context.helix.create_clip(
                self._clip.channel_id, self._clip.title, planned.duration_seconds
            )
        except TwitchError as error:
            return self._failed(error)
        self._accepted(requested.id, planned)
        return None

    def _accepted(self, clip_id: str, planned: ClipPlan) -> None:
        """Record the id, so that the clip can be looked up exactly, also after a crash."""
        context, seconds = self._context, planned.duration_seconds
        clip = records.following(self._clip, "intent", context.now(), clip_id=clip_id, duration_seconds=seconds)
        context.writer.write(clip)
        first_lookup_at = context.now() / 1000 + min(FIRST_LOOKUP_SECONDS, context.settings.poll_seconds)
        context.follow_ups.add(first_lookup_at, Confirmation(context, clip))

    def _failed(self, error: TwitchError) -> float | None:
        """Record what the error means; return the time of a retry only if Twitch certainly made no clip."""
        context = self._context
        if isinstance(error, RateLimited):
            return self._retry_at(error.reset_at, error)
        if isinstance(error, Retryable) and not error.reached:
            return self._retry_at(context.now() / 1000 + RETRY_SECONDS, error)
        if isinstance(error, Unauthorized):
            self._record("skipped", str(error))
            return None
        if isinstance(error, Refused):
            return self._refused(error)
        log.warning("clip request got no answer", moment=self._clip.moment_id, reason=str(error))
        context.follow_ups.add(context.now() / 1000, Adoption(context, self._clip, self._asked_at))
        return None

    def _refused(self, error: Refused) -> float | None:
        """Record the refusal; if only the title was refused, retry without one: a 400 made no clip."""
        if error.status == BAD_REQUEST and self._clip.title and "title" in error.message.lower():
            self._clip = records.following(self._clip, "intent", self._context.now(), title="")
            self._context.writer.write(self._clip)
            return self._context.now() / 1000
        refused = records.following(self._clip, "refused", self._context.now(), f"{error.status}: {error.message}")
        self._context.writer.write(refused)
        self._context.follow_ups.add(self._context.now() / 1000, VodLink(self._context, refused))
        return None

    def _retry_at(self, again_at: float, error: TwitchError) -> float | None:
        if plan_clip(self._range, round(again_at * 1000)) is not None:
            return again_at
        self._too_late(str(error))
        return None

    def _record(self, status: records.Status, reason: str) -> None:
        self._context.writer.write(records.following(self._clip, status, self._context.now(), reason))

    def _too_late(self, reason: str) -> None:
        context = self._context
        clip = records.following(self._clip, "too_late", context.now(), reason)
        context.writer.write(clip)
        context.follow_ups.add(context.now() / 1000, VodLink(context, clip))
