"""Daily partitions: created ahead, dropped after the retention."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

DAY_MS = 24 * 3_600_000
DAYS_BEFORE = 2  # created even when empty, as today's and the next days' partitions are
DAYS_AHEAD = 2  # so that midnight needs no new partition; a count from later is an error
SLACK_DAYS = 1  # a partition is kept a day longer, so that a batch being written never loses its day
CHAT_COUNTS = "chat_counts"
EMOTE_TABLES = ("emote_minutes", "emote_days")  # their partitions are made and dropped together


def day_of(time_ms: int) -> date:
    """Return the UTC day of milliseconds since 1970; raises `OverflowError` or `ValueError` if there is none."""
    return datetime.fromtimestamp(time_ms // 1000, UTC).date()


def name_of(day: date, table: str = CHAT_COUNTS) -> str:
    """Name the partition of a table, as the migration that makes and drops it does."""
    return f"{table}_{day:%Y%m%d}"


def day_of_name(name: str) -> date | None:
    """Return the day of a partition; None if the table is no partition of ours."""
    table, _, day = name.rpartition("_")
    if table not in (CHAT_COUNTS, *EMOTE_TABLES):
        return None
    try:
        return datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


@dataclass(frozen=True)
class Retention:
    """Which days are kept: today and the `days` before it."""

    days: int

    def oldest(self, today: date) -> date:
        """Return the oldest day that is recorded."""
        return today - timedelta(days=self.days)

    def is_over(self, minute_at: int, now: int) -> bool:
        """Return whether the count is of a day that is no longer recorded."""
        return minute_at < (now // DAY_MS - self.days) * DAY_MS

    def is_ahead(self, minute_at: int, now: int) -> bool:
        """Return whether the count is of a day too far in the future."""
        return minute_at >= (now // DAY_MS + DAYS_AHEAD + 1) * DAY_MS

    def made_ahead(self, today: date) -> list[date]:
        """Return the days that always have a partition."""
        return [today + timedelta(days=step) for step in range(-min(DAYS_BEFORE, self.days), DAYS_AHEAD + 1)]

    def dropped(self, names: Iterable[str], today: date) -> list[date]:
        """Return the days whose partitions are past the retention, each once."""
        last = self.oldest(today) - timedelta(days=SLACK_DAYS)
        return sorted({day for name in names if (day := day_of_name(name)) is not None and day < last})
