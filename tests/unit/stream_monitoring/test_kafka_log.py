"""What is kept of the log's end: few ids at any rate, and all that may come again."""

from contracts import codec
from contracts.chat_messages import Coverage
from stream_monitoring.forwarding.kafka_log import Told

from .examples import message


def left(at: int) -> bytes:
    return codec.encode(
        Coverage(schema_version=1, channel_id="42", sent_at=at, received_at=0, instance="t", event="left")
    )


def test_ids_are_kept_of_what_is_late_enough_or_stands_near_the_end():
    told = Told(since=1000)
    told.add(message("long ago", 900), is_near_end=False)
    told.add(message("ahead of its tick", 1100), is_near_end=False)
    told.add(message("late", 900), is_near_end=True)
    told.add(b"no record", is_near_end=True)
    assert told.ids == {"ahead of its tick", "late"}


def test_the_last_left_is_remembered():
    told = Told(since=1000)
    for at in (500, 700, 600):
        told.add(left(at), is_near_end=False)
    assert told.left_at == 700
