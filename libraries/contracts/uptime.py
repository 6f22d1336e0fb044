"""What the watcher records of the site's parts and the website shows: who was up, from when until when."""

from enum import StrEnum

from msgspec import Struct

HEARTBEAT_SECONDS = 60.0  # between two writes while nothing changes
# Two notes that are no further apart belong together: one heartbeat, a restart of the watcher, a slow look.
BRIDGED_SECONDS = 150


class Part(StrEnum):
    """What visitors may find up or down; `WORK` is no part, but when somebody works on a machine."""

    WEBSITE = "website"
    CHAT = "chat"
    MOMENTS = "moments"
    CLIPS = "clips"
    DISCORD = "discord"
    WORK = "work"


class UptimeState(StrEnum):
    """`PLANNED` is of `Part.WORK` alone. What nobody noted is unknown, and has no state."""

    UP = "up"
    DOWN = "down"
    PLANNED = "planned"


class Noted(Struct, frozen=True, order=True):
    """A part was in a state from `from_at` until `until_at` at least (milliseconds since 1970 UTC).

    The same part, state and beginning noted again is the same note with a later end, so notes may be repeated and may
    come in any order.
    """

    part: Part
    state: UptimeState
    from_at: int
    until_at: int
