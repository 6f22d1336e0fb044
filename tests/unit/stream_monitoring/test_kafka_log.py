"""What is kept of the end of the log: few ids, and all that may come again."""

from contracts import codec
from contracts.chat_messages import Coverage
from stream_monitoring.forwarding.kafka_log import RecentRecords

from .examples import message


def left(at: int) -> bytes:
    return codec.encode(
        Coverage(schema_version=1, channel_id="42", sent_at=at, received_at=0, instance="t", event="left")
    )


def test_ids_are_kept_of_later_records_and_those_near_the_end():
    recent = RecentRecords(since=1000)
    recent.add(message("long ago", 900), is_near_end=False)
    recent.add(message("ahead of its tick", 1100), is_near_end=False)
    recent.add(message("late", 900), is_near_end=True)
    recent.add(b"no record", is_near_end=True)
    assert recent.ids == {"ahead of its tick", "late"}


def test_the_last_left_is_remembered():
    recent = RecentRecords(since=1000)
    for at in (500, 700, 600):
        recent.add(left(at), is_near_end=False)
    assert recent.left_at == 700
