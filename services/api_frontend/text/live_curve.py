"""Draws a channel's last hour: how many people wrote each second, and the moments on it; and small lines for a list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api_frontend.data.chat_lines import ChatLine
from api_frontend.data.stored_moment import StoredMoment
from api_frontend.text import curve
from api_frontend.translation import _, ngettext

MARK_MINUTES = 15
SPARK_HEIGHT = 20
LEAST_VIEWERS = 3  # numbers of viewers that make a line


@dataclass(frozen=True)
class MarkedMoment:
    """A moment on the line, its place in percent of the box."""

    moment: StoredMoment
    x: float
    y: float


@dataclass(frozen=True)
class TimeMark:
    """A time below the line, its place in percent of the width."""

    at: datetime
    x: float


@dataclass(frozen=True, kw_only=True)
class LiveCurve:
    """Paths in a box `width` wide and 100 high (0 is the top); gaps and marks of it.

    `last` is how many people wrote a second at its end, None where nobody read; `plot` what the page's script draws.
    """

    until_at: datetime
    width: int
    line: str
    area: str
    gaps: list[curve.Band]
    unread_minutes: int
    moments: list[MarkedMoment]
    times: list[TimeMark]
    heights: list[curve.Mark]
    most: int
    last: int | None
    plot: dict[str, Any]


@dataclass(frozen=True)
class Spark:
    """A small line in a box `width` wide and 100 high, and what it shows in words."""

    width: int
    line: str
    gaps: list[curve.Band]
    text: str


def covered(people: Iterable[int | None]) -> list[int]:
    """Return 1 for what was read, 0 for a gap."""
    return [0 if count is None else 1 for count in people]


def top_of(people: Sequence[int | None]) -> float:
    """Return the height of the box in people: a little above the greatest count."""
    return max((count or 0 for count in people), default=0) * curve.HEADROOM or 1.0


def times(line: ChatLine) -> list[TimeMark]:
    """Mark the quarters of an hour."""
    step = timedelta(minutes=MARK_MINUTES)
    at = line.from_at.replace(minute=line.from_at.minute // MARK_MINUTES * MARK_MINUTES, second=0, microsecond=0)
    span = line.until_at - line.from_at
    marks = []
    while (at := at + step) < line.until_at:
        marks.append(TimeMark(at, 100 * ((at - line.from_at) / span)))
    return marks


def marked(line: ChatLine, moments: Iterable[StoredMoment], top: float) -> list[MarkedMoment]:
    """Place the moments on the line, oldest first, each on its loudest second."""
    span = line.until_at - line.from_at
    width = timedelta(seconds=line.bucket_seconds)
    found = []
    for moment in sorted(moments, key=lambda each: each.crossed_at):
        share = (moment.crossed_at - line.from_at) / span
        if 0 <= share < 1:
            bucket = int((moment.crossed_at - line.from_at) / width)
            count = max((each or 0 for each in line.people[bucket : bucket + 2]), default=0)
            found.append(MarkedMoment(moment, 100 * share, curve.height(count, top)))
    return found


def draw(line: ChatLine, moments: Iterable[StoredMoment]) -> LiveCurve:
    """Draw a channel's last hour."""
    counts, read = [count or 0 for count in line.people], curve.runs(covered(line.people), len(line.people))
    top = top_of(line.people)
    return LiveCurve(
        until_at=line.until_at,
        width=len(counts),
        line=curve.line(counts, read, top),
        area=curve.area(counts, read, top),
        gaps=curve.bands(covered(line.people), len(counts)),
        unread_minutes=round(sum(count is None for count in line.people) * line.bucket_seconds / 60),
        moments=marked(line, moments, top),
        times=times(line),
        heights=curve.y_marks(top),
        most=max(counts, default=0),
        last=line.people[-1],
        plot=curve.plot_of(round(line.from_at.timestamp() * 1000), 1000 * line.bucket_seconds, line.people, top),
    )


def spark(line: ChatLine | None) -> Spark | None:
    """Draw a small line; None where nothing was read."""
    if line is None or not line.is_known:
        return None
    counts = [count or 0 for count in line.people]
    read = curve.runs(covered(line.people), len(counts))
    most = max(counts)
    text = _("Nobody wrote in the last hour.")
    if most:
        text = ngettext(
            "Up to %(num)s person a second in the last hour.", "Up to %(num)s people a second in the last hour.", most
        )
    gaps = curve.bands(covered(line.people), len(counts))
    return Spark(len(counts), curve.line(counts, read, top_of(line.people)), gaps, text)


def night_spark(people: Sequence[int | None] | None) -> Spark | None:
    """Draw a stream's small curve; None where nothing of it was read."""
    if not people or all(count is None for count in people):
        return None
    counts = [count or 0 for count in people]
    read, most = curve.runs(covered(people), len(counts)), max(counts)
    text = ngettext("Up to %(num)s person wrote in one second.", "Up to %(num)s people wrote in one second.", most)
    gaps = curve.bands(covered(people), len(counts))
    return Spark(len(counts), curve.line(counts, read, top_of(people)), gaps, text)


def viewers_text(peak: int | None, mean: int | None) -> str:
    """Say how many people watched a stream; empty where nobody has counted them."""
    if not peak:
        return ""
    return ngettext(
        "Up to %(num)s viewer, %(mean)s on average.",
        "Up to %(num)s viewers, %(mean)s on average.",
        peak,
        mean=mean or 0,
    )


def viewers_spark(viewers: Sequence[int] | None, text: str) -> Spark | None:
    """Draw how many people watched a stream; None where too few numbers are known for a line."""
    if not viewers or len(viewers) < LEAST_VIEWERS:
        return None
    return Spark(len(viewers), curve.line(viewers, [range(len(viewers))], top_of(viewers)), [], text)
