"""Draws how often emotes were used: a line for each, gaps, moments and clips, and the same as a table and as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from api_frontend.data.emotes.emote import ShownEmote
from api_frontend.data.emotes.window import Window
from api_frontend.data.stored_moment import StoredMoment, utc
from api_frontend.reader import CURRENT
from api_frontend.text import curve
from api_frontend.text.live_curve import TimeMark
from api_frontend.text.shown_name import shown
from api_frontend.text.times import day_text, iso
from api_frontend.translation import _, ngettext
from emote_counts.series import STEPS, Period, Series

MARK_SECONDS = (60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800)
MOST_MARKS = 6  # of times, on a phone
DAY_SECONDS = 86_400
NAME_CHARACTERS = 24  # of what is told of a step: five names and their numbers
MOST_ROWS = 150  # of the table; the CSV file has every step
LEAST_CLIP = 0.4  # percent of the width: narrower ones are not seen
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would calculate


@dataclass(frozen=True)
class Line:
    """An emote's line in a box `points` wide and 100 high, and its sums over the time shown."""

    emote: ShownEmote
    path: str
    values: Series
    uses: int
    most: int
    people: int


@dataclass(frozen=True)
class MarkedMoment:
    """A moment on the graph, its place in percent of the width; `clip`: what its clip shows, where that can be seen."""

    moment: StoredMoment
    x: float
    clip: tuple[float, float] | None

    @property
    def has_clip(self) -> bool:
        """Whether a clip was made."""
        return self.moment.clip is not None and self.moment.clip.status == "made"


@dataclass(frozen=True, kw_only=True)
class EmoteGraph:
    """Lines, marks of them in percent, and gaps: steps that nobody read, or in which there was no stream.

    What is not counted yet, at the end, is no gap.
    """

    window: Window
    lines: list[Line]
    gaps: list[curve.Band]
    top: float
    heights: list[curve.Mark]
    times: list[TimeMark]
    moments: list[MarkedMoment]

    @property
    def period(self) -> Period:
        """The time shown."""
        return self.window.period

    @property
    def has_people(self) -> bool:
        """Whether the step is long enough for people of its own."""
        return self.period.step_seconds >= 60

    @property
    def with_days(self) -> bool:
        """Whether times need their days."""
        return self.period.until_at - self.period.from_at > 2 * DAY_SECONDS * 1000

    @property
    def unread_seconds(self) -> int:
        """How long the gaps are together."""
        return round(sum(gap.width for gap in self.gaps) * self.period.step_seconds)

    @property
    def plot(self) -> dict[str, Any]:
        """What the page's script draws."""
        return {
            "from": self.period.from_at,
            "step": self.period.step_ms,
            "live": self.window.is_live,
            "names": [shown(line.emote.name, NAME_CHARACTERS) for line in self.lines],
            "uses": [line.values.uses for line in self.lines],
            "people": [line.values.people for line in self.lines] if self.has_people else None,
        }

    @cached_property
    def rows(self) -> list[tuple[datetime, list[int | None]]]:
        """The table: a row for several steps where there are too many, without those that nobody read."""
        each = next((n for n in table_factors(self.period) if self.period.points <= MOST_ROWS * n), self.period.points)
        found = []
        for begin in range(0, self.period.points, each):
            sums = [total(line.values.uses[begin : begin + each]) for line in self.lines]
            if any(value is not None for value in sums):
                found.append((utc(self.period.from_at + begin * self.period.step_ms), sums))
        return found

    @property
    def row_seconds(self) -> int:
        """How long a row of the table is."""
        each = next((n for n in table_factors(self.period) if self.period.points <= MOST_ROWS * n), self.period.points)
        return each * self.period.step_seconds


