"""The recorder's writing against a real Postgres: revisions, replays, refusals, retention."""

import json
import random
from datetime import UTC, datetime
from itertools import permutations

import psycopg
import pytest
from integration.support.recorder_writer import EXAMPLES, NOW, Writer, counts, example
from msgspec.structs import replace

from contracts import codec
from recorder.batch import Shaper
from recorder.database import SchemaMissingError
from recorder.partitions import Retention


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
@pytest.mark.parametrize("together", [True, False])
def test_the_highest_revision_stays_whatever_the_order(writer, rows, order, together):
    moment = example("moments", "raised")
    revisions = [replace(moment, revision_number=number, score=float(number)) for number in order]
    for batch in [revisions] if together else [[each] for each in revisions]:
        writer.write("moments", *batch)
    assert [(row["revision_number"], row["document"]["score"]) for row in rows("SELECT * FROM moments")] == [(3, 3.0)]


def test_a_moment_is_stored_as_its_document(writer, rows):
    writer.write("moments", example("moments", "closed"), example("moments", "raised"))
    (row,) = rows("SELECT * FROM moments")
    moment = example("moments", "closed")
    assert row["document"] == json.loads(codec.encode(moment))
    assert (row["causes"], row["mood"], row["shadow"]) == (["raid"], "laughter", False)
    assert row["crossed_at"] == datetime.fromtimestamp(moment.crossed_at / 1000, UTC)


def test_what_a_document_leaves_out_is_the_default(writer, rows):
    fields = json.loads((EXAMPLES / "moments" / "raised.json").read_bytes())
    writer.write("moments", json.dumps({key: fields[key] for key in fields if not key.startswith("clip_")}).encode())
    (row,) = rows("SELECT * FROM moments")
    assert (row["causes"], row["mood"], row["shadow"]) == ([], None, False)
    assert "clip_from_at" not in row["document"]


def test_a_clip_takes_only_a_higher_revision(writer, rows):
    intent, made = example("clips", "intent"), example("clips", "made")
    made = replace(made, moment_id=intent.moment_id)
    writer.write("clips", intent, made)
    writer.write("clips", intent)
    (row,) = rows("SELECT * FROM clips")
    assert (row["status"], row["clip_id"], row["title"]) == ("made", made.clip_id, made.title)


@pytest.mark.parametrize("together", [True, False])
def test_a_made_clip_stays_whatever_comes_later(writer, rows, together):
    """After the loss of Kafka the same moment is found again, too late for a clip."""
    made = replace(example("clips", "made"), revision_number=2)
    late = replace(example("clips", "too_late"), moment_id=made.moment_id, revision_number=3)
    for batch in [(made, late)] if together else [(made,), (late,)]:
        writer.write("clips", *batch)
    (row,) = rows("SELECT * FROM clips")
    assert (row["status"], row["clip_id"], row["revision_number"]) == ("made", made.clip_id, 2)


def every_example() -> list[tuple[str, bytes]]:
    return [
        (topic, path.read_bytes())
        for topic in (
            "moments",
            "clips",
            "viewer-clips",
            "chat-counts",
            "stream-lifecycle",
            "job-progress",
            "dead-letters",
        )
        for path in sorted((EXAMPLES / topic).glob("*.json"))
    ]


def test_a_replay_of_the_same_records_changes_nothing(writer, rows):
    retention_free = Shaper(Retention(100_000), on_dead_letter=pytest.fail, on_skipped=lambda _: None)
    now = NOW + 10 * 365 * 86_400_000  # the examples lie in the past
    entries = [retention_free.entry(writer.record(topic, payload), now) for topic, payload in every_example()]
    tables = ["channels", "streams", "coverage", "notices", "chat_counts", "moments", "clips"]
    tables += ["viewer_clips", "dead_letters"]
    writer.store.write(entries)
    first = {table: sorted(map(str, rows(f"SELECT * FROM {table}"))) for table in tables}
    for seed in range(5):
        random.Random(seed).shuffle(entries)
        writer.store.write(entries)
    assert {table: sorted(map(str, rows(f"SELECT * FROM {table}"))) for table in tables} == first
    assert all(first[table] for table in tables)


