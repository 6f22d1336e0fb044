"""What was measured, as Markdown tables and a plot."""

from collections.abc import Mapping
from pathlib import Path

from chat_analysis.plot import Axis, Line, line_chart
from evaluation.measuring import COMPARED, OURS, RATES, Measured, Play, an_hour_above, clips, covered, score_at
from evaluation.scoring import agreement

BEGIN = "<!-- written by `make evaluate` from here -->"
END = "<!-- to here -->"
PLOT_NAME = "detection.svg"
COMMON_RATE = 10  # moments an hour whose score is tried on ordinary chat


def table(rows: list[list[str]]) -> str:
    """Rows as Markdown, the first being the heads."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def ranking(measured: Mapping[str, Measured]) -> str:
    """One row a detector."""
    heads = ["detector", "average precision [90 %]", "against sliding distinct [90 %]"]
    rows = [heads + [f"precision / recall at {rate} an hour" for rate in RATES]]
    for label, each in measured.items():
        difference = f"{each.difference:+.3f} [{each.difference_sure.low:+.3f}, {each.difference_sure.high:+.3f}]"
        rows.append(
            [
                label,
                f"{each.whole.average_precision:.3f} [{each.sure.low:.2f}, {each.sure.high:.2f}]",
                "" if label == COMPARED else difference,
                *(f"{at.precision:.2f} / {at.recall:.2f}" for at in each.at.values()),
            ]
        )
    return table(rows)


def ordinary(loud: Play, quiet: Play) -> str:
    """How often ordinary chat reaches the score that the loud channel has ten times an hour."""
    rows = [["detector", f"score of the loud channel's {COMMON_RATE} an hour", "ordinary chat reaches it, an hour"]]
    for label in loud.lists:
        score = score_at(loud, label, COMMON_RATE)
        rows.append([label, f"{score:.2f}", f"{an_hour_above(quiet, label, score):.2f}"])
    return table(rows)


def configured(plays: Mapping[str, Play]) -> str:
    """What the numbers of configs/detector.toml make of each data set."""
    rows = [["data set", "peaks an hour", "moments an hour", "precision", "recall", "share of a segment in its clip"]]
    for title, played in plays.items():
        hours = played.chosen.all_hours()
        chosen = clips(played)
        row = [title, f"{len(played.lines) / hours:.1f}", f"{len(chosen) / hours:.1f}"]
        if played.chosen.segments:
            found = agreement(played.chosen.segments, chosen)
            shares = [share for _, share in covered(played)]
            row += [f"{found.precision:.2f}", f"{found.recall:.2f}", f"{sum(shares) / len(shares):.2f}"]
        rows.append(row + [""] * (len(rows[0]) - len(row)))
    return table(rows)


def shares(played: Play) -> str:
    """The share of each segment that was hit, in one line."""
    return ", ".join(f"{segment.start:.0f} s: {share:.0%}" for segment, share in covered(played))


def plot(measured: Mapping[str, Measured]) -> str:
    """Precision against recall, with a dot at each of RATES."""
    lines = [
        Line(label, each.whole.curve, [(at.recall, at.precision) for at in each.at.values()])
        for label, each in measured.items()
    ]
    title = f"kappa: dots are {' and '.join(map(str, RATES))} moments an hour"
    return line_chart(title, Axis("recall", 0.0, 1.0), Axis("precision", 0.0, 1.0), lines)


def fill(document: Path, text: str) -> None:
    """Put `text` between the document's two marks. Raises ValueError where it lacks them."""
    whole = document.read_text(encoding="utf-8")
    before, begin, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{document} lacks the lines {BEGIN} and {END}")
    document.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def verdict(measured: Mapping[str, Measured]) -> str:
    """Whether the ranking may be shipped: the difference's lower bound."""
    low = measured[OURS].difference_sure.low
    return f"{OURS}: the lower 90 % bound of the difference in average precision is {low:+.3f}"
