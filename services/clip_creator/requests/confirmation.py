"""Waits until a requested clip appears in Get Clips."""

import structlog

from clip_creator.clip_log import records
from clip_creator.requests.context import StepContext
from clip_creator.requests.late_look import give_up
from contracts import metrics
from contracts.clips import Clip
from service_runtime.measures import measure
from twitch_access.errors import TwitchError

log = structlog.get_logger()


class Confirmation:
    """A step that looks up one clip by its id until it appears or its time is over."""

    def __init__(self, context: StepContext, clip: Clip) -> None:
        self._context = context
        self._clip = clip
        self._attempts = 0

    def __call__(self) -> float | None:
        context = self._context
        if not context.latest_clips.is_current(self._clip):
            return None  # another process has recorded the outcome
        limit = context.settings.confirm_seconds
        try:
            clips = context.helix.get_clips([self._clip.clip_id or ""])
            found = [each for each in clips if each.id == self._clip.clip_id]
        except TwitchError as error:
            log.warning("clip lookup failed", clip=self._clip.clip_id, reason=str(error))
            found, limit = [], max(limit, context.settings.adoption_seconds)  # the clip may well exist
        now = context.now()
        waited = (now - self._clip.decided_at) / 1000
        if found:
            context.writer.write(records.made(self._clip, found[0], now))
            measure(metrics.CLIP_SECONDS).observe(max(0.0, waited))
            return None
        if waited > limit:
            give_up(context, self._clip, f"{records.NOT_APPEARED} within {waited:.0f} s")
            return None
        self._attempts += 1
        return now / 1000 + context.settings.polling().wait_seconds(1 + self._attempts // 3)
