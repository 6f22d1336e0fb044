"""Finds out what became of an intent without an outcome: our own clip of that time, or nothing that we know of."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import structlog

from clip_creator import outcomes
from clip_creator.workbench import Workbench
from contracts.clips import Clip
from twitch_access.answers import FoundClip
from twitch_access.errors import TwitchError

log = structlog.get_logger()
BEFORE = timedelta(seconds=30)  # our clock may be ahead of Twitch's
AFTER = timedelta(seconds=150)  # a request waits for Twitch's budget within the clip's reach, about 75 s


def window(clip: Clip) -> tuple[datetime, datetime]:
    """When the clip was made, if it was."""
    decided_at = datetime.fromtimestamp(clip.decided_at / 1000, UTC)
    return decided_at - BEFORE, decided_at + AFTER


def ours(
    clip: Clip, candidates: Iterable[FoundClip], creator_id: str, taken: Callable[[str], bool]
) -> FoundClip | None:
    """The candidate that is this intent's clip: our own, of that channel and time, with that title, not taken.

    An intent whose title was refused goes by the others. Of several, the first made after the intent.
    """
    start, end = window(clip)
    fitting = [
        found
        for found in candidates
        if found.broadcaster_id == clip.channel_id
        and start <= found.created_at <= end
        and (not creator_id or found.creator_id == creator_id)
        and (not clip.title or found.title == clip.title)
        and not taken(found.id)
    ]
    decided_at = datetime.fromtimestamp(clip.decided_at / 1000, UTC)
    return min(fitting, key=lambda found: abs(found.created_at - decided_at), default=None)


class Adoption:
    """A step that looks for one intent's clip until it is found or the time for it is over. It never asks for one."""

    def __init__(self, bench: Workbench, clip: Clip) -> None:
        self._bench = bench
        self._clip = clip
        self._turn = 0

    def __call__(self) -> float | None:
        ledger, settings = self._bench.ledger, self._bench.settings
        if not ledger.is_current(self._clip):
            return None  # another process has recorded the outcome
        found = self._look()
        now = self._bench.now()
        if found is not None:
            self._bench.journal.record(outcomes.made(self._clip, found, now))
            return None
        if now - self._clip.decided_at > settings.adoption_seconds * 1000:
            self._bench.journal.record(outcomes.following(self._clip, "unknown", now, outcomes.NEVER_ANSWERED))
            return None
        self._turn += 1
        return now / 1000 + settings.polling().wait_seconds(1 + self._turn // 2)

    def _look(self) -> FoundClip | None:
        clip, ledger = self._clip, self._bench.ledger
        try:
            candidates = self._bench.helix.get_clips_between(clip.channel_id, *window(clip))
            creator_id = self._bench.creator_id()
        except TwitchError as error:
            log.warning("own clips not looked up", moment=clip.moment_id, reason=str(error))
            return None
        return ours(clip, candidates, creator_id, lambda found: ledger.claimed_by_another(found, clip.moment_id))
