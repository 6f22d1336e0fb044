"""Shapes a stream's start, change or end."""

from contracts.chat_messages import Lifecycle
from recorder.rows.row import Row, Table


def lifecycle_rows(lifecycle: Lifecycle) -> tuple[Row, ...]:
    """Return a row of `channels` and one of `streams`; a stream's newest event decides whether it has ended."""
    channel = {
        "channel_id": lifecycle.channel_id,
        "login": lifecycle.login,
        "display_name": lifecycle.display_name,
        "sent_at": lifecycle.sent_at,
    }
    stream = {
        "stream_id": lifecycle.stream_id,
        "channel_id": lifecycle.channel_id,
        "started_at": lifecycle.stream_started_at,
        "ended_at": lifecycle.sent_at if lifecycle.event == "offline" else None,
        "title": lifecycle.title,
        "game_name": lifecycle.game_name,
        "language": lifecycle.language,
        "sent_at": lifecycle.sent_at,
    }
    rows = (Row(Table.CHANNELS, channel), Row(Table.STREAMS, stream))
    return rows if lifecycle.stream_id else rows[:1]
