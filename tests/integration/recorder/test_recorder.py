"""The recorder as a process, on a real Kafka and Postgres: latency, bad records, kill -9, Postgres away."""

import json
import time

import httpx
import psycopg
from integration.support.recorder_process import (
    DEADLINE,
    count_of,
    fresh_moments,
    query,
    send,
    wait_for_group,
)
from integration.support.recorder_writer import example
from msgspec.structs import replace

from embedded.processes.waiting import wait_for
from service_runtime.clock import now_ms


def test_a_moment_is_a_row_and_a_notification_soon(start, producer, postgres):
    recorder = start()
    wait_for_group(recorder, producer, postgres)
    _, moments = fresh_moments(20)
    seconds = "recorder_moment_seconds_count"  # it follows the commit, which the notification and the row come with
    wait_for("the first moment is counted", lambda: recorder.metric(seconds), DEADLINE)
    counted = recorder.metric(seconds)
    waits = []
    with psycopg.connect(postgres, autocommit=True) as listener:
        listener.execute("LISTEN moments")
        for moment in moments:
            sent_at = time.monotonic()
            send(producer, "moments", moment)
            (heard,) = listener.notifies(timeout=DEADLINE, stop_after=1)
            waits.append(time.monotonic() - sent_at)
            assert json.loads(heard.payload) == {"id": moment.moment_id, "revision": 1}
    assert sorted(waits)[len(waits) // 2] < 0.5  # about 0.05 s on an idle machine
    wait_for("each moment is counted", lambda: recorder.metric(seconds) - counted == len(moments), DEADLINE)
    lag = 'stream_scout_group_lag_records{group="recorder",topic="moments"} 0.0'
    wait_for("the group's lag is told", lambda: lag in page_of(recorder), DEADLINE)


def page_of(recorder) -> str:
    return httpx.get(f"http://127.0.0.1:{recorder.metrics_port}/metrics").text


def test_garbage_and_poison_become_dead_letters(start, producer, postgres):
    recorder = start()
    wait_for_group(recorder, producer, postgres)
    page = httpx.get(f"http://127.0.0.1:{recorder.metrics_port}/metrics").text
    assert 'stream_scout_dead_letters_total{place="moments"} 0.0' in page, "before the first, so that an alert sees it"
    channel, (first, second, third) = fresh_moments(3)
    poison = replace(first, moment_id="poison", revision_number=99_999)
    letter = replace(example("dead-letters", "irc_line"), payload=f"line {channel}")
    send(producer, "moments", first, f"garbage {channel}".encode(), second, poison, third)
    send(producer, "dead-letters", letter)
    found = "SELECT place, reason FROM dead_letters WHERE payload LIKE %s ORDER BY place"
    wait_for("three rows", lambda: count_of(postgres, "moments", channel) == 3, DEADLINE)
    letters = wait_for(
        "three dead letters", lambda: len(rows := query(postgres, found, f"%{channel}%")) == 3 and rows, DEADLINE
    )
    assert [place for place, _ in letters] == ["irc", "moments", "moments"]
    assert letters[0][1] == letter.reason
    assert recorder.metric("stream_scout_dead_letters_total") >= 2


def test_the_chat_inspector_finds_what_does_not_fit(start, producer, postgres):
    recorder = start()
    wait_for_group(recorder, producer, postgres)
    message = example("chat-messages", "message")
    odd = json.dumps({"kind": "poem", "schema_version": 1}).encode()
    found = "SELECT DISTINCT reason FROM dead_letters WHERE topic = 'chat-messages'"

    def sent_and_found() -> bool:  # the inspector starts at the topic's end, so the first ones may come before it
        send(producer, "chat-messages", message, odd, replace(message, schema_version=7))
        return len(query(postgres, found)) == 2

    wait_for("two reasons", sent_and_found, DEADLINE, poll_seconds=0.5)
    assert recorder.metric("recorder_inspected_messages_total") > 0


def test_the_chat_inspector_can_be_switched_off(start):
    recorder = start(RECORDER_INSPECT_CHAT="false")
    wait_for("the start", lambda: "recording" in recorder.log.read_text(), DEADLINE)
    assert '"inspect_chat": false' in recorder.log.read_text()


def test_the_heart_beats_when_nothing_comes(start, postgres):
    start(RECORDER_INSPECT_CHAT="false")
    beat = "SELECT updated_at FROM pipeline_progress WHERE stage = 'recorder'"
    (first,) = wait_for("a heartbeat", lambda: query(postgres, beat), DEADLINE)
    wait_for("the next heartbeat", lambda: query(postgres, beat) != [first], 10)


def test_ticks_tell_how_far_capture_is(start, producer, postgres):
    start(RECORDER_INSPECT_CHAT="false")
    tick = example("stream-lifecycle", "tick")
    newest = replace(tick, sent_at=now_ms() + 5000)
    send(producer, "stream-lifecycle", newest, tick)
    event_at = "SELECT extract(epoch FROM event_at) * 1000 FROM pipeline_progress WHERE stage = 'capture'"
    wait_for("the tick", lambda: query(postgres, event_at) == [(newest.sent_at,)], DEADLINE)
