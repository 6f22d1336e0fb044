"""The detector's state as bytes and back, versioned: what a checkpoint holds of a channel."""

from array import array
from struct import Struct

from clip_detector.coverage import Coverage
from clip_detector.detector import Detector, Rules
from clip_detector.open_moment import OpenMoment, Peak
from clip_detector.rings import WALL_SECONDS

STATE_VERSION = 1  # raise it with every change of the layout, and read the older one in `unpack`

HEAD = Struct("<BBBqqqIqqq")  # version, flags, bytes of the stream id, then as in `pack`
RINGS = Struct("<HHIIIIB")
MOMENT = Struct("<qqdIIBdd")
ARMED, ASLEEP, OPEN, PEAKED = 1, 2, 4, 8


class StateVersionError(ValueError):
    """The checkpoint was written by another version of the detector's state; start without it."""


def pack(detector: Detector) -> bytes:
    """All that `unpack` needs, about 3 kB, or 60 bytes of a channel that is asleep."""
    moment, coverage = detector.moment, detector.coverage
    stream = detector.stream_id.encode()[:255]
    flags = ARMED * detector.armed | ASLEEP * detector.asleep
    if moment:
        flags |= OPEN | PEAKED * moment.peaked
    head = HEAD.pack(
        STATE_VERSION,
        flags,
        len(stream),
        detector.at,
        detector.last_row,
        detector.timer,
        detector.minute_messages,
        coverage.left_at,
        coverage.gap_until,
        detector.stream_started_at,
    )
    parts = [head, stream]
    if moment:
        parts.append(MOMENT.pack(moment.crossed, *moment.peak))
    if not detector.asleep:
        parts += _pack_rings(detector)
    return b"".join(parts)


def _pack_rings(detector: Detector) -> list[bytes]:
    baseline, wall = detector.baseline, detector.wall
    sums = RINGS.pack(
        baseline.head,
        baseline.filled,
        baseline.total_messages,
        baseline.total_chatters,
        wall.window_messages,
        wall.window_chatters,
        wall.window_covered,
    )
    filled = baseline.filled
    return [
        sums,
        baseline.messages[:filled].tobytes(),
        baseline.chatters[:filled].tobytes(),
        wall.messages.tobytes(),
        wall.chatters.tobytes(),
        bytes(wall.covered),
    ]


def unpack(packed: bytes, rules: Rules) -> Detector:
    """The detector that `pack` was given; raises StateVersionError for an unknown version."""
    if packed[0] != STATE_VERSION:
        raise StateVersionError(f"detector state of version {packed[0]}, this program reads {STATE_VERSION}")
    detector = Detector(rules)
    (
        _,
        flags,
        stream_size,
        detector.at,
        detector.last_row,
        detector.timer,
        detector.minute_messages,
        left_at,
        gap_until,
        detector.stream_started_at,
    ) = HEAD.unpack_from(packed)
    offset = HEAD.size + stream_size
    detector.stream_id = packed[HEAD.size : offset].decode(errors="ignore")
    detector.coverage = Coverage(left_at, gap_until)
    detector.armed = bool(flags & ARMED)
    detector.asleep = bool(flags & ASLEEP)
    if flags & OPEN:
        crossed, *peak = MOMENT.unpack_from(packed, offset)
        detector.moment = OpenMoment(crossed, Peak(*peak), bool(flags & PEAKED))
        offset += MOMENT.size
    if not detector.asleep:
        _unpack_rings(packed, offset, detector)
    return detector


def _unpack_rings(packed: bytes, offset: int, detector: Detector) -> None:
    baseline, wall = detector.baseline, detector.wall
    (
        baseline.head,
        filled,
        baseline.total_messages,
        baseline.total_chatters,
        wall.window_messages,
        wall.window_chatters,
        wall.window_covered,
    ) = RINGS.unpack_from(packed, offset)
    offset += RINGS.size
    baseline.filled = filled
    for ring in (baseline.messages, baseline.chatters):
        ring[:filled] = array("H", packed[offset : offset + 2 * filled])
        offset += 2 * filled
    for name in ("messages", "chatters"):
        setattr(wall, name, array("H", packed[offset : offset + 2 * WALL_SECONDS]))
        offset += 2 * WALL_SECONDS
    wall.covered = bytearray(packed[offset : offset + WALL_SECONDS])
