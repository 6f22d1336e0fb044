"""Recognise the common chat message by one regular expression and write it as JSON without decoding it.

Only what is fully understood matches, with tags in Twitch's order. Every other line is left to `irc_line`, which
understands all of them and is slower.
"""

import re

import msgspec

from contracts.chat_messages import SCHEMA_VERSION

VALUE = rb"[^; \r\n]*+"  # ends before anything that ends a tag, the tags or the line
EMOTES = rb"[0-9A-Za-z_:,/-]*+"
TEXT = rb"[^\x00-\x1f]*+"  # JSON escapes control characters, which are rare in chat
TAGS = (
    rb"@badge-info=%(value)b;badges=%(value)b;(?:client-nonce=%(value)b;)?+color=%(value)b;display-name=%(value)b;"
    rb"(?:emote-only=1;)?+emotes=(%(emotes)b);first-msg=[01];flags=%(value)b;id=([0-9a-f-]{36});mod=[01];"
    rb"(?:reply-%(value)b;)*+returning-chatter=[01];room-id=([0-9]++);subscriber=[01];tmi-sent-ts=([0-9]{13});"
    rb"turbo=[01];user-id=([0-9]++);user-type=%(value)b(?:;vip=1)?+"
) % {b"value": VALUE, b"emotes": EMOTES}
SOURCE = rb" :[^ \r\n]*+ PRIVMSG #[^ \r\n]++ :"
ACTION_OR_TEXT = rb"(?:\x01ACTION (%(text)b)\x01|(%(text)b))\r\n" % {b"text": TEXT}
OTHER_LINE = rb"([^\n]*+)\n"
LINE = re.compile(TAGS + SOURCE + ACTION_OR_TEXT + b"|" + OTHER_LINE)
HEAD = b'\n{"kind":"message","schema_version":%d,"channel_id":"' % SCHEMA_VERSION

# emotes, message id, channel id, sent at, user id, text of a /me message, text of any other, any other line
Fields = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]

encode_json = msgspec.json.Encoder().encode


def parse_lines(chunk: bytes) -> list[Fields]:
    """Return the fields of each line of `chunk`, which ends with a line feed.

    The message id is empty where the line is no common message; the last field is the line then.
    """
    return LINE.findall(chunk)


def reception_json(received_at: int, instance: str) -> bytes:
    """Return the part that all messages of a chunk share: when (milliseconds) and by whom they were read."""
    return b',"received_at":%d,"instance":%b' % (received_at, encode_json(instance))


def message_lines(
    reception: bytes,
    channel_id: bytes,
    sent_at: bytes,
    message_id: bytes,
    chatter: bytes,
    text: bytes,
    emotes: bytes,
) -> bytes:
    """Return a message's key and its JSON object, a line each, as `codec.encode` would write it, byte for byte.

    `emotes` is JSON, `reception` comes from `reception_json`. Bytes of the text that are not UTF-8 stay: see `as_utf8`.
    """
    text = text.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b"".join(
        (
            *(channel_id, HEAD, channel_id, b'","sent_at":', sent_at, reception, b',"message_id":"', message_id),
            *(b'","chatter":"', chatter, b'","text":"', text, b'","emotes":', emotes, b"}"),
        )
    )


def as_utf8(lines: bytes) -> bytes:
    """Return the lines with U+FFFD for every byte that is not UTF-8."""
    try:
        lines.decode()
    except UnicodeDecodeError:
        return lines.decode("utf-8", "replace").encode()
    return lines
