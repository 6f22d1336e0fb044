"""What the picture shows; every text is ready to be drawn, in the reader's language and in letters that fonts have."""

from collections.abc import Sequence
from typing import NamedTuple

MOST_PEAKS = 5


class NamedPeak(NamedTuple):
    """A peak. `at`: its second of the stream. `time` and `name`: when and what, as they are written."""

    at: float
    time: str
    name: str


class Night(NamedTuple):
    """A stream. `counts`: how many wrote in each stretch of `step` seconds; None where nobody read.

    `peaks`: the highest first; only five are drawn.
    """

    channel: str
    headline: str
    when: str
    counts: Sequence[int | None]
    step: float
    peaks: Sequence[NamedPeak]

    @property
    def shown(self) -> Sequence[NamedPeak]:
        """The peaks that are drawn."""
        return self.peaks[:MOST_PEAKS]

    @property
    def length(self) -> float:
        """Seconds of the stream."""
        return len(self.counts) * self.step
