"""The JSON of many chat messages at once, byte for byte what `codec.encode` makes of each."""

import msgspec

from contracts.chat_messages import SCHEMA_VERSION

HEAD = b'\n{"kind":"message","schema_version":%d,"channel_id":"' % SCHEMA_VERSION

_encode = msgspec.json.Encoder().encode


def middle_of(received_at: int, instance: str) -> bytes:
    """What stands between the time and the id, the same in all messages of a chunk."""
    return b',"received_at":%d,"instance":%b,"message_id":"' % (received_at, _encode(instance))


def messages_lines(
    middle: bytes,
    channel_ids: list[bytes],
    sent_at: list[bytes],
    message_ids: list[bytes],
    chatters: list[bytes],
    texts: list[bytes],
    emotes: list[bytes],
) -> bytes:
    """Two lines for each message, its channel and its JSON object; no line feed ends the last.

    `texts` stand in JSON strings as they are, `emotes` are JSON, the rest needs no escape. All pieces are joined at
    once, into one object: less than formatting each.
    """
    gap = b""
    pieces = [gap, HEAD, gap, b'","sent_at":', gap, middle, gap, b'","chatter":"', gap, b'","text":"', gap]
    pieces = [*pieces, b'","emotes":', gap, b"}\n"] * len(channel_ids)
    for place, column in enumerate((channel_ids, channel_ids, sent_at, message_ids, chatters, texts, emotes)):
        pieces[2 * place :: 14] = column
    pieces[-1] = b"}"
    return b"".join(pieces)
