"""What was sent and what is in the log: every message counted, none lost, doubled or late."""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from contracts import topics
from embedded.records import iterate_topic
from embedded.servers.kafka import Kafka


class SentMessage(msgspec.Struct):
    """A row of the simulator's truth."""

    message_id: str
    channel_id: str
    sent_at: int


class LogRecord(msgspec.Struct):
    """The fields of a record that the recount needs."""

    kind: str
    sent_at: int
    channel_id: str = ""
    message_id: str = ""
    received_at: int = 0
    instance: str = ""
    event: str = ""
    gap_from_at: int = 0
    gap_until_at: int = 0


class Truth:
    """The simulator's messages, counted as the file grows."""

    def __init__(self, file: Path) -> None:
        self._file, self._read, self.messages = file, 0, 0

    def count(self) -> int:
        """Return the current number of messages."""
        with self._file.open("rb") as rows:
            rows.seek(self._read)
            while chunk := rows.read(1 << 20):
                self.messages += chunk.count(b"\n")
                self._read += len(chunk)
        return self.messages

    def rows(self) -> Iterator[SentMessage]:
        """Yield all messages."""
        decoder = msgspec.json.Decoder(SentMessage)
        with self._file.open("rb") as rows:
            yield from map(decoder.decode, rows)


@dataclass(frozen=True)
class Recount:
    """The contents of the log. `first`, `last`: event times in milliseconds; `in_gaps`: unread messages inside gaps."""

    messages: int
    in_gaps: int
    first: int
    last: int


def recount(kafka: Kafka, truth: Truth) -> Recount:
    """Count the log's messages; fail if one is lost, doubled or late."""
    decoder = msgspec.json.Decoder(LogRecord)
    found: Counter[str] = Counter()
    ticks: dict[int, int] = {}
    gaps: list[LogRecord] = []
    late: list[LogRecord] = []
    late_ms: Counter[str] = Counter()
    first, last = sys.maxsize, 0
    for record in iterate_topic(kafka.bootstrap_servers, topics.CHAT_MESSAGES.name):
        entry = decoder.decode(record.value or b"{}")
        before = ticks.get(record.partition, 0)
        if entry.kind == "tick":
            assert entry.sent_at >= before, "a tick went back"
            ticks[record.partition] = entry.sent_at
            continue
        if entry.sent_at <= before:
            late.append(entry)
            late_ms[f"{entry.instance} {entry.kind} {entry.event} {(before - entry.sent_at) // 500 / 2} s"] += 1
        if entry.kind == "message":
            found[entry.message_id] += 1
            first, last = min(first, entry.sent_at), max(last, entry.sent_at)
        elif entry.event == "gap":
            gaps.append(entry)
    assert late == [], f"behind their partition's tick: {late_ms}, the first and last {late[0]} {late[-1]}"
    assert [each for each, times in found.items() if times > 1] == []
    lost = [each for each in truth.rows() if each.message_id not in found and first <= each.sent_at < last - 2_000]
    reported = {(gap.channel_id, gap.gap_from_at, gap.gap_until_at) for gap in gaps}
    unreported = [
        each
        for each in lost
        if not any(channel == each.channel_id and start <= each.sent_at <= end for channel, start, end in reported)
    ]
    assert unreported == []
    return Recount(len(found), len(lost), first, last)
