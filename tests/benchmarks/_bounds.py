"""What a bench owes: figures with a floor and a goal, and what was measured of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Bound:
    """The most that a figure may be (floor) and should be (goal)."""

    figure: str
    floor: float
    goal: float


def judge(figures: Mapping[str, float], bounds: Iterable[Bound]) -> list[dict[str, object]]:
    """Return a line for each bound whose figure was measured."""
    return [
        {
            "figure": bound.figure,
            "measured": figures[bound.figure],
            "floor": bound.floor,
            "goal": bound.goal,
            "holds": figures[bound.figure] <= bound.floor,
            "reaches_goal": figures[bound.figure] <= bound.goal,
        }
        for bound in bounds
        if bound.figure in figures
    ]


def missed(table: Iterable[Mapping[str, object]]) -> list[str]:
    """Return the lines that miss their floor, as text."""
    return [f"{line['figure']}: {line['measured']}, at most {line['floor']}" for line in table if not line["holds"]]
