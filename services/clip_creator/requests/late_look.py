"""Looks again, after an hour and after a day, for a clip that had not appeared when the search was given up."""

import structlog

from clip_creator.clip_log import records
from clip_creator.requests.context import StepContext
from clip_creator.requests.own_clips import search
from clip_creator.requests.vod_link import found_link
from contracts.clips import Clip
from twitch_access.answers import FoundClip
from twitch_access.errors import Retryable, TwitchError

log = structlog.get_logger()
LOOKS_AFTER_MS = (3_600_000, 24 * 3_600_000)
ASKED_AFTER_MS = 30_000  # from the crossing: a request is made 10 to 75 s after it
AGAIN_SECONDS = 600.0  # after a look that Twitch did not answer
GIVE_UP_MS = 6 * 3_600_000  # after the last look was due


class LateLook:
    """A step that changes an `unknown` record to `made` if its clip is there after all."""

    def __init__(self, context: StepContext, clip: Clip) -> None:
        self._context = context
        self._clip = clip
        self._due = [clip.decided_at + each for each in LOOKS_AFTER_MS]

    def __call__(self) -> float | None:
        context, now = self._context, self._context.now()
        if not context.latest_clips.is_current(self._clip):
            return None
        missed = [each for each in self._due if each <= now]
        if not missed:
            return self._due[0] / 1000
        try:
            found = self._find()
        except TwitchError as error:
            log.warning("late look for a clip failed", moment=self._clip.moment_id, reason=str(error))
            may_answer = isinstance(error, Retryable) and now < missed[-1] + GIVE_UP_MS
            return now / 1000 + AGAIN_SECONDS if may_answer else self._following(missed)
        if found is not None:
            context.writer.write(records.made(self._clip, found, now))
            return None
        return self._following(missed)

    def _following(self, done: list[int]) -> float | None:
        self._due = [each for each in self._due if each not in done]
        return self._due[0] / 1000 if self._due else None

    def _find(self) -> FoundClip | None:
        if self._clip.clip_id:
            clips = self._context.helix.get_clips([self._clip.clip_id])
            return next((each for each in clips if each.id == self._clip.clip_id), None)
        return search(self._context, self._clip, self._clip.crossed_at + ASKED_AFTER_MS)


def give_up(context: StepContext, clip: Clip, reason: str) -> None:
    """Record that the clip has not appeared, and look for it once more later."""
    unknown = records.following(clip, "unknown", context.now(), reason, vod_url=found_link(context, clip))
    context.writer.write(unknown)
    context.follow_ups.add((unknown.decided_at + LOOKS_AFTER_MS[0]) / 1000, LateLook(context, unknown))
