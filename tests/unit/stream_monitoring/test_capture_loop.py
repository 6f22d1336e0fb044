"""The capture's counters: each thing that was read counts once."""

from collections import Counter

from prometheus_client import REGISTRY

from stream_monitoring.capture.capture_loop import measure_counts
from stream_monitoring.chat.chat_reader import Counts

NAMES = (
    ("stream_monitoring_lines_total", {"command": "PRIVMSG"}),
    ("stream_monitoring_records_total", {"kind": "message"}),
    ("stream_monitoring_messages_total", {"path": "fast"}),
    ("stream_monitoring_messages_total", {"path": "slow"}),
    ("stream_monitoring_duplicates_total", {}),
    ("stream_monitoring_late_records_total", {}),
)


def values() -> list[float]:
    return [REGISTRY.get_sample_value(name, labels) or 0.0 for name, labels in NAMES]


def test_what_was_read_counts_once():
    before = values()
    measure_counts(
        Counts(
            other_lines=Counter(PRIVMSG=2, PING=1),
            other_records=Counter(message=2),
            fast_messages=30,
            duplicates=3,
            late=4,
        )
    )
    assert [now - then for now, then in zip(values(), before, strict=True)] == [32, 32, 30, 2, 3, 4]
