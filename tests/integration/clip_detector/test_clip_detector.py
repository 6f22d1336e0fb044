"""The Flink job on a real Kafka: exact through disorder, bad records, kill -9 and lost checkpoints."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from confluent_kafka import Producer
from integration.support.clip_detector_process import KAPPA, START, ChatLog, DetectorRun, results, wait_for_progress

from chat_analysis.peak_lines import peak_lines
from contracts import topics
from contracts.codec import decode
from embedded.servers.kafka import Kafka
from emote_catalogue.emote import CatalogueEmote
from emote_catalogue.provider import CatalogueProvider
from emote_catalogue.store_reader import StoreReader
from emote_catalogue.versions import Versions
from moment_detection.detection.rules import NAME, RuleBook
from moment_detection.evidence.emotes import TWITCH_ONLY, EmoteProviders
from moment_detection.messages import moment_id

CHANNEL = "900001"
OTHER = "900002"
NEXT_YEAR_AT = (START + 365 * 24 * 3600) * 1000
pytestmark = pytest.mark.timeout(900)


def loudness(second: int) -> int:
    """Two chatters per second; thirty for six seconds, twice."""
    return 30 if second % 400 in range(200, 206) else 2


def causes(chat: ChatLog, seconds: range) -> None:
    """Two chatters per second; a raid, whose people come after the first kill, a vote, and a changed rule."""
    for second in seconds:
        for number in range(2):
            chat.message(second, f"quiet{number}", "so it goes")
        for number in range(30 if second > 480 else 12):  # each louder than the one before, so that all are raised
            who = f"{second}c{number}"
            if second in range(206, 211):
                chat.message(second, who, "FOXES RAID foxHype foxHype")
            elif second in range(330, 336):
                chat.message(second, who, "12"[number % 2])
            elif second in range(482, 487):
                chat.message(second, who, "Kappa", KAPPA)
        if second == 5:
            chat.happens("room_state", second, emote_only=False, subscribers_only=False, slow_seconds=0)
        elif second == 203:
            chat.happens("notice", second, notice_id="r", notice_type="raid", amount=90)
        elif second == 480:
            chat.happens("room_state", second, emote_only=True)


def bad_records(chat: ChatLog) -> None:
    """What must do no harm: no JSON, an unknown kind, absent and absurd times, no channel, next year."""
    for value in (
        "no json",
        "[]",
        json.dumps({"kind": "whisper", "channel_id": CHANNEL, "sent_at": START * 1000}),
        json.dumps({"kind": "message", "channel_id": CHANNEL, "chatter": "x", "text": "no time"}),
        json.dumps({"kind": "message", "channel_id": CHANNEL, "sent_at": 10**18, "chatter": "x", "text": "absurd"}),
        json.dumps({"kind": "message", "sent_at": START * 1000, "chatter": "x", "text": "no channel"}),
        json.dumps({"kind": "message", "channel_id": CHANNEL, "sent_at": NEXT_YEAR_AT, "chatter": "x"}),
        json.dumps({"kind": "coverage", "channel_id": CHANNEL, "sent_at": "soon", "event": None}),
    ):
        chat.raw(value)


def opted_out(chat: ChatLog) -> str:
    """Another channel in the same log, which talks for 180 s and opts out after 90; its id."""
    other = ChatLog(chat.producer, "900003")
    for second in range(180):
        other.message(second, f"chatter{second % 9}", "hello")
    word = {"kind": "opt_out", "schema_version": 1, "channel_id": other.channel_id, "sent_at": (START + 90) * 1000}
    other.raw(json.dumps(word | {"received_at": 0, "instance": "test", "event": "out"}))
    return other.channel_id


A_THREAD_THAT_WAITS = """\
import sys, threading
if "clip_detector" in sys.orig_argv:
    threading.Thread(target=threading.Event().wait).start()
"""


def with_a_thread_that_waits(folder: Path) -> str:
    """A PYTHONPATH that gives the detector a thread as Beam's are, at times, once the JVM is gone: it never ends."""
    (folder / "sitecustomize.py").write_text(A_THREAD_THAT_WAITS)
    return os.pathsep.join((str(folder), *filter(None, sys.path)))


def catalogues(folder: Path) -> Path:
    """A store in which CHANNEL has KEKW, which is renamed between its two bursts."""
    path = folder / "catalogues.sqlite"
    versions = Versions(path)
    for second, name in ((-3600, "KEKW"), (400, "KEKWait")):
        versions.apply(CHANNEL, "7tv", [CatalogueEmote("01F", name)], (START + second) * 1000)
    versions.close()
    return path


