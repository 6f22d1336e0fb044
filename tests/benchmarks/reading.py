"""Messages read, spooled and forwarded per CPU second, against twitchAPI's chat parser and a plain producer.

A live socket delivers a few lines a read, a busy one after a stall 64 KiB, so each size is measured. The parser is
called by itself, and, as a second baseline, as twitchAPI's receive loop does: a task for each message that hands it to
an event handler. All write the same JSON to the same broker, and are charged for the CPU time of all threads of their
process. Transactions are as large as those of a drain; one run has small ones. The slow path gets the same
lines with a tag that the fast path does not know. `python tests/benchmarks/reading.py` writes results/reading.json.
"""

import asyncio
import json
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from multiprocessing import get_context
from operator import truediv
from pathlib import Path
from statistics import median
from typing import Any

from _chat_reads import Read, reads_of
from _result import write_result
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from contracts import codec
from contracts.chat_messages import Tick
from contracts.topics import CHAT_MESSAGES, PARTITIONER
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.records import iterate_topic
from embedded.servers.kafka import Kafka
from service_runtime.kafka import consumer_config, producer_config
from service_runtime.settings import KafkaSettings
from service_runtime.topic_setup import create_topics
from stream_monitoring.chat.bad_lines import BadLines
from stream_monitoring.chat.chat_reader import ChatReader, Counts
from stream_monitoring.chat.clocks import TwitchClock
from stream_monitoring.forwarding.commit_time import MOST_RECORDS
from stream_monitoring.forwarding.kafka_log import KafkaLog
from stream_monitoring.forwarding.transactions import PRODUCER_SETTINGS, Transactions
from stream_monitoring.privacy.chatter_hash import ChatterHash
from stream_monitoring.spool.batch import TICK_KEY, Batch
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.quarantine import Quarantine
from stream_monitoring.spool.spool import Spool, SpoolLimits

MESSAGES = int(os.environ.get("READING_MESSAGES", "100000"))
READS: dict[str, int | None] = {"1 line": 1, "5 lines": 5, "20 lines": 20, "64 KiB": None}  # how much a read delivers
USUAL_READ = "5 lines"
FULL_READ = "64 KiB"
FRAME_RECORDS = 5_000  # one second of all of Twitch
LIVE_RECORDS = 1_000  # of a frame: 0.2 s of all of Twitch; a transaction by itself, five times as many as live
ROUNDS = int(os.environ.get("READING_ROUNDS", "3"))
FLOOR = 4.0  # times twitchAPI's parser, at each size of a read
UNKNOWN_TAG = b"aaa=1;"
KEY = b"k" * 32


def ours(bootstrap: str, directory: str, reads: list[Read]) -> float:
    """Return the CPU seconds of this service's reader, spool and forwarder."""
    used, counts = read_and_forward(bootstrap, directory, reads, FRAME_RECORDS, MOST_RECORDS)
    assert counts.paths == {"fast": MESSAGES, "slow": 0}, counts
    return used


def ours_live(bootstrap: str, directory: str, reads: list[Read]) -> float:
    """Return the same with small transactions, each 0.2 s of all of Twitch."""
    used, _ = read_and_forward(bootstrap, directory, reads, LIVE_RECORDS, LIVE_RECORDS)
    return used


def ours_slow_path(bootstrap: str, directory: str, reads: list[Read]) -> float:
    """Return the same where the fast path knows none of the lines."""
    unknown = [
        Read(at, b"".join(b"@" + UNKNOWN_TAG + each[1:] for each in chunk.splitlines(keepends=True)))
        for at, chunk in reads
    ]
    used, counts = read_and_forward(bootstrap, directory, unknown, FRAME_RECORDS, MOST_RECORDS)
    assert counts.paths == {"fast": 0, "slow": MESSAGES}, counts
    return used


