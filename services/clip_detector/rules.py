"""When a detector raises a moment: the numbers that an operator may turn, see configs/detector.toml."""

from dataclasses import dataclass

NAME = "crowd"


@dataclass(frozen=True)
class Rules:
    """One detector's rules. `threshold` is in standard deviations of ordinary chat, roughly.

    `moments_per_hour`: about how many moments of a channel are raised at most; `clips_per_hour`: how many of them may
    become clips. A `shadow` is on trial: its moments are told and never clipped. Its `name` is part of their ids.
    """

    threshold: float = 4.0
    rearm_share: float = 0.5  # of the threshold; the score falls below it before the next moment
    moments_per_hour: float = 10.0
    clips_per_hour: float = 10.0
    name: str = NAME
    shadow: bool = False
