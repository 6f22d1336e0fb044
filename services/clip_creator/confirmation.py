"""Waits until a requested clip appears in Get Clips."""

import structlog

from clip_creator import outcomes
from clip_creator.workbench import Workbench
from contracts import metrics
from contracts.clips import Clip
from service_runtime.measures import measure
from twitch_access.errors import TwitchError

log = structlog.get_logger()


class Confirmation:
    """A step that looks for one clip by its id, until it is there or has had its time."""

    def __init__(self, bench: Workbench, clip: Clip) -> None:
        self._bench = bench
        self._clip = clip
        self._turn = 0

    def __call__(self) -> float | None:
        if not self._bench.ledger.is_current(self._clip):
            return None  # another process has recorded the outcome
        limit = self._bench.settings.confirm_seconds
        try:
            found = self._bench.helix.get_clips([self._clip.clip_id or ""])
        except TwitchError as error:
            log.warning("clip not looked up", clip=self._clip.clip_id, reason=str(error))
            found, limit = [], max(limit, self._bench.settings.adoption_seconds)  # it may well be there
        now = self._bench.now()
        waited = (now - self._clip.decided_at) / 1000
        if found:
            self._bench.journal.record(outcomes.made(self._clip, found[0], now))
            measure(metrics.CLIP_SECONDS).observe(max(0.0, waited))
            return None
        if waited > limit:
            reason = f"{outcomes.NEVER_APPEARED} within {waited:.0f} s"
            self._bench.journal.record(outcomes.following(self._clip, "unknown", now, reason))
            return None
        self._turn += 1
        return now / 1000 + self._bench.settings.polling().wait_seconds(1 + self._turn // 3)
