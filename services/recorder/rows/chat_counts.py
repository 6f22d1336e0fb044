"""Shapes a channel's minute of per-second counts."""

from typing import Any

from contracts.chat_counts import ChatCounts
from contracts.codec import ContractError
from recorder.rows.row import Row, Table

SECONDS = 60  # counts per record
MINUTE_MS = 60_000
LARGEST_COUNT = 32_767  # smallint; no channel has seen as many messages in one second


def clamp(counts: list[int]) -> list[int]:
    """Limit the counts to what a smallint holds."""
    return [min(count, LARGEST_COUNT) for count in counts]


def count_rows(counts: ChatCounts) -> tuple[Row, ...]:
    """Return one row of `chat_counts`; raises `ContractError` unless it has sixty counts of a whole minute.

    If the minute has a row already, the statement keeps the greater count of each second: a replay after a cold start
    may know only part of the minute, and a count is never too high, so the order of arrival does not matter.
    """
    for values in (counts.messages, counts.chatters):
        if len(values) != SECONDS:
            raise ContractError(f"chat-counts: {len(values)} entries are not {SECONDS}")
        if min(values) < 0:
            raise ContractError(f"chat-counts: {min(values)} is no count")
    if counts.minute_at % MINUTE_MS:
        raise ContractError(f"chat-counts: minute_at {counts.minute_at} is not the start of a minute")
    row = {
        "channel_id": counts.channel_id,
        "minute_at": counts.minute_at,
        "messages": clamp(counts.messages),
        "chatters": clamp(counts.chatters),
    }
    return (Row(Table.CHAT_COUNTS, row),)


def merged(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Merge rows of the same minute, keeping the greatest counts; arrays as Postgres literals, faster than JSON."""
    minutes: dict[tuple[str, int], dict[str, Any]] = {}
    for row in rows:
        key = (row["channel_id"], row["minute_at"])
        known = minutes.get(key)
        if known is not None:
            row = row | {name: list(map(max, known[name], row[name])) for name in ("messages", "chatters")}
        minutes[key] = row
    return [
        row | {name: "{" + ",".join(map(str, row[name])) + "}" for name in ("messages", "chatters")}
        for row in minutes.values()
    ]
