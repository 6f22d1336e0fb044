"""A detector's state as the bytes in a checkpoint: a version byte, then msgpack.

Without the chatters of the last seconds, which channel.py counts again from the stored texts.
"""

import msgspec

from moment_detection.detection.detector import Detector, DetectorState
from moment_detection.detection.rules import Rules

STATE_VERSION = 3  # raise it when a state struct changes; a job that cannot read its state starts three hours back

_VERSION_BYTE = bytes([STATE_VERSION])
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(DetectorState).decode


class StateVersionError(ValueError):
    """The checkpoint has another version of the detector's state; start without it."""


def pack(detector: Detector) -> bytes:
    """Return the state as bytes: about 4.5 kB, or 100 bytes for a channel that is asleep."""
    return _VERSION_BYTE + _encode(detector.snapshot())


def unpack(packed: bytes, rules: Rules, *trials: Rules) -> Detector:
    """Return the detector that was packed; raise StateVersionError for another version."""
    if packed[0] != STATE_VERSION:
        raise StateVersionError(f"detector state has version {packed[0]}, this program reads {STATE_VERSION}")
    return Detector.restore(_decode(memoryview(packed)[1:]), rules, *trials)
