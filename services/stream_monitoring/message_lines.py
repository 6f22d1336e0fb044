"""The common chat message, recognised by one regular expression over a whole chunk of lines.

It accepts only what it understands fully, tags in Twitch's order; any other line is given whole to `line.py`,
which understands all and is slower. `[^;]*` is the fastest loop there is, but could run over a space into the text:
so the tags must first be seen to end in `user-type=` (or `vip=1`), and the caller checks that each match was one line.
"""

import re

TAGS_END_AS_EXPECTED = rb"(?=[^ ]*+(?:(?<=;user-type=)|(?<=;user-type=mod)|(?<=;vip=1)) :)"
TAGS = (
    rb"@badge-info=[^;]*+;badges=[^;]*+;(?:client-nonce=[^;]*+;)?color=[^;]*+;display-name=[^;]*+;"
    rb"(?:emote-only=1;)?emotes=([^;]*+);first-msg=[01];flags=[^;]*+;id=([0-9a-f-]{36});mod=[01];"
    rb"(?:re[^;]*+;)*+room-id=([0-9]++);subscriber=[01];tmi-sent-ts=([0-9]{13});turbo=[01];user-id=([0-9]++);"
)
REST = rb"user-type=[^ ]*+ :[^ ]*+ PRIVMSG #[^ ]++ :([^\r]*+)\r\n"
ANY_LINE = rb"([^\n]*+)\n"

# Groups: emotes, message id, channel id, sent at, user id, text; or else the other line.
MESSAGE_OR_LINE = re.compile(TAGS_END_AS_EXPECTED + TAGS + REST + b"|" + ANY_LINE)
OTHER_LINE_ONLY = re.compile(b"()()()()()()" + ANY_LINE)

Row = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes]


def rows(chunk: bytes) -> list[Row]:
    """One row for each line of `chunk`, which ends with a line feed."""
    found: list[Row] = MESSAGE_OR_LINE.findall(chunk)
    if len(found) != chunk.count(b"\n"):  # a match ran over a line's end: take nothing for granted
        return OTHER_LINE_ONLY.findall(chunk)
    return found
