"""Sixty seconds of a channel: per-second counts, one record a channel and minute."""

import msgspec

SCHEMA_VERSION = 1


class ChatCounts(msgspec.Struct, kw_only=True, frozen=True):
    """`messages[i]`, `chatters[i]` belong to the second `minute_at + i * 1000`; sixty entries each.

    Key: `CHANNEL_ID:MINUTE_AT`. A minute without messages has no record: `coverage` tells whether it was read.
    """

    schema_version: int
    channel_id: str
    minute_at: int
    messages: list[int]
    chatters: list[int]
