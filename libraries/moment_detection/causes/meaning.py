"""What a moment means: its causes, whether it may become a clip, and what the crowd felt. Pure."""

from typing import NamedTuple

from moment_detection.causes import causes
from moment_detection.causes.moods import mood_of
from moment_detection.evidence.moment_context import MomentContext


class Meaning(NamedTuple):
    """`causes`: the most certain first. `mood` and `mood_share`: None where the crowd felt nothing in common."""

    causes: list[str]
    may_clip: bool = True
    mood: str | None = None
    mood_share: float | None = None


UNKNOWN = Meaning([])  # as a moment is raised: the crowd has hardly begun


def meaning_of(scene: MomentContext) -> Meaning:
    """The meaning of a scene."""
    found = causes.find(scene)
    mood = mood_of(scene.messages)
    return Meaning(found, causes.may_clip(scene, found), mood[0] if mood else None, round(mood[1], 3) if mood else None)