def read_and_forward(
    bootstrap: str, directory: str, reads: list[Read], frame_records: int, transaction_records: int
) -> tuple[float, Counts]:
    """Return the CPU seconds, and what was counted."""
    spool, batch = Spool(Path(directory), SpoolLimits()), Batch()
    kafka = KafkaSettings(bootstrap_servers=bootstrap)
    transactions = Transactions(producer_config(kafka, **PRODUCER_SETTINGS))
    bad = BadLines(batch, Quarantine(spool.directory))
    reader = ChatReader("bench", batch, ChatterHash(KEY), bad, TwitchClock(), {})
    tick = codec.encode(
        Tick(schema_version=1, sent_at=1, received_at=1, instance="bench", spool_id="bench", spool_position=1)
    )
    frames: list[Frame] = []

    def write_frame() -> None:
        count = len(batch) + 1
        frames.append(spool.append([*batch.take(), TICK_KEY, tick], 1, count))
        if sum(frame.count for frame in frames) >= transaction_records:
            forward()

    def forward() -> None:
        transactions.send(frames, tick)
        frames.clear()

    before = time.process_time()
    for received_at, chunk in reads:
        reader.read(chunk, received_at)
        if len(batch) >= frame_records:
            write_frame()
    write_frame()
    forward()
    used = time.process_time() - before
    assert reader.counts.records == {"message": MESSAGES}, reader.counts
    return used, reader.counts


class Chatters(dict[str, str]):
    """Each chatter's hash, remembered: that costs the baseline less than hashing again."""

    def __init__(self) -> None:
        super().__init__()
        self._hash = ChatterHash(KEY)

    def __missing__(self, user_id: str) -> str:
        digest = self[user_id] = self._hash.of(user_id.encode()).decode()
        return digest


def theirs(bootstrap: str, _directory: str, reads: list[Read]) -> float:
    """Return the CPU seconds of twitchAPI's parser and a plain producer."""
    from twitchAPI.chat import Chat, ChatMessage

    chat: Any = Chat.__new__(Chat)
    chat.logger, chat._prefix, chat._channel_command_prefix = logging.getLogger("bench"), "!", {}
    producer = Producer({"bootstrap.servers": bootstrap, "partitioner": PARTITIONER})
    chatters = Chatters()
    before = time.process_time()
    for received_at, chunk in reads:
        for part in chunk.decode().split("\r\n"):
            if part and (parsed := chat._parse_irc_message(part)) is not None:
                produce(producer, record(ChatMessage(chat, parsed), parsed, chatters, received_at))
    while producer.flush(10):
        pass
    return time.process_time() - before


def theirs_as_used(bootstrap: str, _directory: str, reads: list[Read]) -> float:
    """Return the same with twitchAPI's own way from the parser to an event handler."""
    from twitchAPI.chat import Chat, ChatEvent

    producer = Producer({"bootstrap.servers": bootstrap, "partitioner": PARTITIONER})
    chatters = Chatters()
    received_at = 0

    async def on_message(message: Any) -> None:
        produce(producer, record(message, message._parsed, chatters, received_at))

    async def receive() -> None:
        nonlocal received_at
        chat: Any = Chat.__new__(Chat)
        chat.logger, chat._prefix, chat._channel_command_prefix = logging.getLogger("bench"), "!", {}
        chat._event_handler, chat._command_handler = {ChatEvent.MESSAGE: [on_message]}, {}
        chat._callback_loop, chat.no_shared_chat_messages = asyncio.get_running_loop(), True
        chat._task_callback = lambda task: task.result()
        for received_at, chunk in reads:  # noqa: B007 - on_message uses it
            for part in chunk.decode().split("\r\n"):
                if part and (parsed := chat._parse_irc_message(part)) is not None:
                    asyncio.ensure_future(chat._handle_msg(parsed))  # noqa: RUF006 - as its receive loop does
            await asyncio.sleep(0)
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0)

    before = time.process_time()
    asyncio.run(receive())
    while producer.flush(10):
        pass
    return time.process_time() - before


def record(message: Any, parsed: dict[str, Any], chatters: Chatters, received_at: int) -> dict[str, Any]:
    """Make the same record that this service writes."""
    return {
        "kind": "message",
        "schema_version": 1,
        "channel_id": parsed["tags"]["room-id"],
        "sent_at": message.sent_timestamp,
        "received_at": received_at,
        "instance": "bench",
        "message_id": message.id,
        "chatter": chatters[parsed["tags"]["user-id"]],
        "text": message.text,
        "emotes": [
            {"provider": "twitch", "id": key, "start": int(at["start_position"]), "end": int(at["end_position"])}
            for key, places in (message.emotes or {}).items()
            for at in places
        ],
    }


