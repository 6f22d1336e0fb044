"""When a channel usually erupts: the hours of the week, how dark each is drawn, and the same in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from api_frontend.translation import _, marked

DAYS = (
    marked("Monday"),
    marked("Tuesday"),
    marked("Wednesday"),
    marked("Thursday"),
    marked("Friday"),
    marked("Saturday"),
    marked("Sunday"),
)
TIMES = (
    marked("Mondays at %(time)s"),
    marked("Tuesdays at %(time)s"),
    marked("Wednesdays at %(time)s"),
    marked("Thursdays at %(time)s"),
    marked("Fridays at %(time)s"),
    marked("Saturdays at %(time)s"),
    marked("Sundays at %(time)s"),
)
TOGETHER = {  # by how many hours of one day they name
    1: "%(first)s",
    2: marked("%(first)s and %(second)s"),
    3: marked("%(first)s, %(second)s and %(third)s"),
}
SENTENCES = {  # by how many days they name
    1: marked("Most often on %(first)s (%(zone)s)."),
    2: marked("Most often on %(first)s and on %(second)s (%(zone)s)."),
    3: marked("Most often on %(first)s, %(second)s and %(third)s (%(zone)s)."),
}
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


def places(texts: Sequence[str]) -> dict[str, str]:
    """Name the places that these texts fill."""
    return dict(zip(("first", "second", "third"), texts, strict=False))


def hours_text(hours: Sequence[int]) -> str:
    """Name some hours of one day of the week: "Fridays at 20:00 and 21:00"."""
    times = [f"{hour % HOURS:02d}:00" for hour in sorted(hours)]
    return _(TIMES[hours[0] // HOURS], time=_(TOGETHER[len(times)], **places(times)))


def sentence(counts: Sequence[int], zone: str) -> str:
    """Name the hours with most moments, those of a day together."""
    if sum(counts) < LEAST:
        return ""
    loudest = sorted((hour for hour, count in enumerate(counts) if count), key=lambda hour: (-counts[hour], hour))
    days: dict[int, list[int]] = {}
    for hour in loudest[:NAMED]:
        days.setdefault(hour // HOURS, []).append(hour)
    named = [hours_text(hours) for hours in days.values()]
    return _(SENTENCES[len(named)], zone=zone, **places(named))


def week_of(counts: Sequence[int]) -> Week:
    """Lay out the moments of each hour of the week (UTC)."""
    most = max(counts)
    cells = [HourOfWeek(hour, count, level(count, most)) for hour, count in enumerate(counts)]
    days = [(_(name), cells[day * HOURS : (day + 1) * HOURS]) for day, name in enumerate(DAYS)]
    return Week(days, sum(counts), sentence(counts, "UTC"))
