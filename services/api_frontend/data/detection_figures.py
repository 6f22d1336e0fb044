"""How well the detector agrees with people: what `make evaluate` measured and wrote beside this file."""

from pathlib import Path

import msgspec

FILE = Path(__file__).with_name("detection_figures.json")


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """One recording that people went through, or ordinary chat without their segments (None)."""

    title: str
    hours: float
    segments: int
    moments_per_hour: float
    precision: float | None
    recall: float | None
    segment_share: float | None


class Recordings(msgspec.Struct, frozen=True):
    """The whole file."""

    recordings: list[Recording]


def load(text: bytes) -> list[Recording]:
    """Read the figures. Raises msgspec.ValidationError if `make evaluate` wrote another form."""
    return msgspec.json.decode(text, type=Recordings).recordings
