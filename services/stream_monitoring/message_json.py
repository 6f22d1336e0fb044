"""The JSON of many chat messages at once, byte for byte what `codec.encode` makes of each."""

import msgspec

from contracts.chat_messages import SCHEMA_VERSION

CONTROLS = bytes(range(0x20)).replace(b"\r", b"")  # the carriage return parts the texts
ACTION = b"\x01ACTION "
HEAD = b'\n{"kind":"message","schema_version":%d,"channel_id":"' % SCHEMA_VERSION

_json = msgspec.json.Encoder()


def without_action(text: bytes) -> bytes:
    """The words of a `/me` message."""
    return text[len(ACTION) :].removesuffix(b"\x01") if text.startswith(ACTION) else text


def texts_json(texts: list[bytes]) -> list[bytes]:
    """Each text (at least one, none with a carriage return) as a JSON string; what is not UTF-8 is marked."""
    joined = b"\r".join(texts)  # one step over all of them: calls cost more than bytes
    if ACTION in joined:
        joined = b"\r".join(map(without_action, texts))
    if not is_plain(joined):
        return _json.encode_lines(joined.decode("utf-8", "replace").split("\r")).split(b"\n")[:-1]
    escaped = joined.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return (b'"' + escaped.replace(b"\r", b'"\r"') + b'"').split(b"\r")


def is_plain(joined: bytes) -> bool:
    """Whether quotes and backslashes are all that JSON would escape."""
    if len(joined.translate(None, CONTROLS)) != len(joined):
        return False
    try:
        joined.decode()
    except UnicodeDecodeError:
        return False
    return True


def middle_of(received_at: int, instance: str) -> bytes:
    """What stands between the time and the id, the same in all messages of a chunk."""
    return b',"received_at":%d,"instance":%b,"message_id":"' % (received_at, _json.encode(instance))


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

    `texts` and `emotes` are JSON already, the rest needs no escape. All pieces are joined at once, into one object:
    less than formatting each.
    """
    gap = b""
    pieces = [gap, HEAD, gap, b'","sent_at":', gap, middle, gap, b'","chatter":"', gap, b'","text":', gap]
    pieces = [*pieces, b',"emotes":', gap, b"}\n"] * len(channel_ids)
    for place, column in enumerate((channel_ids, channel_ids, sent_at, message_ids, chatters, texts, emotes)):
        pieces[2 * place :: 14] = column
    pieces[-1] = b"}"
    return b"".join(pieces)
