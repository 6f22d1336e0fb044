"""One chat message of a channel's kept text."""

from collections.abc import Iterator
from typing import NamedTuple

from moment_detection.detection.channel_events import FIELD, PIECE

FIELDS_IN_TEXT = 4  # chatter, message id, emotes, text: `second` is known from where the text is kept
EMPTY_TAG = "[]"
TEXT_LIMIT = 500  # characters that are kept of a text, and the most that Twitch lets a person write


class ChatMessage(NamedTuple):
    """One message. `second`: since 1970. `chatter`: keyed hash of the user id. `message_id`: its first 8 characters.

    `twitch_emotes`: Twitch's tag as a JSON list of `contracts.chat_messages.Emote`.
    """

    second: int
    chatter: str
    message_id: str
    twitch_emotes: str
    text: str

    def has_twitch_emotes(self) -> bool:
        """Return whether Twitch's tag names an emote."""
        return len(self.twitch_emotes) > len(EMPTY_TAG)


def parse_messages(second: int, pieces: str) -> Iterator[ChatMessage]:
    """Yield the messages of one second; a piece with another number of fields is left out.

    The SQL joins a second's messages with PIECE and a message's fields with FIELD, and strips both from every text.
    """
    for piece in pieces.split(PIECE):
        fields = piece.split(FIELD)
        if len(fields) == FIELDS_IN_TEXT:
            yield ChatMessage(second, *fields)
