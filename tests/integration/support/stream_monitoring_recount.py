"""Recount `chat-messages` against what the simulator sent."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from integration.support.stream_monitoring_process import DEADLINE

from contracts import topics
from embedded.processes.waiting import wait_for
from embedded.records import read_topic
from twitch_simulator.process import SimulatorProcess

STRADDLE_MS = 1_000  # a gap ends with a join: a message of that moment may be on neither side


@dataclass
class Recount:
    """The whole topic. `late`: messages at or before their partition's last tick; `backward`: ticks that went back."""

    messages: Counter[str] = field(default_factory=Counter)
    copies: dict[str, list[str]] = field(default_factory=dict)  # message id to partition:offset of each copy
    late: list[str] = field(default_factory=list)
    backward: int = 0
    gaps: list[dict[str, Any]] = field(default_factory=list)
    writers: list[str] = field(default_factory=list)  # instances by the ticks of partition 0, without repeats
    last_coverage: dict[str, str] = field(default_factory=dict)  # channel to its last coverage event

    @property
    def doubled(self) -> list[str]:
        """The ids that are there more than once, and where."""
        return [f"{each} {self.copies[each]}" for each, times in self.messages.items() if times > 1]

    def lost(self, sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the messages that are neither there nor in a recorded gap."""
        return [each for each in sent if each["message_id"] not in self.messages and not self.is_excused(each)]

    def is_excused(self, message: dict[str, Any]) -> bool:
        """Return whether the message is in a gap of its channel."""
        return any(
            gap["channel_id"] == message["channel_id"]
            and gap["gap_from_at"] <= message["sent_at"] <= gap["gap_until_at"] + STRADDLE_MS
            for gap in self.gaps
        )


def recount(bootstrap_servers: str) -> Recount:
    """Recount everything that is committed now."""
    found, last = Recount(), dict[int, int]()
    for record in read_topic(bootstrap_servers, topics.CHAT_MESSAGES.name):
        value = json.loads(record.value or b"{}")
        before = last.get(record.partition, 0)
        if value["kind"] == "tick":
            found.backward += value["sent_at"] < before
            last[record.partition] = max(before, value["sent_at"])
            if record.partition == 0 and found.writers[-1:] != [value["instance"]]:
                found.writers.append(value["instance"])
        elif value["kind"] == "message":
            found.messages[value["message_id"]] += 1
            found.copies.setdefault(value["message_id"], []).append(f"{record.partition}:{record.offset}")
            if value["sent_at"] <= before:
                found.late.append(value["message_id"])
        elif value["kind"] == "coverage":
            found.last_coverage[value["channel_id"]] = value["event"]
            if value["event"] == "gap":
                found.gaps.append(value)
    return found


def sent_messages(twitch: SimulatorProcess) -> list[dict[str, Any]]:
    """Return the messages in the simulator's truth file so far."""
    *whole, _torn = (twitch.truth / "messages.jsonl").read_text().split("\n")
    return [json.loads(line) for line in whole]


def settled_recount(twitch: SimulatorProcess, bootstrap_servers: str) -> Recount:
    """Wait until every message sent so far has arrived or is in a gap; return the recount."""
    sent, found = sent_messages(twitch), Recount()

    def arrived() -> bool:
        nonlocal found
        found = recount(bootstrap_servers)
        return not found.lost(sent)

    wait_for("every message", arrived, DEADLINE)
    return found
