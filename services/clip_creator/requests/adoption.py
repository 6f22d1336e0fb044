"""Adopts the clip of an intent whose answer was lost: finds it among our own clips of that time."""

import structlog

from clip_creator.clip_log import records
from clip_creator.requests.context import StepContext
from clip_creator.requests.late_look import give_up
from clip_creator.requests.own_clips import search
from contracts.clips import Clip
from twitch_access.answers import FoundClip
from twitch_access.errors import TwitchError

log = structlog.get_logger()


class Adoption:
    """A step that searches for one intent's clip until it is found or its time is over. It never requests a clip."""

    def __init__(self, context: StepContext, clip: Clip, asked_at: int | None = None) -> None:
        """`asked_at`: when Twitch was asked, milliseconds since 1970; None if an earlier process did."""
        self._context = context
        self._clip = clip
        self._asked_at = asked_at
        self._attempts = 0

    def __call__(self) -> float | None:
        context = self._context
        if not context.latest_clips.is_current(self._clip):
            return None  # another process has recorded the outcome
        found = self._search()
        now = context.now()
        if found is not None:
            context.writer.write(records.made(self._clip, found, now))
            return None
        if now - self._clip.decided_at > context.settings.adoption_seconds * 1000:
            give_up(context, self._clip, records.NOT_ANSWERED)
            return None
        self._attempts += 1
        return now / 1000 + context.settings.polling().wait_seconds(1 + self._attempts // 2)

    def _search(self) -> FoundClip | None:
        try:
            return search(self._context, self._clip, self._asked_at)
        except TwitchError as error:
            log.warning("search for own clips failed", moment=self._clip.moment_id, reason=str(error))
            return None
