"""What is posted of a moment: one message that grows from "chat erupts" into the clip, or goes away without one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Literal

from msgspec import Struct

from contracts.clips import ClipStatus
from contracts.moments import Moment
from discord_notices.rules.games import fits
from discord_notices.rules.guild import MomentChoice

FRESH_SECONDS = 120.0  # an eruption that is older is not shown without its clip
CLIP_FRESH_SECONDS = 3600.0  # a clip that comes later, as after an outage, is left to the digest
CLIP_WAIT_SECONDS = 1800.0  # without any word of a clip, after which the message goes away
CHANGES_SECONDS = 86400.0  # how long a posted clip follows what becomes of its moment
NO_CLIP: tuple[ClipStatus, ...] = ("refused", "skipped", "unknown", "too_late")


class Stage(IntEnum):
    """What a message shows; it only rises."""

    RAISED = 1
    PEAKED = 2
    CLOSED = 3
    CLIP = 4


class MomentState(Struct, frozen=True, kw_only=True):
    """A moment, what Twitch made of it, and what its stream was. `clip_status`: None without any word of a clip."""

    moment: Moment
    crossed_at: datetime
    login: str
    display_name: str
    game_name: str = ""
    clip_status: ClipStatus | None = None
    clip_url: str = ""
    vod_url: str = ""

    @property
    def stage(self) -> Stage:
        """What a message may show of it now."""
        return Stage.CLIP if self.has_clip else Stage(min(self.moment.revision_number, Stage.CLOSED))

    @property
    def has_clip(self) -> bool:
        """Whether there is a clip to link to."""
        return self.clip_status == "made" and bool(self.clip_url)

    def is_without_clip(self, at: datetime) -> bool:
        """Return whether there will be no clip."""
        if self.has_clip:
            return False
        if self.moment.no_clip_reason is not None or self.clip_status in NO_CLIP:
            return True
        return at - self.crossed_at > timedelta(seconds=CLIP_WAIT_SECONDS)


def is_wanted(state: MomentState, choice: MomentChoice) -> bool:
    """Return whether a server's filters let a moment pass. How rare it is must be known, unless any will do."""
    moment = state.moment
    rarity = moment.biggest_in_seconds or 0
    return (
        choice.is_on
        and not moment.shadow
        and rarity >= choice.least_seconds
        and (not choice.moods or moment.mood in choice.moods)
        and fits(choice.games, state.game_name)
    )


def is_posted(state: MomentState, choice: MomentChoice, posted_at: Sequence[datetime], at: datetime) -> bool:
    """Return whether a moment without a message gets one now. `posted_at`: the server's posts of the past hour."""
    if not is_wanted(state, choice) or not is_within_rate(posted_at, choice.per_hour, at):
        return False
    age = at - state.crossed_at
    if state.has_clip:
        return age <= timedelta(seconds=CLIP_FRESH_SECONDS)
    return choice.is_early and not state.is_without_clip(at) and age <= timedelta(seconds=FRESH_SECONDS)


def is_within_rate(posted_at: Sequence[datetime], per_hour: int, at: datetime) -> bool:
    """Return whether a server gets one more moment."""
    return sum(at - each < timedelta(hours=1) for each in posted_at) < per_hour


Change = Literal["edit", "withdraw", "close", "wait"]


def change_of(state: MomentState | None, shown: Stage, at: datetime) -> Change:
    """Return what happens to a posted message. `state`: None where the moment is hidden or its streamer opted out."""
    if state is None:
        return "withdraw"
    if shown < Stage.CLIP and state.is_without_clip(at):
        return "withdraw"
    if shown < state.stage:
        return "edit"
    return "close" if at - state.crossed_at > timedelta(seconds=CHANGES_SECONDS) else "wait"
