"""Opt-out on a real Postgres and Kafka: the command removes, nothing comes back, other channels stay whole."""

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from confluent_kafka import Producer
from integration.support.database import as_role
from integration.support.recorder_writer import NOW, Writer, counts, example
from msgspec.structs import replace

from contracts import codec
from contracts.chat_messages import Notice
from embedded.records import read_topic
from recorder import operator_command, opt_out
from recorder.database import Database
from recorder.erasure import COMPACTED, SETTLING_SECONDS, Erasure, Results
from service_runtime.settings import KafkaSettings

GONE, STAYS = "77", "88"
TABLES = (
    "channels",
    "streams",
    "coverage",
    "notices",
    "chat_counts",
    "emote_minutes",
    "moments",
    "clips",
    "viewer_clips",
    "dead_letters",
)


def records(channel_id: str) -> dict[str, list[Any]]:
    """Something of a channel for every table."""
    coverage, online = example("stream-lifecycle", "coverage_gap"), example("stream-lifecycle", "lifecycle_online")
    raid: Notice = example("stream-lifecycle", "notice_raid")
    own = {"channel_id": channel_id}
    moment, made = example("moments", "closed"), example("clips", "made")
    return {
        "stream-lifecycle": [
            replace(coverage, **own),
            replace(online, **own, login=f"login{channel_id}", stream_id=f"s{channel_id}"),
            replace(raid, **own, notice_id=f"n{channel_id}"),
        ],
        "chat-counts": [replace(counts(NOW, [1] * 60), **own)],
        "emote-counts": [replace(example("emote-counts", "closed"), **own, minute_at=NOW)],
        "moments": [
            replace(moment, **own, moment_id=f"m{channel_id}"),
            replace(moment, **own, moment_id=f"t{channel_id}", shadow=True),
        ],
        "clips": [replace(made, **own, moment_id=f"m{channel_id}")],
        "viewer-clips": [replace(example("viewer-clips", "by_created_at"), **own, clip_id=f"c{channel_id}")],
    }


def write(writer: Writer, channel_id: str) -> None:
    """Rows of the channel in every table."""
    for topic, messages in records(channel_id).items():
        writer.write(topic, *messages)
    writer.write("moments", b'{"channel_id":"%b"}' % channel_id.encode())  # a dead letter that names the channel


