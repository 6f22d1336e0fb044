"""The days of `chat_counts`: one partition each, made ahead, dropped after the retention."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

DAY_MS = 24 * 3_600_000
DAYS_BEFORE = 2  # made even when empty, with today and the days ahead
DAYS_AHEAD = 2  # midnight finds its partition there; a count from later than this is an error
SLACK_DAYS = 1  # a partition outlives the retention by this, so that no batch in hand loses its day
PREFIX = "chat_counts_"


def day_of(time_ms: int) -> date:
    """The UTC day of a time in milliseconds since 1970; `OverflowError` or `ValueError` where there is none."""
    return datetime.fromtimestamp(time_ms // 1000, UTC).date()


def name_of(day: date) -> str:
    """The partition's table."""
    return f"{PREFIX}{day:%Y%m%d}"


def day_of_name(name: str) -> date | None:
    """The day of a partition's table; None where the table is not ours."""
    try:
        return datetime.strptime(name, f"{PREFIX}%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


@dataclass(frozen=True)
class Retention:
    """Which days are kept: the last `days`, today among them not counted."""

    days: int

    def oldest(self, today: date) -> date:
        """The oldest day that is recorded."""
        return today - timedelta(days=self.days)

    def is_over(self, minute_at: int, now: int) -> bool:
        """True for a count of a day that is not recorded any more."""
        return minute_at < (now // DAY_MS - self.days) * DAY_MS

    def is_ahead(self, minute_at: int, now: int) -> bool:
        """True for a count of a day that cannot be yet."""
        return minute_at >= (now // DAY_MS + DAYS_AHEAD + 1) * DAY_MS

    def made_ahead(self, today: date) -> list[date]:
        """The days that always have a partition."""
        return [today + timedelta(days=step) for step in range(-min(DAYS_BEFORE, self.days), DAYS_AHEAD + 1)]

    def dropped(self, names: Iterable[str], today: date) -> list[str]:
        """Those of the partitions whose day is over."""
        last = self.oldest(today) - timedelta(days=SLACK_DAYS)
        return [name for name in names if (day := day_of_name(name)) is not None and day < last]