def test_the_greatest_count_of_each_second_wins(writer, rows):
    writer.write("chat-counts", counts(NOW, [0] * 30 + [5] * 30))
    writer.write("chat-counts", counts(NOW, [7] * 30 + [4] * 30))
    (row,) = rows("SELECT * FROM chat_counts")
    assert row["messages"] == [7] * 30 + [5] * 30
    assert row["minute_at"] == datetime.fromtimestamp(NOW / 1000, UTC)


def test_a_minute_twice_in_one_batch_is_one_row(writer, rows):
    writer.write("chat-counts", counts(NOW, [0] * 30 + [5] * 30), counts(NOW, [7] * 30 + [4] * 30))
    assert [row["messages"] for row in rows("SELECT * FROM chat_counts")] == [[7] * 30 + [5] * 30]


def test_a_count_too_large_for_its_column_is_clamped(writer, rows):
    writer.write("chat-counts", counts(NOW, [10**6] + [0] * 59))
    assert rows("SELECT messages[1] AS first FROM chat_counts") == [{"first": 32_767}]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"revision_number": 99_999}, id="smallint overflow"),
        pytest.param({"channel_id": "a\x00b"}, id="NUL in a text"),
        pytest.param(
            {"moment_id": "".join(random.Random(1).choices("abcdefghij0123456789", k=9000))}, id="key too long"
        ),
    ],
)
def test_a_row_that_postgres_refuses_is_a_dead_letter(writer, rows, broken):
    moment = example("moments", "raised")
    good = [replace(moment, moment_id=f"moment-{number}") for number in range(21)]
    batch = [*good[:10], replace(moment, **({"moment_id": "bad"} | broken)), *good[10:]]
    writer.write("moments", *batch)
    assert rows("SELECT count(*) AS n FROM moments") == [{"n": 21}]
    (letter,) = rows("SELECT * FROM dead_letters")
    assert (letter["topic"], letter["place"], letter["record_offset"]) == ("moments", "moments", 11)
    assert "Postgres refused it" in letter["reason"]
    writer.write("moments", replace(moment, moment_id="after"))
    assert rows("SELECT count(*) AS n FROM moments") == [{"n": 22}]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        pytest.param({"crossed_at": 10**18}, "crossed_at", id="a time that no calendar has"),
        pytest.param({"peak_at": -1}, "peak_at", id="a time before 1970"),
        pytest.param({"causes": ["\x00"]}, "causes", id="NUL in a list of texts"),
        pytest.param({"mood": "\x00"}, "mood", id="NUL in an optional text"),
        pytest.param({"mood": "what somebody wrote"}, "mood", id="a sentence"),
    ],
)
def test_a_document_with_a_bad_field_is_a_dead_letter(writer, rows, broken, reason):
    moment = example("moments", "raised")
    writer.write("moments", moment, replace(moment, moment_id="bad", **broken))
    assert rows("SELECT moment_id FROM moments") == [{"moment_id": moment.moment_id}]
    (letter,) = rows("SELECT * FROM dead_letters")
    assert letter["reason"].startswith(f"moments: {reason}")


@pytest.mark.parametrize(
    "payload",
    [b"", b"no json \xff\x00", b"[]", b"{}", b'{"schema_version": 9}', b'"\\ud800"', b"x" * 10_000],
    ids=["empty", "no JSON", "a list", "no field", "a version", "half a character", "long"],
)
def test_what_does_not_fit_its_contract_is_a_dead_letter(writer, rows, payload):
    writer.write("moments", payload, example("moments", "raised"))
    (letter,) = rows("SELECT * FROM dead_letters")
    assert "not a moments record" in letter["reason"]
    assert len(letter["payload"]) <= 2048
    assert rows("SELECT count(*) AS n FROM moments") == [{"n": 1}]