@pytest.fixture
def command(postgres: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """`command("add", "77")`: exit code, output and errors."""
    monkeypatch.setenv("POSTGRES_DSN", as_role(postgres, "recorder"))
    monkeypatch.setattr(operator_command.logs, "configure", lambda *_: None)  # the test's own logs go on

    def run(*words: str) -> tuple[int, str, str]:
        code = opt_out.main(words)
        return code, *capsys.readouterr()

    return run


def held(dsn: str) -> dict[str, set[str]]:
    """Which of the two channels each table holds."""
    found = {}
    with psycopg.connect(dsn) as connection:
        for table in TABLES:
            column = "payload" if table == "dead_letters" else "channel_id"
            rows = connection.execute(f"SELECT {column} FROM {table}").fetchall()  # type: ignore[call-overload]
            found[table] = {each for each in (GONE, STAYS) for (value,) in rows if each in value}
    return found


def everywhere(*channel_ids: str) -> dict[str, set[str]]:
    """What `held` finds where every table has these channels and no other."""
    return {table: set(channel_ids) for table in TABLES}


def test_a_removed_channel_does_not_come_back(writer: Writer, command: Any, postgres: str) -> None:
    for channel_id in (GONE, STAYS):
        write(writer, channel_id)
    assert held(postgres) == everywhere(GONE, STAYS)
    code, said, _ = command("add", f"LOGIN{GONE}")
    assert code == 0
    assert f"login{GONE} ({GONE}) is on the list" in said
    assert "2 of moments" in said
    assert held(postgres) == everywhere(STAYS)
    write(writer, GONE)  # what was on its way
    assert held(postgres) == everywhere(STAYS)
    assert f"login{GONE} ({GONE}) since" in command("list")[1]


def test_who_comes_back_is_stored_again(writer: Writer, command: Any, postgres: str) -> None:
    command("add", GONE)
    assert command("add", GONE)[0] == 0  # twice is once
    assert "is off the list" in command("remove", GONE)[1]
    assert "was not on the list" in command("remove", GONE)[1]
    assert command("list")[1] == "no channel has opted out\n"
    write(writer, GONE)
    assert held(postgres) == everywhere(GONE)


def test_a_login_that_was_never_stored_needs_its_id(command: Any) -> None:
    code, _, error = command("add", "nobody")
    assert code == 1
    assert "numeric id" in error


def test_the_command_runs_by_itself_and_says_what_is_missing(postgres: str) -> None:
    def run(**environment: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-m", "recorder.opt_out", "list"]
        return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60)

    assert run(POSTGRES_DSN=as_role(postgres, "recorder")).stdout == "no channel has opted out\n"
    assert "POSTGRES_DSN" in run().stderr


def key_of(topic: str, message: Any) -> str:
    """The key of a record in a compacted topic."""
    if topic.endswith("-counts"):
        return f"{message.channel_id}:{NOW}"
    return f"{message.channel_id}:{message.clip_id}" if topic == "viewer-clips" else str(message.moment_id)


def values(kafka: str) -> dict[tuple[str, bytes | None], bytes | None]:
    """The last value of each key of the compacted topics."""
    return {(each.topic, each.key): each.value for topic in COMPACTED for each in read_topic(kafka, topic.name)}


def test_results_in_kafka_become_tombstones_twice(
    writer: Writer, command: Any, postgres: str, empty_topics: str, producer: Producer
) -> None:
    keys: dict[str, set[tuple[str, bytes]]] = {GONE: set(), STAYS: set()}
    for channel_id in (GONE, STAYS):
        for topic, messages in records(channel_id).items():
            for message in messages if topic != "stream-lifecycle" else []:
                name = key_of(topic, message)
                producer.produce(topic, key=name, value=codec.encode(message))
                keys[channel_id].add((topic, name.encode()))
    producer.produce("moments", key="odd", value=b"no JSON")
    producer.flush()
    write(writer, GONE)
    database = Database(as_role(postgres, "recorder"), "test")
    erasure = Erasure(database, Results(KafkaSettings(bootstrap_servers=empty_topics)))
    command("add", GONE)
    assert "not erased from Kafka yet" in command("list")[1]
    erasure.erase()
    found = values(empty_topics)
    assert {key for key, value in found.items() if value is None} == keys[GONE]
    assert {key for key, value in found.items() if value} == keys[STAYS] | {("moments", b"odd")}
    assert "not erased" not in command("list")[1]

    late = replace(example("clips", "too_late"), channel_id=GONE, moment_id="late")  # a recording was found a day later
    producer.produce("clips", key="late", value=codec.encode(late))
    producer.flush()
    erasure.erase()
    assert values(empty_topics)["clips", b"late"]  # not looked at again before the job's time has passed it
    with psycopg.connect(postgres, autocommit=True) as connection:
        settled = datetime.now(UTC).timestamp() + SETTLING_SECONDS + 60
        connection.execute("INSERT INTO pipeline_progress VALUES ('job', to_timestamp(%s), now())", (settled,))
    erasure.erase()
    assert values(empty_topics)["clips", b"late"] is None
    before = len(read_topic(empty_topics, "clips"))
    erasure.erase()
    assert len(read_topic(empty_topics, "clips")) == before


def test_tombstones_are_no_dead_letters(writer: Writer, postgres: str) -> None:
    record = writer.record("moments", b"")
    tombstone = type(record)(record.topic, record.partition, record.offset, b"", NOW, is_tombstone=True)
    entry = writer.shaper.entry(tombstone, NOW)
    assert entry.rows == ()
    writer.store.write([entry])
    assert held(postgres)["dead_letters"] == set()


def test_former_logins_and_requests_of_the_channel_are_removed(writer: Writer, command: Any, postgres: str) -> None:
    online = example("stream-lifecycle", "lifecycle_online")
    for channel_id in (GONE, STAYS):
        for number in (1, 2):
            login, sent_at = f"name{number}of{channel_id}", online.sent_at + number
            writer.write("stream-lifecycle", replace(online, channel_id=channel_id, login=login, sent_at=sent_at))
    with psycopg.connect(postgres, autocommit=True) as connection:
        names = [f"name2of{GONE}", f"id:{GONE}", f"name2of{STAYS}"]
        connection.execute("INSERT INTO channel_requests (name) SELECT unnest(%s::text[])", (names,))
        assert command("add", GONE)[0] == 0
        former = connection.execute("SELECT login, channel_id FROM former_logins").fetchall()
        asked = connection.execute("SELECT name FROM channel_requests").fetchall()
    assert former == [(f"name1of{STAYS}", STAYS)]
    assert asked == [(f"name2of{STAYS}",)]
