"""What a record becomes, and when a batch is written."""

from pathlib import Path

import pytest
from msgspec.structs import replace

import contracts
from contracts import codec
from recorder.batch import TOPICS, Shaper, WriteBatch
from recorder.partitions import DAY_MS, Retention
from recorder.rows.progress import heartbeat
from recorder.rows.record import Record
from recorder.rows.row import Table, by_table, first_crossings

EXAMPLES = Path(contracts.__file__).parent / "examples"
NOW = 1_764_000_000_000


@pytest.fixture
def counted() -> dict[str, list[str]]:
    return {"dead": [], "skipped": []}


@pytest.fixture
def shaper(counted) -> Shaper:
    return Shaper(Retention(30), on_dead_letter=counted["dead"].append, on_skipped=counted["skipped"].append)


def tables(shaper: Shaper, topic: str, payload: bytes, now: int = NOW) -> list[Table]:
    return [row.table for row in shaper.entry(Record(topic, 1, 2, payload, appended_at=now), now).rows]


@pytest.mark.parametrize(
    "path",
    [path for topic in TOPICS for path in sorted((EXAMPLES / topic).glob("*.json"))],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_every_example_of_a_result_topic_becomes_rows(shaper, counted, path):
    assert tables(shaper, path.parent.name, path.read_bytes())
    assert counted == {"dead": [], "skipped": []}


def test_a_deletion_is_about_a_person_and_becomes_no_row(shaper, counted):
    payload = (EXAMPLES / "chat-messages" / "notice_message_deleted.json").read_bytes()
    assert tables(shaper, "stream-lifecycle", payload) == []
    assert counted["skipped"] == ["stream-lifecycle"]


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("payload", [b"", b"\xff", b"{}", b"null", b'{"kind":"poem"}'])
def test_what_does_not_fit_is_counted_and_a_dead_letter(shaper, counted, topic, payload):
    assert tables(shaper, topic, payload) == [Table.DEAD_LETTERS]
    assert counted["dead"] == [topic]


@pytest.mark.parametrize(
    "wrong",
    [
        {"messages": [1] * 59},
        {"chatters": [1] * 61},
        {"messages": [-1] + [0] * 59},
        {"minute_at": NOW // 60_000 * 60_000 + 1},
        {"minute_at": NOW // DAY_MS * DAY_MS + 3 * DAY_MS},
        {"minute_at": 10**18 // 60_000 * 60_000},
    ],
    ids=["59 entries", "61 entries", "negative", "no whole minute", "days ahead", "no time"],
)
def test_counts_that_cannot_be_are_dead_letters(shaper, wrong):
    minute = codec.decode("chat-counts", (EXAMPLES / "chat-counts" / "minute.json").read_bytes())
    payload = codec.encode(replace(minute, **({"minute_at": NOW // 60_000 * 60_000} | wrong)))
    assert tables(shaper, "chat-counts", payload) == [Table.DEAD_LETTERS]


def test_counts_older_than_the_retention_are_skipped_and_counted(shaper, counted):
    minute = codec.decode("chat-counts", (EXAMPLES / "chat-counts" / "minute.json").read_bytes())
    payload = codec.encode(replace(minute, minute_at=NOW // DAY_MS * DAY_MS - 31 * DAY_MS))
    assert tables(shaper, "chat-counts", payload) == []
    assert counted == {"dead": [], "skipped": ["chat-counts"]}


def test_a_tick_from_the_far_future_does_not_stop_the_progress(shaper):
    tick = codec.decode("stream-lifecycle", (EXAMPLES / "stream-lifecycle" / "tick.json").read_bytes())
    assert tables(shaper, "stream-lifecycle", codec.encode(replace(tick, sent_at=NOW + 1000))) == [
        Table.PIPELINE_PROGRESS
    ]
    assert tables(shaper, "stream-lifecycle", codec.encode(replace(tick, sent_at=NOW + 2 * DAY_MS))) == [
        Table.DEAD_LETTERS
    ]


def moment_entry(shaper: Shaper, offset: int = 0):
    return shaper.entry(Record("moments", 0, offset, (EXAMPLES / "moments" / "raised.json").read_bytes()), NOW)


def test_a_moment_makes_a_batch_due_at_once_and_progress_waits(shaper):
    batch = WriteBatch(limit=10, linger_seconds=0.5)
    assert not batch.is_due(100.0)
    batch.add(heartbeat(NOW), 100.0)
    assert not batch.is_due(100.4)
    assert batch.is_due(100.5)
    batch.add(moment_entry(shaper), 100.1)
    assert batch.is_due(100.1)


def test_a_full_batch_is_due_and_taking_empties_it(shaper):
    batch = WriteBatch(limit=3, linger_seconds=0.5)
    for _ in range(3):
        batch.add(heartbeat(NOW), 1.0)
    assert batch.is_due(1.0)
    assert batch.space == 0
    assert len(batch.drain()) == 3
    assert not batch.is_due(100.0)
    assert batch.space == 3


def test_rows_are_grouped_in_one_order_of_tables(shaper):
    online = (EXAMPLES / "stream-lifecycle" / "lifecycle_online.json").read_bytes()
    entries = [heartbeat(NOW), moment_entry(shaper), shaper.entry(Record("stream-lifecycle", 0, 0, online), NOW)]
    assert list(by_table(entries)) == [
        Table.CHANNELS,
        Table.STREAMS,
        Table.STREAM_CHANGES,
        Table.STREAM_VIEWERS,
        Table.MOMENTS,
        Table.PIPELINE_PROGRESS,
    ]


def test_a_moment_is_written_for_the_first_time_once(shaper):
    examples = sorted((EXAMPLES / "moments").glob("*.json"))
    entries = [shaper.entry(Record("moments", 1, 2, path.read_bytes(), appended_at=NOW), NOW) for path in examples]
    moments = [codec.decode("moments", path.read_bytes()) for path in examples]
    raised = [moment.crossed_at for moment in moments if moment.revision == "raised"]
    assert 0 < len(raised) < len(moments)
    assert first_crossings(entries) == raised
    assert first_crossings([heartbeat(NOW)]) == []
