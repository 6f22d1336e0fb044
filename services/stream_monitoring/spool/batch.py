"""The records read since the last frame, waiting for the spool: key, value, key, value, a line each.

The key decides where its record goes: `123` (a channel id) to the channel's log; `l123` to the channel's log and to
the lifecycle topic; `o123` to the channel's log, and stays when the channel is removed from the spool; `d` to the
dead letters; `x` nowhere: its record was removed; `t` marks the tick that ends a frame. No key or value contains a
line feed.
"""

from typing import NamedTuple

from contracts import codec
from contracts.chat_messages import LIFECYCLE_KINDS, ChannelRecord, OptOut
from contracts.dead_letters import DeadLetter
from contracts.topics import CHAT_MESSAGES, DEAD_LETTERS, STREAM_LIFECYCLE

LIFECYCLE_CODE = b"l"
OPT_OUT_CODE = b"o"
DEAD_LETTER_KEY = b"d"
REMOVED_KEY = b"x"
TICK_KEY = b"t"
NO_CHANNEL = b":"  # the first byte after the digits: keys before it are channel ids


class Destination(NamedTuple):
    """A topic's name, and the key of the record there."""

    topic: str
    key: bytes | None


class Batch:
    """Filled by the chat reader; `take` empties it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []  # each is one line or several
        self._records = 0
        self.bytes = 0  # approximate size of the values

    def __len__(self) -> int:
        return self._records

    @property
    def last(self) -> bytes:
        """Return the value of the newest record."""
        return self._parts[-1].rpartition(b"\n")[2]

    def add(self, record: ChannelRecord) -> None:
        """Add a record of a channel's log."""
        key = record.channel_id.encode()
        value = codec.encode(record)
        self._add(code_of(record) + key, value)

    def add_encoded(self, records: list[bytes]) -> None:
        """Add records of the channels' logs, each as its two lines; the caller adds their size to `bytes`."""
        self._parts += records
        self._records += len(records)

    def add_dead_letter(self, letter: DeadLetter) -> None:
        """Add a record of what was not understood."""
        self._add(DEAD_LETTER_KEY, codec.encode(letter))

    def _add(self, key: bytes, value: bytes) -> None:
        self._parts += (key, value)
        self._records += 1
        self.bytes += len(value)

    def take(self) -> list[bytes]:
        """Return everything so far, each part one line or several, and empty the batch."""
        taken, self._parts = self._parts, []
        self._records = self.bytes = 0
        return taken


def code_of(record: ChannelRecord) -> bytes:
    """Return what precedes the channel's id in the key."""
    if isinstance(record, OptOut):
        return OPT_OUT_CODE
    return LIFECYCLE_CODE if isinstance(record, LIFECYCLE_KINDS) else b""


def destinations(key: bytes) -> list[Destination]:
    """Return where the record with this key goes. Raises ValueError for an unknown key."""
    if key < NO_CHANNEL:
        return [Destination(CHAT_MESSAGES.name, key)]
    if key.startswith(LIFECYCLE_CODE):
        return [Destination(CHAT_MESSAGES.name, key[1:]), Destination(STREAM_LIFECYCLE.name, key[1:])]
    if key.startswith(OPT_OUT_CODE):
        return [Destination(CHAT_MESSAGES.name, key[1:])]
    if key == DEAD_LETTER_KEY:
        return [Destination(DEAD_LETTERS.name, None)]
    if key == REMOVED_KEY:
        return []
    raise ValueError(f"no topic for a record with key {key!r}")
