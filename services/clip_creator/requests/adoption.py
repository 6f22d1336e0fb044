"""Adopts the clip of an intent whose answer was lost: finds it among our own clips of that time."""

import structlog

from clip_creator.clip_log import records
from clip_creator.requests.clip_search import ClipSearch
from clip_creator.requests.context import StepContext
from clip_creator.requests.own_clips import search
from contracts.clips import Clip
from twitch_access.answers import FoundClip
from twitch_access.errors import TwitchError

log = structlog.get_logger()


class Adoption(ClipSearch):
    """Searches by channel and time, since Twitch's answer with the clip's id was lost."""

    looks_per_pause = 2
    is_measured = False

    def __init__(self, context: StepContext, clip: Clip, asked_at: int | None = None) -> None:
        """`asked_at`: when Twitch was asked, milliseconds since 1970; None if an earlier process did."""
        super().__init__(context, clip)
        self._asked_at = asked_at

    def _look(self) -> tuple[FoundClip | None, float]:
        limit_seconds = self._context.settings.adoption_seconds
        try:
            return search(self._context, self._clip, self._asked_at), limit_seconds
        except TwitchError as error:
            log.warning("search for own clips failed", moment=self._clip.moment_id, reason=str(error))
            return None, limit_seconds

    def _reason(self, waited: float) -> str:
        return records.NOT_ANSWERED
