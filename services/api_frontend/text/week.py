"""When a channel usually erupts: the hours of the week, how dark each is drawn, and the same in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = 24
LEVELS = 4  # of colour above none
NAMED = 3  # hours in the sentence
LEAST = 5  # moments; fewer say nothing about a habit


@dataclass(frozen=True)
class HourOfWeek:
    """An hour (0 is Monday's first), its moments, and how dark it is drawn, 0 to `LEVELS`."""

    hour: int
    moments: int
    level: int


@dataclass(frozen=True)
class Week:
    """The hours of each day, and what they say; `sentence` is empty where there are too few moments."""

    days: list[tuple[str, list[HourOfWeek]]]
    moments: int
    sentence: str


def level(count: int, most: int) -> int:
    """Return how dark an hour is drawn."""
    return -(-count * LEVELS // most) if count else 0


def hour_text(hour: int) -> str:
    """Name an hour of the week: "Fridays at 20:00"."""
    return f"{DAYS[hour // HOURS]}s at {hour % HOURS:02d}:00"


def sentence(counts: Sequence[int], zone: str) -> str:
    """Name the hours with most moments."""
    if sum(counts) < LEAST:
        return ""
    loudest = sorted((hour for hour, count in enumerate(counts) if count), key=lambda hour: (-counts[hour], hour))
    named = [hour_text(hour) for hour in loudest[:NAMED]]
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f"Most often on {listed} ({zone})."


def week_of(counts: Sequence[int]) -> Week:
    """Lay out the moments of each hour of the week (UTC)."""
    most = max(counts)
    cells = [HourOfWeek(hour, count, level(count, most)) for hour, count in enumerate(counts)]
    days = [(name, cells[day * HOURS : (day + 1) * HOURS]) for day, name in enumerate(DAYS)]
    return Week(days, sum(counts), sentence(counts, "UTC"))
