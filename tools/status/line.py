"""One line of the table: a stage, its state, its age and the details beside it."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum


class StageState(StrEnum):
    """The state of a stage; `unknown` if it cannot be queried from this machine."""

    OK = "ok"
    UNKNOWN = "unknown"
    BEHIND = "behind"
    DOWN = "down"


EXIT_CODES = {StageState.OK: 0, StageState.UNKNOWN: 0, StageState.BEHIND: 1, StageState.DOWN: 2}


@dataclass(frozen=True)
class StageStatus:
    """One stage. `age`: seconds since its newest result; `next`: the command to type."""

    name: str
    state: StageState
    _: KW_ONLY
    age: float | None = None
    details: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    next: str = ""


def worst(lines: list[StageStatus]) -> StageState:
    """Return the worst state of all lines."""
    return max((line.state for line in lines), key=lambda state: EXIT_CODES[state], default=StageState.OK)
