"""A frame: records and the tick that ends them, as bytes with a checksum.

Layout: magic (4), body length (4), CRC-32 of all that follows it (4), record count (4), first position (8), body.
The body is key, value, key, value, …, separated by line feeds. Positions count records from the spool's birth.
"""

import struct
import zlib
from dataclasses import dataclass

from contracts import topics
from contracts.chat_messages import FORMAT_VERSION, Tick
from contracts.codec import ContractError, decode
from stream_monitoring.spool.batch import REMOVED_KEY, TICK_KEY

MAGIC_STEM = b"SSF"  # the format version follows, one digit
MAGIC = MAGIC_STEM + b"%d" % FORMAT_VERSION
HEADER = struct.Struct(">4sIIIQ")
POSITION = struct.Struct(">IQ")  # the part of the header that the checksum covers
CHECKED_FROM = 12  # bytes before it: magic, length, checksum
LONGEST_BODY = 256 * 1024 * 1024  # bytes; a larger length is damage, not data


class DamagedFrameError(ValueError):
    """The bytes are not a whole frame; the text says why."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One object for all records: thousands may wait for Kafka."""

    first: int
    body: bytes
    count: int  # of records, with the tick
    tick_at: int

    @classmethod
    def of(cls, first: int, lines: list[bytes], tick_at: int) -> "Frame":
        """Make the frame of these lines, in the order of `lines`."""
        return cls(first, b"\n".join(lines), len(lines) // 2, tick_at)

    @property
    def lines(self) -> list[bytes]:
        """Key, value, key, value, …; the last pair is the tick. Split anew on each call."""
        return self.body.split(b"\n")

    @property
    def end(self) -> int:
        """The position after this frame."""
        return self.first + self.count

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return HEADER.size + len(self.body)

    @property
    def tick(self) -> bytes:
        """The tick's JSON."""
        return self.body[self.body.rindex(b"\n") + 1 :]


def records_in(parts: list[bytes]) -> int:
    """Count the records in these parts of a body; a part is one line or several."""
    return sum(part.count(b"\n") + 1 for part in parts) // 2


def without(lines: list[bytes], keys: frozenset[bytes]) -> tuple[list[bytes], int]:
    """Replace each record that has one of these keys by an empty one; return the lines and how many there were."""
    removed = [at for at in range(0, len(lines), 2) if lines[at] in keys]
    kept = list(lines)
    for at in removed:
        kept[at : at + 2] = (REMOVED_KEY, b"")
    return kept, len(removed)


def encode(first: int, parts: list[bytes], count: int) -> tuple[bytes, bytes]:
    """Return header and body of a frame of `count` records from position `first` on; a part is one line or several."""
    body = b"\n".join(parts)
    position = POSITION.pack(count, first)
    checksum = zlib.crc32(body, zlib.crc32(position))
    return HEADER.pack(MAGIC, len(body), checksum, count, first), body


def format_version(magic: bytes) -> int:
    """Return the format version of a frame that begins so, 0 where none does. All have the same layout."""
    digit = magic[len(MAGIC_STEM) : len(MAGIC)]
    return int(digit) if magic.startswith(MAGIC_STEM) and digit.isdigit() else 0


def body_length(header: bytes) -> int:
    """Return the length of the body that follows this header; raises DamagedFrameError."""
    if len(header) < HEADER.size:
        raise DamagedFrameError("the header is cut")
    magic, length, _, _, _ = HEADER.unpack(header)
    if not format_version(magic) or length > LONGEST_BODY:
        raise DamagedFrameError("no frame starts here")
    return int(length)


def check(header: bytes, body: bytes) -> tuple[int, int]:
    """Return first position and record count of an undamaged frame; raises DamagedFrameError."""
    length = body_length(header)
    _, _, checksum, count, first = HEADER.unpack(header)
    if len(body) < length:
        raise DamagedFrameError("the body is cut")
    if zlib.crc32(body, zlib.crc32(header[CHECKED_FROM:])) != checksum:
        raise DamagedFrameError("the checksum does not fit")
    return first, count


def decode_frame(header: bytes, body: bytes) -> Frame:
    """Parse the frame in these bytes; raises DamagedFrameError."""
    first, count = check(header, body)
    lines = body.split(b"\n")
    if len(lines) != 2 * count or count == 0 or lines[-2] != TICK_KEY:
        raise DamagedFrameError("the records do not fit the header")
    try:
        tick = decode(topics.CHAT_MESSAGES.name, lines[-1])
    except ContractError as error:
        raise DamagedFrameError(f"the tick is wrong: {error}") from error
    if not isinstance(tick, Tick):
        raise DamagedFrameError("the last record is not a tick")
    return Frame(first, body, count, tick.sent_at)
