"""Decides what becomes of a moment: an intent to clip it, or the reason why not. Pure: state and time are passed in."""

from dataclasses import dataclass

from clip_creator.clip_log import records
from clip_creator.decision.budget import HourlyBudget
from clip_creator.decision.cooldown import CoolDown
from clip_creator.decision.duration import plan, stretch_of
from clip_creator.decision.title import title
from contracts.clips import Clip
from contracts.moment_words import no_clip_words
from contracts.moments import Moment


@dataclass(frozen=True)
class Credentials:
    """What we may do at Twitch."""

    application: bool  # Helix can be read
    user: bool  # clips can be asked for


def acted_on(moment: Moment) -> bool:
    """True for the revisions that decide: `peaked`, and `closed` for a moment whose `peaked` did not.

    `peaked` does not decide where it names a cause: a true burst may have followed, and `closed` knows better. A moment
    of a detector on trial gets no record at all.
    """
    if moment.shadow:
        return False
    return moment.revision == "closed" or (moment.revision == "peaked" and moment.no_clip_reason != "cause")


def decide(moment: Moment, now: int, credentials: Credentials, cool_down: CoolDown, budget: HourlyBudget) -> Clip:
    """The moment's first record: `intent`, `skipped` or `too_late`."""
    if moment.no_clip_reason is not None:
        return records.first(moment, "skipped", now, no_clip_words(moment.no_clip_reason, moment.causes))
    if not credentials.application:
        return records.first(moment, "skipped", now, records.NO_CREDENTIALS)
    planned = plan(stretch_of(moment), now)
    if planned is None:
        return records.first(moment, "too_late", now, records.OUT_OF_REACH)
    if not credentials.user:
        return records.first(moment, "skipped", now, records.NOT_SIGNED_IN)
    pause = cool_down.remaining_seconds(moment.channel_id, moment.crossed_at)
    if pause > 0:
        return records.first(moment, "skipped", now, f"cool-down: {pause:.0f} s after the channel's last clip")
    refusal = budget.refusal(moment.crossed_at, moment.score)
    if refusal:
        return records.first(moment, "skipped", now, f"budget: {refusal}")
    return records.first(moment, "intent", now, title=title(moment), duration_seconds=planned.duration_seconds)
