"""Recognise the common chat message by one regular expression and write it as JSON without decoding it.

Only what is fully understood matches, with tags in Twitch's order. Every other line is left to `irc_line`, which
understands all of them and is slower.
"""

import re
from collections.abc import Callable

import msgspec

from contracts.chat_messages import SCHEMA_VERSION

VALUE = rb"[^; \r\n]*+"  # ends before anything that ends a tag, the tags or the line
EMOTES = rb"[0-9A-Za-z_:,/-]*+"
TEXT = rb"[^\x00-\x1f]*+"  # JSON escapes control characters, which are rare in chat
SHARED_CHAT_SOURCE = (  # of a Shared Chat session: where the message was written
    rb"(?:source-badge-info=%(value)b;source-badges=%(value)b;source-id=%(value)b;"
    rb"(?:source-only=[01];)?+source-room-id=([0-9]++);)?+"
) % {b"value": VALUE}
TAGS = (
    rb"@badge-info=%(value)b;badges=%(value)b;(?:client-nonce=%(value)b;)?+color=%(value)b;display-name=%(value)b;"
    rb"(?:emote-only=1;)?+emotes=(%(emotes)b);first-msg=[01];flags=%(value)b;id=([0-9a-f-]{36});mod=[01];"
    rb"(?:reply-%(value)b;)*+returning-chatter=[01];room-id=([0-9]++);%(source)bsubscriber=[01];tmi-sent-ts=([0-9]{13});"
    rb"turbo=[01];user-id=([0-9]++);user-type=%(value)b(?:;vip=1)?+"
) % {b"value": VALUE, b"emotes": EMOTES, b"source": SHARED_CHAT_SOURCE}
SENDER_AND_CHANNEL = rb" :([^! \r\n]*+)[^ \r\n]*+ PRIVMSG #[^ \r\n]++ :"
ACTION_OR_TEXT = rb"(?:\x01ACTION (%(text)b)\x01|(%(text)b))\r\n" % {b"text": TEXT}
OTHER_LINE = rb"([^\n]*+)\n"
LINE = re.compile(TAGS + SENDER_AND_CHANNEL + ACTION_OR_TEXT + b"|" + OTHER_LINE)
MESSAGE = (  # its key and its JSON object
    b'%%b\n{"kind":"message","schema_version":%d,"channel_id":"%%b","sent_at":%%b,"received_at":%%b,"instance":%%b,'
    b'"message_id":"%%b","chatter":"%%b","text":"%%b","emotes":%%b}'
) % SCHEMA_VERSION

# emotes, message id, channel id, source channel id (may be empty), sent at, user id, login, text of a /me message, text
# of any other, any other line
Fields = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]

encode_json = msgspec.json.Encoder().encode

# Returns the fields of each line of a chunk that ends with a line feed. The message id is empty where the line is no
# common message; the last field is the line then.
parse_lines: Callable[[bytes], list[Fields]] = LINE.findall


def message_lines(
    received_at: bytes,
    instance: bytes,
    channel_id: bytes,
    sent_at: bytes,
    message_id: bytes,
    chatter: bytes,
    text: bytes,
    emotes: bytes,
) -> bytes:
    """Return a message's key and its JSON object, a line each, as `codec.encode` would write it, byte for byte.

    `instance` and `emotes` are JSON. Each byte of the text that is not UTF-8 becomes U+FFFD.
    """
    if not text.isascii():
        text = text.decode("utf-8", "replace").encode()
    text = text.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return MESSAGE % (channel_id, channel_id, sent_at, received_at, instance, message_id, chatter, text, emotes)
