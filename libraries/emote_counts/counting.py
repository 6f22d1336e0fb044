"""Turns the records of one partition of chat-messages into minutes of emotes."""

from collections.abc import Callable, Mapping
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
    channel_id: str = ""
    sent_at: int = 0


_decode = msgspec.json.Decoder(_Message | _Tick | _OptOut).decode
_decode_other = msgspec.json.Decoder(_Other).decode
OTHERS = ("notice", "room_state", "lifecycle", "coverage")


class PartitionCounter:
    """Counts a partition's records into `tally`, by the names that `catalogue` knows at each message's time.

    `read`: the messages so far. `named`: the channels that records named, with the time (ms) of the last one; whoever
    reads it may empty it. `on_opt_out(channel_id, is_out)` is called for each opt-out and its end.
    """

    def __init__(
        self, tally: Tally, catalogue: Catalogue, on_opt_out: Callable[[str, bool], None] = lambda *_: None
    ) -> None:
        self.tally = tally
        self.read = 0
        self.named: dict[str, int] = {}
        self._names_at, self._on_opt_out = catalogue.lookup_at, on_opt_out

    def count(self, payload: bytes, offset: int) -> list[EmoteCounts]:
        """Count one record and return the minutes that it closed. Raises msgspec.DecodeError for what is none."""
        try:
            record = _decode(payload)
        except msgspec.ValidationError:
            other = _decode_other(payload)
            if other.kind not in OTHERS:
                raise
            self.named[other.channel_id] = other.sent_at
            return []
        if type(record) is _Message:
            self._count(record, offset)
        elif type(record) is _Tick:
            return self.tally.tick(record.sent_at, offset)
        elif type(record) is _OptOut:
            self.tally.set_opted_out(record.channel_id, record.event == "out")
            self.named.pop(record.channel_id, None)
            self._on_opt_out(record.channel_id, record.event == "out")
        return []

    def _count(self, message: _Message, offset: int) -> None:
        self.read += 1
        self.named[message.channel_id] = message.sent_at
        names = self._names_at(message.channel_id, message.sent_at).emotes
        uses = uses_in(message.text, message.emotes, names)
        if uses:
            self.tally.add(message.channel_id, message.sent_at, message.message_id, message.chatter, uses, offset)
