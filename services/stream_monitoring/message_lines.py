"""The common chat message, recognised by one regular expression over a whole chunk of lines.

It accepts only what it understands fully, tags in Twitch's order; any other line is given whole to `line.py`,
which understands all and is slower. `[^;]*` is the fastest loop there is, but could run over a space into the text
or over a line's end: so what such loops matched is looked through once more, in one go, and must hold neither.
"""

import re
from typing import NamedTuple

HEX = b"0123456789abcdef-"
WORD = rb"[^; \n]*+"  # nothing that ends a tag, the tags or the line; a slow loop, for what is mostly empty
HEAD = rb"(@badge-info=[^;]*+;badges=[^;]*+;(?:client-nonce=.{32};|)color=[^;]*+;display-name=[^;]*+);"
TAGS = (
    rb"(?:emote-only=1;|)emotes=([^;]*+);first-msg=[01];flags=" + WORD + rb";id=(.{36});mod=[01];"
    rb"(?:reply-" + WORD + rb";)*+returning-chatter=[01];room-id=([0-9]++);subscriber=[01];tmi-sent-ts=([0-9]{13});"
    rb"turbo=[01];user-id=([0-9]++);user-type=" + WORD + rb"(?:;vip=1|)"
)
REST = rb" (:[^ ]*+ PRIVMSG #[^ ]++) :([^\r]*+)\r\n"

# Groups: the first tags, emotes, message id, channel id, sent at, user id, source and channel, text.
MESSAGE = re.compile(HEAD + TAGS + REST, re.DOTALL)
MESSAGE_OR_LINE = re.compile(HEAD + TAGS + REST + rb"|([^\n]*+)\n", re.DOTALL)  # the other line is the last group


class Messages(NamedTuple):
    """One list for each field: a step over a whole list costs a fraction of the same step for each message."""

    emotes: list[bytes]
    message_ids: list[bytes]
    channel_ids: list[bytes]
    sent_at: list[bytes]
    user_ids: list[bytes]
    texts: list[bytes]

    def part(self, begin: int, end: int) -> "Messages":
        """The messages from `begin` to before `end`."""
        return Messages(*(column[begin:end] for column in self))


class Lines(NamedTuple):
    """The lines of a chunk. `others` has None where the line is a message, and the line where it is not."""

    messages: Messages
    others: list[bytes | None]


def lines_of(chunk: bytes) -> Lines:
    """The lines of `chunk`, which ends with a line feed."""
    columns = columns_of(MESSAGE, chunk)
    others: list[bytes | None] = [None] * len(columns[1])
    if any(columns[0]):  # something stands between the messages
        *columns, lines = columns_of(MESSAGE_OR_LINE, chunk)
        others = [*lines]
        columns = [[each or b"" for each in column] for column in columns]
    _, heads, emotes, message_ids, channel_ids, sent_at, user_ids, sources, texts = columns
    join = b"".join
    words = join(heads) + join(emotes)
    if (
        b" " in words
        or b"\n" in words
        or b"\n" in join(sources) + join(texts)
        or join(message_ids).translate(None, HEX)
    ):
        return Lines(Messages([], [], [], [], [], []), [*chunk.split(b"\n")[:-1]])  # take nothing for granted
    return Lines(Messages(emotes, message_ids, channel_ids, sent_at, user_ids, texts), others)


def columns_of(pattern: re.Pattern[bytes], chunk: bytes) -> list[list[bytes]]:
    """What is between two matches, then a list for each group; None where a group has no part in a match."""
    flat = pattern.split(chunk)  # one flat list: `findall` would make a tuple for each line
    step = pattern.groups + 1
    return [flat[place::step] for place in range(step)]