def table_factors(period: Period) -> list[int]:
    """Return how many steps a row may have, so that it is as long as a step again."""
    longer = (*(step for step in STEPS if step >= period.step_seconds), 6 * 3_600, DAY_SECONDS)
    return [step // period.step_seconds for step in longer if step % period.step_seconds == 0]


def total(values: Iterable[int | None]) -> int | None:
    """Add up what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def draw(
    window: Window, emotes: Sequence[ShownEmote], found: Sequence[Series], moments: Iterable[StoredMoment]
) -> EmoteGraph:
    """Draw the graph."""
    period = window.period
    most = max((value or 0 for each in found for value in each.uses), default=0)
    top = max(most, 1) * curve.HEADROOM
    known = [int(any(each.uses[point] is not None for each in found)) for point in range(period.points)]
    return EmoteGraph(
        window=window,
        lines=[line_of(emote, values, top) for emote, values in zip(emotes, found, strict=True)],
        gaps=[gap for gap in curve.bands(known, period.points) if gap.start + gap.width < period.points],
        top=top,
        heights=curve.y_marks(top),
        times=times(period),
        moments=[mark for each in moments if (mark := marked(each, period))],
    )


def line_of(emote: ShownEmote, values: Series, top: float) -> Line:
    """Draw one emote."""
    points = len(values.uses)
    read = curve.runs([int(value is not None) for value in values.uses], points)
    counts = [value or 0 for value in values.uses]
    people = max((value or 0 for value in values.people), default=0)
    return Line(emote, curve.line(counts, read, top), values, sum(counts), max(counts, default=0), people)


def marked(moment: StoredMoment, period: Period) -> MarkedMoment | None:
    """Place a moment on the graph; None if it is outside."""
    span = period.until_at - period.from_at

    def percent(at: int) -> float:
        return 100 * min(max((at - period.from_at) / span, 0.0), 1.0)

    document = moment.document
    if not period.from_at <= document.crossed_at < period.until_at:
        return None
    clip = None
    if document.clip_from_at and document.clip_until_at and moment.clip and moment.clip.status == "made":
        begin, end = percent(document.clip_from_at), percent(document.clip_until_at)
        clip = (begin, end - begin) if end - begin >= LEAST_CLIP else None
    return MarkedMoment(moment, percent(document.crossed_at), clip)


def times(period: Period) -> list[TimeMark]:
    """Mark round times of the reader's zone below the graph."""
    seconds = (period.until_at - period.from_at) // 1000
    step = next((each for each in MARK_SECONDS if seconds / each <= MOST_MARKS), MARK_SECONDS[-1])
    zone = ZoneInfo(CURRENT.get().zone)
    begin = utc(period.from_at).astimezone(zone)
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (begin - midnight) // timedelta(seconds=step)
    at, marks = midnight.astimezone(UTC) + passed * timedelta(seconds=step), []
    while (at := at + timedelta(seconds=step)) < utc(period.until_at):
        marks.append(TimeMark(at, (at.timestamp() * 1000 - period.from_at) / seconds / 10))
    return marks


def mark_text(at: datetime, with_days: bool) -> str:
    """Write a time below the graph: the hour, or the day where it is a matter of days."""
    reader = CURRENT.get()
    local = at.astimezone(ZoneInfo(reader.zone))
    if not with_days:
        return f"{local:%H:%M}"
    return day_text(local, datetime.min, reader.language).rpartition(f" {local.year}, ")[0]


def span_text(seconds: int) -> str:
    """Write a step or a row's length."""
    if seconds < 60:
        return _("%(seconds)s s", seconds=seconds)
    if seconds < 3_600:
        return _("%(minutes)s min", minutes=seconds // 60)
    if seconds < DAY_SECONDS:
        return _("%(hours)s h", hours=seconds // 3_600)
    return ngettext("%(num)s day", "%(num)s days", seconds // DAY_SECONDS)


def csv_text(graph: EmoteGraph) -> str:
    """Write every step as CSV: its time, and uses (and people, from a minute on) of each emote; gaps are empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = [cell(line.emote.name or str(line.emote.key)) for line in graph.lines]
    people = [f"{name} people" for name in names] if graph.has_people else []
    writer.writerow(["time", *(f"{name} uses" for name in names), *people])
    columns = [line.values.uses for line in graph.lines]
    columns += [line.values.people for line in graph.lines] if graph.has_people else []
    for point in range(graph.period.points):
        at = utc(graph.period.from_at + point * graph.period.step_ms)
        writer.writerow([iso(at), *("" if column[point] is None else column[point] for column in columns)])
    return out.getvalue()


def cell(text: str) -> str:
    """Return a name that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
