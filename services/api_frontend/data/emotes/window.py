"""The time and the step that a page or a program asks for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from emote_counts.reading import milliseconds
from emote_counts.series import STEPS, Period, period_of

PeriodName = Literal["live", "hour", "day", "week", "month"]
SECONDS: dict[PeriodName, int] = {"live": 600, "hour": 3_600, "day": 86_400, "week": 604_800, "month": 2_592_000}
USUAL_STEP: dict[PeriodName, int] = {"live": 1, "hour": 30, "day": 300, "week": 3_600, "month": 3_600}
LIVE_STEPS = tuple(step for step in STEPS if step <= 60)  # a minute's news fill whole steps
Step = Literal[1, 5, 30, 60, 300, 3600]


@dataclass(frozen=True)
class Window:
    """A time in steps. `name`: of a period that ends now; None: a time that is over or was given exactly."""

    name: PeriodName | None
    period: Period

    @property
    def is_live(self) -> bool:
        """Whether an open page goes on with the present."""
        return self.name is not None and self.period.step_seconds in LIVE_STEPS

    @property
    def steps(self) -> list[int]:
        """The steps in which all of it can be shown."""
        begin, end = self.period.from_at, self.period.until_at
        return [step for step in STEPS if can_show(begin, end, step)]


def can_show(begin: int, end: int, step: int) -> bool:
    """Return whether a time is short enough for a step."""
    return period_of(begin, end, step).step_seconds == step


def window_of(
    name: PeriodName | None, from_at: datetime | None, until_at: datetime | None, step: int | None, now: datetime
) -> Window:
    """Return the window that is asked for; without a time it is the last hour.

    Raises ValueError for a time that is empty, or too long for the longest step.
    """
    if from_at or until_at:
        end = milliseconds(until_at or now)
        begin = milliseconds(from_at) if from_at else end - 1000 * SECONDS["hour"]
        return Window(None, period_of(begin, end, step or 1))
    name = name or "hour"
    end = milliseconds(now)
    return Window(name, period_of(end - 1000 * SECONDS[name], end, step or USUAL_STEP[name]))
