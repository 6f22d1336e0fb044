"""Draws a whole stream as one curve: people in the loudest second of each step, its moments, and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api_frontend.data.recaps.recap import Eruption, Recap
from api_frontend.data.stored_moment import utc
from api_frontend.text import curve
from api_frontend.text.live_curve import TimeMark, covered, top_of
from emote_counts.reading import milliseconds
from stream_recaps.minutes import MINUTE_MS, Steps, unread_spans

MOST_POINTS = 360  # a phone has fewer pixels across, and a picture three times as many
PEAKS = 5  # that are named
MOST_TIMES = 7  # below the curve
TIME_STEPS = (15, 30, 60, 120, 180, 240, 360, 720)  # minutes


@dataclass(frozen=True)
class NightMark:
    """A moment on the curve, its place in percent of the box; `number`: of the named peaks, from 1 on, best first."""

    eruption: Eruption
    x: float
    y: float
    number: int | None


@dataclass(frozen=True, kw_only=True)
class NightCurve:
    """Paths in a box `width` wide and 100 high (0 is the top); marks in percent of it.

    `last` is the time up to which it is drawn, `events` are where the title, the game or the crowd changed.
    """

    until_at: datetime
    width: int
    minutes_a_step: int
    line: str
    area: str
    gaps: list[curve.Band]
    unread_minutes: int
    marks: list[NightMark]
    events: list[float]
    times: list[TimeMark]
    heights: list[curve.Mark]
    most: int
    loudest_at: datetime | None
    top: float
    people: Sequence[int | None]
    plot: dict[str, Any]


def steps_of(recap: Recap, most: int = MOST_POINTS) -> Steps:
    """Return a recap's minutes in as many points as are drawn."""
    return recap.minutes.at_most(most)


def share_of(steps: Steps, at: datetime) -> float:
    """Return where a time is, 0 to 1; outside of it where the curve does not reach it."""
    return (milliseconds(at) - steps.from_at) / max(1, steps.until_at - steps.from_at)


def marks_of(recap: Recap, steps: Steps, top: float) -> list[NightMark]:
    """Place the moments that the curve reaches, each on its step; the named ones come last, so that they lie on top."""
    numbers = {moment_id: number for number, moment_id in enumerate(recap.best_ids[:PEAKS], 1)}
    found = []
    for each in recap.eruptions:
        share = share_of(steps, each.crossed_at)
        if 0 <= share < 1:
            place = int(share * len(steps.people))
            count = max((people or 0 for people in steps.people[place : place + 2]), default=0)
            found.append(NightMark(each, 100 * share, curve.height(count, top), numbers.get(each.moment_id)))
    return sorted(found, key=lambda mark: mark.number is not None)


def times_of(steps: Steps) -> list[TimeMark]:
    """Mark round times of the clock."""
    minutes = (steps.until_at - steps.from_at) / MINUTE_MS
    step = timedelta(minutes=next((each for each in TIME_STEPS if minutes / each <= MOST_TIMES), TIME_STEPS[-1]))
    begin = utc(steps.from_at)
    at = begin.replace(hour=0, minute=0)
    marks = []
    while (at := at + step) < utc(steps.until_at):
        if at > begin:
            marks.append(TimeMark(at, 100 * share_of(steps, at)))
    return marks


def loudest_of(steps: Steps) -> datetime | None:
    """Return the time of the step in which most people wrote in one second; None where nobody did."""
    most = max((people or 0 for people in steps.people), default=0)
    return utc(steps.from_at + steps.people.index(most) * steps.step_ms) if most else None


def events_of(recap: Recap, steps: Steps) -> list[float]:
    """Place what changed after the start, and the raids, in percent of the width."""
    times = [each.changed_at for each in recap.changes[1:]] + [each.sent_at for each in recap.raids]
    return [100 * share for at in times if 0 <= (share := share_of(steps, at)) < 1]


def draw_night(recap: Recap) -> NightCurve | None:
    """Draw a stream; None where nothing of it was read."""
    if not recap.is_read:
        return None
    steps = steps_of(recap)
    counts, known = [count or 0 for count in steps.people], covered(steps.people)
    read, top = curve.runs(known, len(counts)), top_of(steps.people)
    return NightCurve(
        until_at=utc(steps.until_at),
        width=len(counts),
        minutes_a_step=steps.step_ms // MINUTE_MS,
        line=curve.line(counts, read, top),
        area=curve.area(counts, read, top),
        gaps=curve.bands(known, len(counts)),
        unread_minutes=sum((until - begin) // MINUTE_MS for begin, until in unread_spans(recap.minutes)),
        marks=marks_of(recap, steps, top),
        events=events_of(recap, steps),
        times=times_of(steps),
        heights=curve.y_marks(top),
        most=max(counts, default=0),
        loudest_at=loudest_of(steps),
        top=top,
        people=steps.people,
        plot=curve.plot_of(steps.from_at, steps.step_ms, steps.people, top),
    )
