"""One line of the table: a stage, its state, and the words and figures beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """How a stage is; `unseen`: it cannot be asked from this machine."""

    OK = "ok"
    UNSEEN = "unseen"
    BEHIND = "behind"
    AWAY = "away"


EXIT_CODES = {State.OK: 0, State.UNSEEN: 0, State.BEHIND: 1, State.AWAY: 2}


@dataclass(frozen=True)
class Line:
    """One stage. `freshness`: age in seconds of the newest that it has done; `next`: the command to type."""

    name: str
    state: State
    freshness: float | None
    backlog: str
    figures: Mapping[str, float] = field(default_factory=dict)
    next: str = ""


def worst(lines: list[Line]) -> State:
    """The state of the whole."""
    return max((line.state for line in lines), key=lambda state: EXIT_CODES[state], default=State.OK)


def age(seconds: float | None) -> str:
    """Seconds as a person reads them in a table."""
    if seconds is None:
        return "-"
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    if whole < 120 * 60:
        return f"{whole // 60} min"
    return f"{whole // 3600} h" if whole < 48 * 3600 else f"{whole // 86400} d"


def size(count: float) -> str:
    """Bytes as a person reads them."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 10 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def many(count: float, one: str) -> str:
    """A count with its noun."""
    return f"{count:,.0f} {one}" + ("" if count == 1 else "s")