def produce(producer: Producer, message: dict[str, Any]) -> None:
    """Send one record; wait while the queue is full."""
    value = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    while True:
        try:
            producer.produce(CHAT_MESSAGES.name, value, message["channel_id"])
            producer.poll(0)
            return
        except BufferError:
            producer.poll(0.1)


Run = tuple[str, str]  # side and size of a read
RUNS: list[Run] = [
    *((side.__name__, read) for read in READS for side in (theirs, ours)),
    (theirs_as_used.__name__, FULL_READ),
    (ours_slow_path.__name__, USUAL_READ),
    (ours_live.__name__, USUAL_READ),
]


def measured(bootstrap: str, run: Run, seed: int, begin: int) -> float:
    """Return the CPU seconds of one run in a process of its own, on the lines of this seed."""
    with tempfile.TemporaryDirectory() as directory, get_context("spawn").Pool(1) as pool:
        return float(pool.apply(run_side, (bootstrap, directory, run, seed, begin)))


def run_side(bootstrap: str, directory: str, run: Run, seed: int, begin: int) -> float:
    """Run one side in the process of its own."""
    side, read = run
    return float(globals()[side](bootstrap, directory, reads_of(seed, begin, READS[read], messages=MESSAGES)))


def values_of(bootstrap: str) -> Iterator[tuple[str, str]]:
    """Return message id and all but the time of receipt, of every message in the topic."""
    for each in iterate_topic(bootstrap, CHAT_MESSAGES.name):
        message = json.loads(each.value or b"{}")
        if message["kind"] == "message":
            message.pop("received_at")
            yield message["message_id"], json.dumps(message, sort_keys=True)


def equal_outputs(bootstrap: str) -> bool:
    """Return whether every message is in the topic once from each run, and always the same."""
    with KafkaLog(consumer_config(KafkaSettings(bootstrap_servers=bootstrap), "reading")) as log:
        wait_for("every commit is seen", lambda: not log.open_transactions(), 30)
    seen: dict[str, list[str]] = {}
    for message_id, value in values_of(bootstrap):
        seen.setdefault(message_id, []).append(value)
    return bool(seen) and all(len(values) == len(RUNS) and len(set(values)) == 1 for values in seen.values())


def main() -> int:
    """Run all, alternating; the ratio is the median of the rounds, the rate the best."""
    ports = free_ports(2)
    with tempfile.TemporaryDirectory() as directory, Kafka(Path(directory) / "kafka", *ports) as kafka:
        create_topics(AdminClient({"bootstrap.servers": kafka.bootstrap_servers}))
        rates: dict[Run, list[float]] = {run: [] for run in RUNS}
        for seed in range(ROUNDS):
            begin = int(time.time() * 1000) - MESSAGES // 5
            for run in RUNS:
                rates[run].append(MESSAGES / measured(kafka.bootstrap_servers, run, seed, begin))
        equal = equal_outputs(kafka.bootstrap_servers)
    best = {run: max(each) for run, each in rates.items()}
    ratios = {read: median(map(truediv, rates["ours", read], rates["theirs", read])) for read in READS}
    write_result("reading", figures(rates, best, ratios) | {"equal_outputs": equal})
    return 0 if equal and min(ratios.values()) >= FLOOR else 1


def figures(rates: dict[Run, list[float]], best: dict[Run, float], ratios: dict[str, float]) -> dict[str, Any]:
    """Return what the result holds; rates are messages per CPU second."""
    slow = best["ours_slow_path", USUAL_READ]
    return {
        "messages": MESSAGES,
        "load_average": round(os.getloadavg()[0], 1),  # of the machine: others may have worked beside
        "messages_per_cpu_second": {read: round(best["ours", read]) for read in READS},
        "baseline_messages_per_cpu_second": {read: round(best["theirs", read]) for read in READS},
        "ratio": {read: round(ratio, 2) for read, ratio in ratios.items()},
        "floor": FLOOR,
        "ratio_to_twitchapi_as_used": round(best["ours", FULL_READ] / best["theirs_as_used", FULL_READ], 2),
        "slow_path_messages_per_cpu_second": round(slow),
        "slow_path_ratio": round(slow / best["theirs", USUAL_READ], 2),
        "live_messages_per_cpu_second": round(best["ours_live", USUAL_READ]),
        "runs": {" ".join(run): [round(rate) for rate in each] for run, each in rates.items()},
    }


if __name__ == "__main__":
    raise SystemExit(main())
