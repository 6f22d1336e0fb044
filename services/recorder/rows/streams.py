"""Shapes a stream's start, change or end, what it was called, and how many watched."""

from typing import NamedTuple

from contracts.chat_messages import VIEWERS_EVERY_SECONDS, Lifecycle
from recorder.rows.row import Row, Table

LONGEST_SECONDS = 48 * 3600  # Twitch ends a broadcast after that
LARGEST = 2**31 - 1  # integer


class Viewers(NamedTuple):
    """How many watched a stream in the `slot`-th of its stretches of `VIEWERS_EVERY_SECONDS`."""

    stream_id: str
    channel_id: str
    slot: int
    viewers: int


def lifecycle_rows(lifecycle: Lifecycle) -> tuple[Row, ...]:
    """Return a row of `channels` and those of its stream; a stream's newest event decides whether it has ended."""
    channel = {
        "channel_id": lifecycle.channel_id,
        "login": lifecycle.login,
        "display_name": lifecycle.display_name,
        "sent_at": lifecycle.sent_at,
    }
    rows = (Row(Table.CHANNELS, channel),)
    return rows + stream_rows(lifecycle) if lifecycle.stream_id else rows


def stream_rows(lifecycle: Lifecycle) -> tuple[Row, ...]:
    """Return the rows of a stream that has an id."""
    is_over = lifecycle.event == "offline"
    common = {
        "stream_id": lifecycle.stream_id,
        "channel_id": lifecycle.channel_id,
        "title": lifecycle.title,
        "game_name": lifecycle.game_name,
        "sent_at": lifecycle.sent_at,
    }
    times = {"started_at": lifecycle.stream_started_at, "ended_at": lifecycle.sent_at if is_over else None}
    rows: tuple[Row, ...] = (Row(Table.STREAMS, common | times | {"language": lifecycle.language}),)
    if not is_over and (lifecycle.title or lifecycle.game_name):
        rows += (Row(Table.STREAM_CHANGES, common),)
    seconds = (lifecycle.sent_at - lifecycle.stream_started_at) / 1000
    if not is_over and lifecycle.viewer_count is not None and 0 <= seconds < LONGEST_SECONDS:
        slot = int(seconds // VIEWERS_EVERY_SECONDS)
        watching = min(max(lifecycle.viewer_count, 0), LARGEST)
        rows += (Row(Table.STREAM_VIEWERS, Viewers(lifecycle.stream_id, lifecycle.channel_id, slot, watching)),)
    return rows


def viewer_rows(rows: list[Viewers]) -> list[dict[str, str]]:
    """Return one row of each stream: the greatest number of each stretch, as a literal of Postgres's arrays."""
    streams: dict[tuple[str, str], dict[int, int]] = {}
    for row in rows:
        slots = streams.setdefault((row.stream_id, row.channel_id), {})
        slots[row.slot] = max(row.viewers, slots.get(row.slot, 0))
    return [
        {
            "stream_id": stream_id,
            "channel_id": channel_id,
            "viewers": "{" + ",".join(str(slots.get(slot, "NULL")) for slot in range(max(slots) + 1)) + "}",
        }
        for (stream_id, channel_id), slots in streams.items()
    ]
