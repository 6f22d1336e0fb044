"""Frame rates, and the timecode of a frame: hours, minutes, seconds and frames."""

from fractions import Fraction
from typing import NamedTuple

NTSC = Fraction(1000, 1001)
TEN_MINUTES = 600  # seconds: the one minute of ten that drops nothing
DAY_HOURS = 24  # a timecode begins again after them


class FrameRate(NamedTuple):
    """A rate. `timebase`: frames that a timecode counts in a second. `drop`: numbers left out each minute, mostly."""

    name: str
    timebase: int
    exact: Fraction
    drop: int = 0

    @property
    def is_ntsc(self) -> bool:
        """Return whether it runs a thousandth slower than its timebase."""
        return self.exact != self.timebase

    def frame_at(self, seconds: float) -> int:
        """Return the frame that is nearest to a time."""
        return int(Fraction(seconds) * self.exact + Fraction(1, 2))

    def timecode(self, frame: int) -> str:
        """Return the label of a frame, with a semicolon where numbers are dropped. There is no limit of 24 hours."""
        rest, frames = divmod(frame + self._dropped_before(frame), self.timebase)
        minutes, seconds = divmod(rest, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours:02}:{minutes:02}:{seconds:02}{';' if self.drop else ':'}{frames:02}"

    def frame_of_hour(self, hours: int) -> int:
        """Return the frame whose timecode is a whole hour."""
        return hours * (3600 * self.timebase - 54 * self.drop)  # six minutes of an hour drop nothing

    def _dropped_before(self, frame: int) -> int:
        """Count the numbers left out up to a frame: a minute begins without them, unless it is the tenth."""
        if not self.drop:
            return 0
        tens, rest = divmod(frame, TEN_MINUTES * self.timebase - 9 * self.drop)
        minutes = max(0, rest - self.drop) // (60 * self.timebase - self.drop)
        return self.drop * (9 * tens + minutes)


RATES = {
    rate.name: rate
    for rate in (
        FrameRate("25", 25, Fraction(25)),
        FrameRate("29.97", 30, 30 * NTSC, drop=2),
        FrameRate("30", 30, Fraction(30)),
        FrameRate("50", 50, Fraction(50)),
        FrameRate("59.94", 60, 60 * NTSC, drop=4),
        FrameRate("60", 60, Fraction(60)),
    )
}
