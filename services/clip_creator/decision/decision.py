"""Decides whether to clip a moment: an intent, or a record with the reason why not. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime

from clip_creator.clip_log import records
from clip_creator.decision.budget import HourlyBudget
from clip_creator.decision.cooldown import Cooldown
from clip_creator.decision.duration import plan_clip
from clip_creator.decision.refusals import Refusals
from clip_creator.decision.title import NONE_HIDDEN, title
from clip_creator.decision.wanted_range import wanted_range_of
from contracts.clips import Clip
from contracts.moment_words import no_clip_words
from contracts.moments import Moment
from moment_detection.hidden_words import HiddenWords


@dataclass(frozen=True)
class Credentials:
    """Which Twitch credentials are available."""

    application: bool  # may read Helix
    user: bool  # may request clips
    problem: str = records.NOT_SIGNED_IN  # why the user may not


def is_decisive(moment: Moment) -> bool:
    """Return whether this revision decides about the clip: `peaked`, or `closed` for a moment not decided before.

    A `peaked` that names a cause waits for `closed`, because a genuine burst may still follow. A moment of a shadow
    detector is never decided and gets no record.
    """
    if moment.shadow:
        return False
    return moment.revision == "closed" or (moment.revision == "peaked" and moment.no_clip_reason != "cause")


def decide(
    moment: Moment,
    now: int,
    credentials: Credentials,
    cooldown: Cooldown,
    budget: HourlyBudget,
    refusals: Refusals,
    hidden: HiddenWords = NONE_HIDDEN,
) -> Clip:
    """Build the moment's first record: `intent`, `skipped`, `too_late`, or `refused` without asking Twitch again.

    `hidden`: what no title says.
    """
    if moment.no_clip_reason is not None:
        return records.first(moment, "skipped", now, no_clip_words(moment.no_clip_reason, moment.causes))
    if not credentials.application:
        return records.first(moment, "skipped", now, records.NO_CREDENTIALS)
    planned = plan_clip(wanted_range_of(moment), now)
    if planned is None:
        return records.first(moment, "too_late", now, records.TOO_OLD)
    if not credentials.user:
        return records.first(moment, "skipped", now, credentials.problem)
    refusal = refusals.of(moment.channel_id, now)
    if refusal:
        return records.first(moment, "refused", now, f"{records.NOT_ASKED} ({refusal[0]}); {asked_again(refusal[1])}")
    pause = cooldown.remaining_seconds(moment.channel_id, moment.crossed_at)
    if pause > 0:
        return records.first(moment, "skipped", now, f"cool-down: {pause:.0f} s left after the channel's last clip")
    spent = budget.refusal(moment.crossed_at, moment.score)
    if spent:
        return records.first(moment, "skipped", now, f"budget: {spent}")
    return records.first(moment, "intent", now, title=title(moment, hidden), duration_seconds=planned.duration_seconds)


def asked_again(at: int) -> str:
    """Say when Twitch is asked again (milliseconds since 1970)."""
    return f"asked again after {datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M} UTC"
