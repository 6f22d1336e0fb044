"""The common chat message, recognised by one regular expression over a whole chunk of lines.

It accepts only what it understands fully, tags in Twitch's order; any other line is given whole to `irc_line.py`,
which understands all and is slower. PCRE2 compiles the expression to machine code and writes what all messages hold
into one object, in one call.
"""

from typing import NamedTuple

import pcre2

FIELDS = 6
END = b"\r"  # of each field: no line that is a message has one in it
VALUE = rb"[^; \r\n]*+"  # nothing that ends a tag, the tags or the line
EMOTES = rb"[0-9A-Za-z_:,/-]*+"
WORDS = rb"[^\x00-\x1f]*+"  # of people; what JSON would write as \u0001 is rare
TAGS = (
    rb"@badge-info=%(value)b;badges=%(value)b;(?:client-nonce=%(value)b;)?+color=%(value)b;display-name=%(value)b;"
    rb"(?:emote-only=1;)?+emotes=(%(emotes)b);first-msg=[01];flags=%(value)b;id=([0-9a-f-]{36});mod=[01];"
    rb"(?:reply-%(value)b;)*+returning-chatter=[01];room-id=([0-9]++);subscriber=[01];tmi-sent-ts=([0-9]{13});"
    rb"turbo=[01];user-id=([0-9]++);user-type=%(value)b(?:;vip=1)?+"
) % {b"value": VALUE, b"emotes": EMOTES}
SOURCE = rb" :[^ \r\n]*+ PRIVMSG #[^ \r\n]++ :"
TEXT = rb"(?|\x01ACTION (" + WORDS + rb")\x01|(" + WORDS + rb"))\r\n"  # both are the last group
ANY_LINE = rb"[^\n]*+\n"  # where it is no message, all its fields are empty
LINE = pcre2.compile(TAGS + SOURCE + TEXT + b"|" + ANY_LINE)
ALL_FIELDS = b"".join(b"$%d" % (number + 1) + END for number in range(FIELDS))
OTHER_LINE = END * FIELDS  # a message's id is not empty, so it has fewer in a row


class Messages(NamedTuple):
    """One list for each field: a step over a whole list costs a fraction of the same step for each message.

    A text is what stands between the quotes of its JSON string.
    """

    emotes: list[bytes]
    message_ids: list[bytes]
    channel_ids: list[bytes]
    sent_at: list[bytes]
    user_ids: list[bytes]
    texts: list[bytes]

    def part(self, begin: int, end: int | None) -> "Messages":
        """The messages from `begin` to before `end`."""
        return Messages(*(column[begin:end] for column in self))


class Lines(NamedTuple):
    """The lines of a chunk: one message for each, with empty fields where it is none.

    `others` has the lines that are no messages by their places.
    """

    messages: Messages
    others: dict[int, bytes]


def lines_of(chunk: bytes) -> Lines:
    """The lines of `chunk`, which ends with a line feed."""
    try:
        fields = LINE.sub(ALL_FIELDS, chunk)
    except pcre2.LibraryError:  # a limit of the library, by a chunk that nobody has met yet
        fields = OTHER_LINE * chunk.count(b"\n")
    columns = within_json(fields).split(END)
    messages = Messages(*(columns[place:-1:FIELDS] for place in range(FIELDS)))
    if OTHER_LINE not in fields:
        return Lines(messages, {})
    lines = chunk.split(b"\n")
    return Lines(messages, {place: lines[place] for place, known in enumerate(messages.message_ids) if not known})


def within_json(words: bytes) -> bytes:
    """As it stands in a JSON string, where it has no controls that JSON escapes; what is not UTF-8 is marked."""
    try:
        words.decode()
    except UnicodeDecodeError:
        words = words.decode("utf-8", "replace").encode()
    return words.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
