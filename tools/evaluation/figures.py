"""What the configured numbers make of each recording: for docs/detection.md, and for the site's page about itself."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from evaluation.measuring import Played, clips, covered
from evaluation.scoring import agreement

# The site is shipped without docs/ and tools/, so what it says of itself stands in its own package.
SITE_FILE = Path(__file__).resolve().parents[2] / "services" / "api_frontend" / "data" / "detection_figures.json"
DIGITS = 3  # more would pretend to know what the intervals do not


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One recording. Of one without people's segments, `precision`, `recall` and `segment_share` are None."""

    title: str
    hours: float
    segments: int
    peaks_per_hour: float
    moments_per_hour: float
    precision: float | None
    recall: float | None
    segment_share: float | None


def of(title: str, played: Played) -> Figures:
    """Measure one recording with the numbers of configs/detector.toml."""
    hours, segments, chosen = played.chosen.all_hours(), played.chosen.segments, clips(played)
    found = agreement(segments, chosen) if segments else None
    shares = [share for _, share in covered(played)] if segments else []
    return Figures(
        title=title,
        hours=hours,
        segments=len(segments),
        peaks_per_hour=len(played.lines) / hours,
        moments_per_hour=len(chosen) / hours,
        precision=found.precision if found else None,
        recall=found.recall if found else None,
        segment_share=sum(shares) / len(shares) if shares else None,
    )


def all_of(plays: Mapping[str, Played]) -> list[Figures]:
    """Measure every recording."""
    return [of(title, played) for title, played in plays.items()]


def as_json(figures: list[Figures]) -> str:
    """Write the figures as the site reads them, rounded."""
    rows = [
        {name: round(value, DIGITS) if isinstance(value, float) else value for name, value in asdict(each).items()}
        for each in figures
    ]
    return msgspec.json.format(msgspec.json.encode({"recordings": rows}), indent=2).decode() + "\n"
