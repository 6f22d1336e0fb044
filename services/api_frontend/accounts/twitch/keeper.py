"""Beside the requests: finds out what became of clips that were asked for, and ends consents that hold no more."""

import asyncio
import time
from collections.abc import Callable

import structlog

from api_frontend.accounts.twitch.clip_making import ClipMaking
from api_frontend.accounts.twitch.consents import ConsentGoneError, Consents, MissingScopeError
from api_frontend.accounts.twitch.standing import Standings
from api_frontend.data.channel_people.own_clips import OwnClip, OwnClips
from contracts import metrics
from service_runtime.backoff import Backoff
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError
from twitch_access.errors import TwitchError

LOOK_SECONDS = 2.0  # between two looks into Postgres
MOST_CLIPS = 50  # looked for in one look
GIVE_UP_SECONDS = 180.0  # after which a clip that is not there counts as unknown: most come within one minute
LONGEST_SECONDS = 86_400.0  # while Twitch is away
HOUR_SECONDS = 3600.0  # Twitch asks for an hourly validation
MOST_CHECKS = 200  # consents that are validated with one look; more come with the next one
IDLE_DAYS = 180  # after which the consent of somebody who was never here again is withdrawn
CLIPS_DAYS = 90  # that the rows of settled clips are kept
# Counted from 0: Prometheus sees no increase in a series that begins with its first failure.
OUTCOMES = ("made", "forbidden", "refused", "away", "busy", "never_came", "unanswered")
SIGN_INS = ("kept", "stranger", "failed")

log = structlog.get_logger()


class Keeper:
    """`answer_seconds`: longer than any answer of Twitch's is on its way. `give_up_seconds`: see above."""

    def __init__(
        self,
        *,
        consents: Consents,
        clips: OwnClips,
        making: ClipMaking,
        standings: Standings,
        answer_seconds: float,
        give_up_seconds: float = GIVE_UP_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._consents, self._clips, self._making, self._standings = consents, clips, making, standings
        self._answer_seconds, self._give_up_seconds, self._clock = answer_seconds, give_up_seconds, clock
        self._waits = Backoff(first_seconds=2.0, longest_seconds=30.0, jitter=0.2)
        self._looks: dict[str, tuple[int, float]] = {}  # by moment: how often, and when again
        self._kept_at = float("-inf")

    async def run(self) -> None:
        """Work until cancelled."""
        for outcome in OUTCOMES:
            measure(metrics.OWN_CLIPS).labels(outcome=outcome)
        for outcome in SIGN_INS:
            measure(metrics.CHANNEL_SIGN_INS).labels(outcome=outcome)
        while True:
            try:
                await self.look()
                if self._clock() - self._kept_at >= HOUR_SECONDS:
                    await self.keep()
                    self._kept_at = self._clock()
            except PostgresAwayError as error:
                log.warning("consents wait for Postgres", reason=str(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Look for the clips that may be there by now."""
        open_ones = await self._clips.open(self._answer_seconds, MOST_CLIPS)
        self._looks = {each.moment_id: self._looks.get(each.moment_id, (0, 0.0)) for each in open_ones}
        for clip in open_ones:
            times, again_at = self._looks[clip.moment_id]
            if self._clock() >= again_at:
                self._looks[clip.moment_id] = times + 1, self._clock() + self._waits.wait_seconds(times + 1)
                await self._look_for(clip)

    async def _look_for(self, clip: OwnClip) -> None:
        limit = self._give_up_seconds
        try:
            if await self._making.look(clip):
                return
        except (ConsentGoneError, MissingScopeError):
            await self._clips.settle(clip.moment_id, "unknown", "revoked")
            return
        except TwitchError as error:
            log.warning("a clip cannot be looked for", moment_id=clip.moment_id, reason=str(error))
            limit = LONGEST_SECONDS
        if clip.age_seconds > limit:
            await self._clips.settle(clip.moment_id, "unknown", "never_came" if clip.clip_id else "unanswered")

    async def keep(self) -> None:
        """Validate consents, end those of people who are gone, and encrypt with the newest key."""
        await self._consents.lock_anew()
        for user_id in await self._consents.rows.idle(IDLE_DAYS, MOST_CHECKS):
            await self._consents.revoke(user_id)
        for consent in await self._consents.rows.to_check(HOUR_SECONDS / 2, MOST_CHECKS):
            try:
                await self._consents.validate(consent)
            except ConsentGoneError:
                continue
            except TwitchError as error:
                log.warning("consents are not validated", reason=str(error))
                break
        try:
            await self._standings.recheck(HOUR_SECONDS / 2, MOST_CHECKS)
        except TwitchError as error:
            log.warning("editors are not asked for", reason=str(error))
        await self._clips.forget(CLIPS_DAYS)