def test_an_unknown_field_is_accepted_and_not_stored(writer, rows):
    fields = json.loads((EXAMPLES / "moments" / "raised.json").read_bytes())
    fields["evidence"]["samples"] = ["somebody's words"]
    writer.write("moments", json.dumps(fields | {"weather": "great"}).encode())
    (row,) = rows("SELECT * FROM moments")
    assert "samples" not in row["document"]["evidence"]
    assert "weather" not in row["document"]


def test_words_that_could_name_somebody_do_not_enter(writer, rows):
    moment = example("moments", "closed")
    (word, *_) = moment.evidence.words
    words = [
        replace(word, word="gg", chatters=5),
        replace(word, word="rare", chatters=4),
        replace(word, word="@somebody", chatters=50),
        replace(word, word="x" * 26, chatters=50),
        replace(word, word="https://a.example", chatters=50),
    ]
    writer.write("moments", replace(moment, evidence=replace(moment.evidence, words=words)))
    (row,) = rows("SELECT * FROM moments")
    assert [each["word"] for each in row["document"]["evidence"]["words"]] == ["gg"]


def test_the_newest_event_says_whether_a_stream_has_ended(writer, rows):
    online = example("stream-lifecycle", "lifecycle_online")
    update = replace(online, event="update", sent_at=online.sent_at + 1000, title="another title")
    offline = replace(online, event="offline", sent_at=online.sent_at + 2000, title="")
    for order in permutations((online, update, offline)):
        writer.write("stream-lifecycle", *order)
        writer.write("stream-lifecycle", *reversed(order))
    (row,) = rows("SELECT * FROM streams")
    assert row["ended_at"] == datetime.fromtimestamp(offline.sent_at / 1000, UTC)
    assert row["title"] == "another title"


def test_a_gap_is_one_row_with_its_longest_end(writer, rows):
    gap = example("stream-lifecycle", "coverage_gap")
    longer = replace(gap, gap_until_at=gap.gap_until_at + 5000)
    writer.write("stream-lifecycle", gap, longer, gap)
    writer.write("stream-lifecycle", gap)
    assert [row["until_at"] for row in rows("SELECT * FROM coverage")] == [
        datetime.fromtimestamp(longer.gap_until_at / 1000, UTC)
    ]


def test_progress_never_goes_back(writer, rows):
    progress = example("job-progress", sorted((EXAMPLES / "job-progress").glob("*.json"))[0].stem)
    for event_at in (NOW, NOW - 5000):
        writer.write("job-progress", replace(progress, event_at=event_at))
    (row,) = rows("SELECT * FROM pipeline_progress")
    assert (row["stage"], row["event_at"]) == ("job", datetime.fromtimestamp(NOW / 1000, UTC))


def test_a_notification_names_each_new_revision_once(writer, postgres):
    moment = example("moments", "raised")
    with psycopg.connect(postgres, autocommit=True) as listener:
        listener.execute("LISTEN moments")
        writer.write("moments", moment)
        writer.write("moments", moment)  # nothing new, no word of it
        writer.write("moments", replace(moment, revision_number=2))
        heard = [json.loads(each.payload) for each in listener.notifies(timeout=5, stop_after=2)]
        assert heard == [{"id": moment.moment_id, "revision": 1}, {"id": moment.moment_id, "revision": 2}]
        writer.write("moments", replace(moment, moment_id="experimental", shadow=True))
        assert list(listener.notifies(timeout=0.2)) == []


def test_a_database_without_the_schema_is_named_as_such(postgres):
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP TABLE moments CASCADE")
    writer = Writer(postgres)
    with pytest.raises(SchemaMissingError, match=r"python -m recorder\.migrate"):
        writer.write("moments", example("moments", "raised"))
