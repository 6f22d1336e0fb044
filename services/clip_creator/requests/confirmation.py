"""Waits until a requested clip appears in Get Clips."""

import structlog

from clip_creator.clip_log import records
from clip_creator.requests.clip_search import ClipSearch
from twitch_access.answers import FoundClip
from twitch_access.errors import TwitchError

log = structlog.get_logger()


class Confirmation(ClipSearch):
    """Looks up the clip by its id, which Twitch has answered."""

    looks_per_pause = 3
    is_measured = True

    def _look(self) -> tuple[FoundClip | None, float]:
        clip_id, settings = self._clip.clip_id or "", self._context.settings
        try:
            clips = self._context.helix.get_clips([clip_id])
        except TwitchError as error:
            log.warning("clip lookup failed", clip=clip_id, reason=str(error))
            return None, max(settings.confirm_seconds, settings.adoption_seconds)  # the clip may well exist
        return next((each for each in clips if each.id == clip_id), None), settings.confirm_seconds

    def _reason(self, waited: float) -> str:
        return f"{records.NOT_APPEARED} within {waited:.0f} s"
