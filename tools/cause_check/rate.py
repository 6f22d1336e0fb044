"""A share with its interval."""

from math import sqrt
from typing import NamedTuple

Z = 1.645  # standard deviations, for 90 %


class Rate(NamedTuple):
    """How often something happened (`hits`), and how often it could have (`of`)."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """0 to 1; nan if nothing was counted."""
        return self.hits / self.of if self.of else float("nan")

    def interval(self) -> tuple[float, float]:
        """Return Wilson's 90 % interval (1927)."""
        if not self.of:
            return 0.0, 1.0
        middle = (self.share + Z * Z / (2 * self.of)) / (1 + Z * Z / self.of)
        width = Z * sqrt(self.share * (1 - self.share) / self.of + Z * Z / (4 * self.of**2)) / (1 + Z * Z / self.of)
        return max(middle - width, 0.0), min(middle + width, 1.0)

    def __str__(self) -> str:
        low, high = self.interval()
        return f"{self.share:6.1%} of {self.of:4} ({low:.0%}-{high:.0%})"
