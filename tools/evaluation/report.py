"""The results as Markdown tables and a plot."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from chat_analysis.line_chart import Axis, Series, line_chart
from evaluation.figures import Figures
from evaluation.measuring import COMPARED, OURS, RATES, Measured, Played, covered, peaks_per_hour, score_at

BEGIN = "<!-- written by `make evaluate` from here -->"
END = "<!-- to here -->"
PLOT_NAME = "detection.svg"
COMMON_RATE = 10  # moments per hour; the score of that rate is tried on ordinary chat


def table(rows: list[list[str]]) -> str:
    """Format rows as a Markdown table; the first row is the header."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def ranking(measured: Mapping[str, Measured]) -> str:
    """Tabulate one row per detector."""
    heads = ["detector", "average precision [90 %]", "against sliding distinct [90 %]"]
    rows = [heads + [f"precision / recall at {rate} per hour" for rate in RATES]]
    for label, each in measured.items():
        interval = each.difference_interval
        difference = f"{each.difference:+.3f} [{interval.low:+.3f}, {interval.high:+.3f}]"
        rows.append(
            [
                label,
                f"{each.whole.average_precision:.3f} [{each.interval.low:.2f}, {each.interval.high:.2f}]",
                "" if label == COMPARED else difference,
                *(f"{at.precision:.2f} / {at.recall:.2f}" for at in each.at.values()),
            ]
        )
    return table(rows)


def ordinary(loud: Played, quiet: Played) -> str:
    """Tabulate how often ordinary chat reaches the score that the loud channel has ten times per hour."""
    rows = [["detector", f"score of the loud channel's {COMMON_RATE} per hour", "ordinary chat reaches it, per hour"]]
    for label in loud.lists:
        score = score_at(loud, label, COMMON_RATE)
        rows.append([label, f"{score:.2f}", f"{peaks_per_hour(quiet, label, score):.2f}"])
    return table(rows)


def configured(figures: Sequence[Figures]) -> str:
    """Tabulate what the numbers of configs/detector.toml make of each data set."""
    rows = [["data set", "peaks per hour", "moments per hour", "precision", "recall", "share of a segment in its clip"]]
    for each in figures:
        row = [each.title, f"{each.peaks_per_hour:.1f}", f"{each.moments_per_hour:.1f}"]
        agreed = (each.precision, each.recall, each.segment_share)
        rows.append(row + ["" if value is None else f"{value:.2f}" for value in agreed])
    return table(rows)


def shares(played: Played) -> str:
    """List the share of each segment that a clip shows, in one line."""
    return ", ".join(f"{segment.start:.0f} s: {share:.0%}" for segment, share in covered(played))


def plot(measured: Mapping[str, Measured]) -> str:
    """Plot precision against recall, with a dot at each of RATES."""
    series = [
        Series(label, each.whole.curve, [(at.recall, at.precision) for at in each.at.values()])
        for label, each in measured.items()
    ]
    title = f"kappa: dots are {' and '.join(map(str, RATES))} moments per hour"
    return line_chart(title, Axis("recall", 0.0, 1.0), Axis("precision", 0.0, 1.0), series)


def fill(document: Path, text: str) -> None:
    """Replace the text between the document's two marks. Raises ValueError if it lacks them."""
    whole = document.read_text(encoding="utf-8")
    before, begin, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{document} lacks the lines {BEGIN} and {END}")
    document.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def verdict(measured: Mapping[str, Measured]) -> str:
    """State whether the ranking may be shipped: the lower bound of the difference."""
    low = measured[OURS].difference_interval.low
    return f"{OURS}: the lower 90 % bound of the difference in average precision is {low:+.3f}"
