"""What the store is spared when it is asked for a file."""

from datetime import UTC, datetime

import pytest

from log_collector.store import since

NOW = datetime(2026, 11, 30, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("file", "filtered"),
    [
        ("2026-11-30T13:00:00.123456789Z", "_time:>=2026-11-29T13:00:00.123456+00:00"),
        ("2031-01-01T00:00:00Z", ""),  # a clock that was ahead: its lines have the time of their arrival
        ("0001-01-01T00:00:00Z", ""),
        ("2026-11-30T13:00:00", ""),
        ("unreadable-0badcafe", ""),
    ],
)
def test_only_days_before_a_file_are_left_out(file: str, filtered: str) -> None:
    assert since(file, NOW) == filtered
