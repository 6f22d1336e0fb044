"""The last days by a reader's calendar: a day that the clocks change has 23 or 25 hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from api_frontend.data.uptime.timeline import Piece, Span, Sums, filled, sums


@dataclass(frozen=True)
class Day:
    """A day and what is known of it. `planned`: whether somebody worked on the site. `is_recorded`: of any of it."""

    date: date
    span: Span
    sums: Sums
    has_work: bool
    is_recorded: bool


def days_until(now: datetime, zone: ZoneInfo, number: int) -> list[tuple[date, Span]]:
    """Return the last days of the calendar and when each began and ended; today is the last one, and ends now."""
    today = now.astimezone(zone).date()
    dates = [today - timedelta(days=ago) for ago in range(number - 1, -1, -1)]
    begins = [ms(datetime.combine(each, time(), zone)) for each in dates]
    ends = [*begins[1:], max(ms(now), begins[-1])]
    return [(each, Span(begin, end)) for each, begin, end in zip(dates, begins, ends, strict=True)]


def begins_before(until_at: int, piece: Piece) -> bool:
    """Return whether a piece begins before a time."""
    return piece.span.from_at < until_at


def ms(at: datetime) -> int:
    """Return the milliseconds since 1970 UTC."""
    return round(at.timestamp() * 1000)


def split(
    pieces: Sequence[Piece], work: Sequence[Span], calendar: Sequence[tuple[date, Span]], began: int | None
) -> list[Day]:
    """Divide a timeline among the days. `began`: when the record of this part begins."""
    found: list[Day] = []
    first = 0
    for day, span in calendar:
        while first < len(pieces) and pieces[first].span.until_at <= span.from_at:
            first += 1
        of_day = list(takewhile(partial(begins_before, span.until_at), islice(pieces, first, None)))
        has_work = any(each.from_at < span.until_at and span.from_at < each.until_at for each in work)
        is_recorded = began is not None and began < span.until_at
        found.append(Day(day, span, sums(filled(of_day, span)), has_work, is_recorded))
    return found
