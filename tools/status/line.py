"""One line of the table: a stage, its state, its age and the details beside it."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum


class State(StrEnum):
    """The state of a stage; `unknown` if it cannot be queried from this machine."""

    OK = "ok"
    UNKNOWN = "unknown"
    BEHIND = "behind"
    DOWN = "down"


EXIT_CODES = {State.OK: 0, State.UNKNOWN: 0, State.BEHIND: 1, State.DOWN: 2}


@dataclass(frozen=True)
class Line:
    """One stage. `age`: seconds since its newest result; `next`: the command to type."""

    name: str
    state: State
    _: KW_ONLY
    age: float | None = None
    details: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    next: str = ""


def worst(lines: list[Line]) -> State:
    """Return the worst state of all lines."""
    return max((line.state for line in lines), key=lambda state: EXIT_CODES[state], default=State.OK)
