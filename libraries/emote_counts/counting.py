"""Turns the records of one partition of chat-messages into minutes of emotes."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from contracts.chat_messages import Emote
from contracts.emote_counts import EmoteCounts
from emote_counts.tally import Tally
from emote_counts.uses import uses_in


class Names(Protocol):
    """The emotes of a channel at a time."""

    @property
    def emotes(self) -> Mapping[str, tuple[str, str]]:
        """Provider and id by name."""
        ...


class Catalogue(Protocol):
    """The third-party emotes of every channel, as they were at any time of the last days."""

    def lookup_at(self, channel_id: str, at_ms: int) -> Names:
        """Return the names that counted as emotes in a channel then."""
        ...


class _Message(msgspec.Struct, tag_field="kind", tag="message", gc=False):
    channel_id: str
    sent_at: int
    message_id: str
    chatter: str
    text: str
    emotes: list[Emote]


class _Tick(msgspec.Struct, tag_field="kind", tag="tick", gc=False):
    sent_at: int


class _OptOut(msgspec.Struct, tag_field="kind", tag="opt_out", gc=False):
    channel_id: str
    event: str


class _Other(msgspec.Struct, gc=False):
    kind: str


_decode = msgspec.json.Decoder(_Message | _Tick | _OptOut).decode
_decode_kind = msgspec.json.Decoder(_Other).decode
OTHERS = ("notice", "room_state", "lifecycle", "coverage")


class PartitionCounter:
    """Counts a partition's records into `tally`, by the names that `catalogue` knows at each message's time."""

    def __init__(self, tally: Tally, catalogue: Catalogue) -> None:
        self.tally = tally
        self.read = 0  # messages
        self._names_at = catalogue.lookup_at

    def count(self, payload: bytes, offset: int) -> list[EmoteCounts]:
        """Count one record and return the minutes that it closed. Raises msgspec.DecodeError for what is none."""
        try:
            record = _decode(payload)
        except msgspec.ValidationError:
            if _decode_kind(payload).kind in OTHERS:
                return []
            raise
        if type(record) is _Message:
            self._count(record, offset)
        elif type(record) is _Tick:
            return self.tally.tick(record.sent_at, offset)
        elif type(record) is _OptOut:
            self.tally.set_opted_out(record.channel_id, record.event == "out")
        return []

    def _count(self, message: _Message, offset: int) -> None:
        self.read += 1
        names = self._names_at(message.channel_id, message.sent_at).emotes
        uses = uses_in(message.text, message.emotes, names)
        if uses:
            self.tally.add(message.channel_id, message.sent_at, message.message_id, message.chatter, uses, offset)
