"""What a moment means: its causes, whether it may become a clip, and its mood."""

from typing import NamedTuple

from moment_detection.causes.causes import find_causes
from moment_detection.causes.moods import mood_of
from moment_detection.causes.reactions import may_clip
from moment_detection.evidence.moment_context import MomentContext


class Meaning(NamedTuple):
    """`causes`: the one that explains most first. `mood`, `mood_share`: None if the crowd shares no mood."""

    causes: list[str]
    may_clip: bool = True
    mood: str | None = None
    mood_share: float | None = None


UNKNOWN = Meaning([])  # of a moment that was just raised: the crowd has hardly begun


def meaning_of(context: MomentContext) -> Meaning:
    """Derive the meaning of a moment from its context."""
    causes = find_causes(context)
    clip = may_clip(context, causes)
    mood = mood_of(context.messages)
    return Meaning(causes, clip, mood[0], round(mood[1], 3)) if mood else Meaning(causes, clip)
