"""The common chat message, recognised by one regular expression over a whole chunk of lines.

It accepts only what it understands fully, tags in Twitch's order; any other line is given whole to `line.py`,
which understands all and is slower. `[^;]*` is the fastest loop there is, but could run over a space into the text
or over a line's end: so all that was matched is looked through once more, in one go, and must hold neither.
"""

import re
from typing import NamedTuple

TAGS = (
    rb"@badge-info=[^;]*+;badges=[^;]*+;(?:client-nonce=[^;]*+;)?color=[^;]*+;display-name=[^;]*+;"
    rb"(?:emote-only=1;)?emotes=([^;]*+);first-msg=[01];flags=[^;]*+;id=([0-9a-f-]{36});mod=[01];"
    rb"(?:re[^;]*+;)*+room-id=([0-9]++);subscriber=[01];tmi-sent-ts=([0-9]{13});turbo=[01];user-id=([0-9]++);"
    rb"user-type=(?:mod)?+(?:;vip=1)?+"
)
REST = rb":[^ ]*+ PRIVMSG #[^ ]++ :([^\r]*+)"
ANY_LINE = rb"([^\n]*+)\n"

# Groups: all tags, emotes, message id, channel id, sent at, user id, the rest, its text; or else the other line.
MESSAGE_OR_LINE = re.compile(rb"(" + TAGS + rb") (" + REST + rb")\r\n|" + ANY_LINE)
STEP = MESSAGE_OR_LINE.groups + 1  # `split` gives the groups and what is between two matches: nothing here


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
    flat = MESSAGE_OR_LINE.split(chunk)  # one flat list: `findall` would make a tuple for each line
    _, tags, emotes, message_ids, channel_ids, sent_at, user_ids, rests, texts, others = (
        flat[place:-1:STEP] for place in range(STEP)
    )
    if others.count(None) == len(others):
        clean = is_free_of(b" \n", tags) and is_free_of(b"\n", rests)
    else:
        clean = is_free_of(b" \n", filter(None, tags)) and is_free_of(b"\n", filter(None, rests))
    if not clean:  # a match ran too far: take nothing for granted
        return Lines(Messages([], [], [], [], [], []), [*chunk.split(b"\n")[:-1]])
    return Lines(Messages(emotes, message_ids, channel_ids, sent_at, user_ids, texts), others)


def is_free_of(unwanted: bytes, parts: "list[bytes] | filter[bytes]") -> bool:
    """Whether none of these bytes is in any part."""
    joined = b"".join(parts)
    return not any(bytes((byte,)) in joined for byte in unwanted)
