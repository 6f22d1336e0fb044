"""The detector's state as bytes and back, versioned: what a checkpoint holds of a channel.

The people of the last seconds are not in it: they are in the kept texts, from which channel.py reads them again.
"""

from array import array
from struct import Struct

from moment_detection.detection.counters import WALL_SECONDS, WINDOWS
from moment_detection.detection.coverage import Coverage
from moment_detection.detection.detector import Detector
from moment_detection.detection.moment_rule import Judge
from moment_detection.detection.open_moment import OpenMoment, Peak
from moment_detection.detection.peak_history import History, Past
from moment_detection.detection.rules import Rules
from moment_detection.detection.score import Level

STATE_VERSION = 2  # raise it with every change of the layout; a run that cannot read it begins three hours back

HEAD = Struct("<BBBBqqqIqqq")  # version, flags, bytes of the stream id, judges, then as in `pack`
RINGS = Struct("<HHIIIIIBHH")
PEAK = Struct("<qdIIddd")
HEIGHTS = Struct("<B")
HEIGHT = Struct("<qd")
JUDGE = Struct("<BBqH")  # flags, bytes of the name, known from, past peaks
CROSSED = Struct("<q")
PAST = Struct("<qdB")
ASLEEP, BY_PEOPLE, PENDING = 1, 2, 4
ARMED, OPEN, PEAKED, CLIP = 1, 2, 4, 8
NAME_LIMIT = 255  # bytes


class StateVersionError(ValueError):
    """The checkpoint was written by another version of the detector's state; start without it."""


def pack(detector: Detector) -> bytes:
    """All that `unpack` needs, about 4.5 kB, or 100 bytes of a channel that is asleep."""
    level, pending = detector.level, detector.highs.pending
    stream = detector.stream_id.encode()[:NAME_LIMIT]
    flags = ASLEEP * detector.asleep | BY_PEOPLE * level.by_people | PENDING * (pending is not None)
    head = HEAD.pack(
        STATE_VERSION,
        flags,
        len(stream),
        len(detector.judges),
        detector.at,
        detector.last_row,
        detector.timer,
        detector.minute_messages,
        level.coverage.left_at,
        level.coverage.gap_until,
        detector.stream_started_at,
    )
    parts = [head, stream]
    for judge in detector.judges:
        parts += _pack_judge(judge)
    if not detector.asleep:
        heights = detector.highs.heights
        parts += [PEAK.pack(*pending)] if pending else []
        parts += [HEIGHTS.pack(len(heights)), *(HEIGHT.pack(*each) for each in heights)]
        parts += _pack_rings(level)
    return b"".join(parts)


def _pack_judge(judge: Judge) -> list[bytes]:
    moment, history = judge.moment, judge.history
    name = judge.rules.name.encode()[:NAME_LIMIT]
    flags = ARMED * judge.armed
    if moment:
        flags |= OPEN | PEAKED * moment.peaked | CLIP * moment.clip
    parts = [JUDGE.pack(flags, len(name), history.known_from, len(history.peaks)), name]
    parts += [PAST.pack(*each) for each in history.peaks]
    if moment:
        parts += [CROSSED.pack(moment.crossed), PEAK.pack(*moment.peak)]
    return parts


def _pack_rings(level: Level) -> list[bytes]:
    baseline, wall = level.baseline, level.wall
    filled = baseline.filled
    return [
        RINGS.pack(
            baseline.head,
            filled,
            baseline.total_messages,
            baseline.total_chatters,
            baseline.total_windows,
            wall.window_messages,
            wall.window_chatters,
            wall.window_covered,
            level.now,
            level.seen,
        ),
        baseline.messages[:filled].tobytes(),
        baseline.chatters[:filled].tobytes(),
        baseline.windows[:filled].tobytes(),
        wall.messages.tobytes(),
        wall.chatters.tobytes(),
        wall.windows.tobytes(),
        bytes(wall.covered),
    ]


class _Reader:
    """Takes one thing after another from packed bytes."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed
        self._at = 0

    def take(self, layout: Struct) -> tuple[int | float, ...]:
        """The values of a layout."""
        values = layout.unpack_from(self._packed, self._at)
        self._at += layout.size
        return values

    def bytes(self, size: int) -> bytes:
        """As many bytes."""
        self._at += size
        return self._packed[self._at - size : self._at]

    def counts(self, size: int) -> "array[int]":
        """As many counts of two bytes."""
        return array("H", self.bytes(2 * size))


def unpack(packed: bytes, rules: Rules, *trials: Rules) -> Detector:
    """The detector that `pack` was given; raises StateVersionError for an unknown version.

    A detector that the rules do not name any more is dropped, one that the state does not know begins anew.
    """
    if packed[0] != STATE_VERSION:
        raise StateVersionError(f"detector state of version {packed[0]}, this program reads {STATE_VERSION}")
    detector = Detector(rules, *trials)
    reader = _Reader(packed)
    (
        _,
        flags,
        stream_size,
        judges,
        detector.at,
        detector.last_row,
        detector.timer,
        detector.minute_messages,
        left_at,
        gap_until,
        detector.stream_started_at,
    ) = map(int, reader.take(HEAD))
    detector.stream_id = reader.bytes(stream_size).decode(errors="ignore")
    detector.level = Level(Coverage(left_at, gap_until), bool(flags & BY_PEOPLE))
    detector.asleep = bool(flags & ASLEEP)
    by_name = {judge.rules.name.encode()[:NAME_LIMIT]: judge for judge in detector.judges}
    for _ in range(judges):
        _unpack_judge(reader, by_name, detector)
    if not detector.asleep:
        detector.highs.pending = _peak(reader) if flags & PENDING else None
        (count,) = reader.take(HEIGHTS)
        detector.highs.heights = [
            (int(second), score) for second, score in (reader.take(HEIGHT) for _ in range(int(count)))
        ]
        _unpack_rings(reader, detector.level)
    return detector


def _peak(reader: _Reader) -> Peak:
    second, score, messages, chatters, *usual = reader.take(PEAK)
    return Peak(int(second), score, int(messages), int(chatters), *usual)


def _unpack_judge(reader: _Reader, by_name: dict[bytes, Judge], detector: Detector) -> None:
    flags, size, known_from, count = map(int, reader.take(JUDGE))
    name = reader.bytes(size)
    judge = by_name.get(name) or Judge(Rules())
    judge.armed = bool(flags & ARMED)
    pasts = (reader.take(PAST) for _ in range(count))
    judge.history = History(known_from, [Past(int(second), score, int(told)) for second, score, told in pasts])
    if flags & OPEN:
        crossed = int(reader.take(CROSSED)[0])
        judge.moment = OpenMoment(crossed, _peak(reader), bool(flags & PEAKED), bool(flags & CLIP))
        if name not in by_name:
            detector.dropped.append((name.decode(errors="ignore"), crossed))


def _unpack_rings(reader: _Reader, level: Level) -> None:
    baseline, wall = level.baseline, level.wall
    (
        baseline.head,
        filled,
        baseline.total_messages,
        baseline.total_chatters,
        baseline.total_windows,
        wall.window_messages,
        wall.window_chatters,
        wall.window_covered,
        level.now,
        level.seen,
    ) = map(int, reader.take(RINGS))
    baseline.filled = filled
    for ring in (baseline.messages, baseline.chatters, baseline.windows):
        ring[:filled] = reader.counts(filled)
    wall.messages = reader.counts(WALL_SECONDS)
    wall.chatters = reader.counts(WALL_SECONDS)
    wall.windows = reader.counts(WINDOWS)
    wall.covered = bytearray(reader.bytes(WALL_SECONDS))
