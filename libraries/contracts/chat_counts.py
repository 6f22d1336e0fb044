"""Per-second counts of a channel, one record per channel and minute."""

import msgspec

SCHEMA_VERSION = 1


class ChatCounts(msgspec.Struct, kw_only=True, frozen=True):
    """Messages and distinct chatters of each second; entry `i` is for `minute_at + i * 1000`, sixty entries each.

    Key: `CHANNEL_ID:MINUTE_AT`. A minute without messages has no record: `coverage` shows whether it was read.
    """

    schema_version: int
    channel_id: str
    minute_at: int
    messages: list[int]
    chatters: list[int]