def test_a_burst_through_disorder_bad_records_and_kills(
    start: Callable[..., DetectorRun], own_kafka: Kafka, tmp_path: Path
) -> None:
    kafka = own_kafka.bootstrap_servers
    store = catalogues(tmp_path)
    start = partial(start, DETECTOR_EMOTES=str(store))
    producer = Producer({"bootstrap.servers": kafka, "partitioner": topics.PARTITIONER})
    known = EmoteProviders(TWITCH_ONLY, CatalogueProvider(StoreReader(store)))
    chat = ChatLog(producer, CHANNEL, "Kappa wow KEKW", known)
    other = ChatLog(chat.producer, OTHER)
    bad_records(chat)
    causes(other, range(100))
    gone = opted_out(chat)
    chat.chat(range(100), loudness)
    run = start(PYTHONPATH=with_a_thread_that_waits(tmp_path))
    wait_for_progress(kafka, run, 100)
    causes(other, range(100, 205))
    chat.chat(range(100, 205), loudness)
    wait_for_progress(kafka, run, 205)
    assert run.kill_jvm() != 0

    causes(other, range(205, 400))
    chat.chat(range(205, 400), loudness)
    run = start()
    wait_for_progress(kafka, run, 400)
    causes(other, range(400, 605))
    chat.chat(range(400, 605), loudness)
    wait_for_progress(kafka, run, 605)
    run.kill_python()

    causes(other, range(605, 720))
    chat.chat(range(605, 720), loudness)
    run = start(DETECTOR_PARALLELISM=str(len(chat.partitions) + 1))
    wait_for_progress(kafka, run, 720)
    assert run.stop() == 0

    expected = chat.recount(719)
    for topic in (topics.MOMENTS.name, topics.CHAT_COUNTS.name):
        wanted = {(record.key, record.value) for record in expected if record.topic == topic}
        assert results(kafka, topic, CHANNEL) == wanted
    moments = [decode(record.topic, record.value) for record in expected if record.topic == topics.MOMENTS.name]
    shadows = [moment for moment in moments if moment.shadow]
    assert {(moment.detector_name, moment.no_clip_reason) for moment in shadows} == {("lower", "shadow")}
    revisions = [moment for moment in moments if not moment.shadow]
    assert [moment.revision for moment in revisions] == ["raised", "peaked", "closed"] * 2
    assert [moment.biggest_in_seconds for moment in revisions[::3]] == [200, 400]
    assert {json.loads(key_and_value[1])["minute_at"] for key_and_value in results(kafka, "chat-counts", gone)} == {
        START * 1000
    }
    first, second = (moment.evidence for moment in revisions[2::3])
    named = [(each.provider, each.id, each.name, each.chatters) for each in first.emotes]
    assert named == [("7tv", "01F", "KEKW", 27), ("twitch", "25", "Kappa", 27)]
    assert [word.word for word in first.words] == ["wow"]
    assert first.window_chatters == 30
    assert [each.name for each in second.emotes] == ["Kappa"], "KEKW is none any more"
    assert {word.word for word in second.words} == {"wow", "KEKW"}
    check_causes(kafka, other)
    check_replay({moment.moment_id for moment in revisions}, chat, tmp_path)

    cold_start(kafka, chat, start, tmp_path)


def check_causes(kafka: str, other: ChatLog) -> None:
    """A raid whose notice came before a kill, a vote and a changed rule reach the moments, byte for byte."""
    expected = [record for record in other.recount(719) if record.topic == topics.MOMENTS.name]
    assert results(kafka, topics.MOMENTS.name, OTHER) == {(record.key, record.value) for record in expected}
    moments = [decode(record.topic, record.value) for record in expected]
    outcomes = [(moment.revision, moment.causes, moment.no_clip_reason) for moment in moments if not moment.shadow]
    assert [each for each in outcomes if each[0] == "peaked"] == [
        ("peaked", ["raid"], "cause"),
        ("peaked", ["vote"], "cause"),
        ("peaked", ["mode"], "cause"),
    ]


def check_replay(ids: set[str], chat: ChatLog, directory: Path) -> None:
    """A replay of the same chat as a recording names the same moments."""
    recording = directory / "recorded.jsonl"
    chat.write_recording(recording)
    lines = list(peak_lines(recording, RuleBook({"threshold": 4.0})))
    crossed = {line.raised for line in lines if line.raised is not None}
    assert {moment_id(CHANNEL, NAME, (START + second) * 1000) for second in crossed} == ids
    assert [line.clip for line in lines] == [True] * 2


def cold_start(kafka: str, chat: ChatLog, start: Callable[[], DetectorRun], directory: Path) -> None:
    """Without checkpoints the job starts three hours back and emits nothing that was due before its last progress."""
    before = {topic: len(results_of_all(kafka, topic)) for topic in (topics.MOMENTS.name, topics.CHAT_COUNTS.name)}
    shutil.rmtree(directory / "checkpoints")
    chat.chat(range(720, 1080), loudness)
    run = start()
    wait_for_progress(kafka, run, 1080)
    assert run.stop() == 0
    assert "starting three hours back" in run.log.read_text()
    emitted = results_of_all(kafka, topics.MOMENTS.name)[before[topics.MOMENTS.name] :]
    repeated = [moment for value in emitted if not (moment := decode(topics.MOMENTS.name, value)).shadow]
    assert [moment.crossed_at for moment in repeated] == [(START + 1001) * 1000] * 3
    counts = results_of_all(kafka, topics.CHAT_COUNTS.name)[before[topics.CHAT_COUNTS.name] :]
    assert min(decode(topics.CHAT_COUNTS.name, value).minute_at for value in counts) == (START + 720) * 1000
    expected = {record.value for record in chat.recount(1079) if record.topic == topics.MOMENTS.name}
    assert {value for _, value in results(kafka, topics.MOMENTS.name, CHANNEL)} == expected


def results_of_all(kafka: str, topic: str) -> list[bytes]:
    """The topic's values in the order of their partitions."""
    from embedded.records import read_topic

    return [each.value or b"" for each in sorted(read_topic(kafka, topic), key=lambda each: each.timestamp)]
