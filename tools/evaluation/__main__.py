"""`make evaluate`: measure the detector on recorded chat, print the result, write docs/detection.md and its plot.

The same figures go to the site's package, whose page "About" shows them.

CHAT_DATA is a folder with recordings (NAME.jsonl.gz), truth.json and index.json.
"""

import argparse
import os
import sys
from pathlib import Path

from evaluation import figures, report
from evaluation.measuring import measure, play
from evaluation.recorded import DATA_SETS, load
from moment_detection.settings import RuleSettings
from service_runtime.settings import load_all

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENT = REPOSITORY / "docs" / "detection.md"


def evaluate(folder: Path, rules: RuleSettings) -> tuple[str, str, str]:
    """Return the text, the plot and the site's figures.

    Raises OSError, ValueError, KeyError if the folder is not such a one.
    """
    plays = {each.title: play(load(folder, each), rules.rules()) for each in DATA_SETS}
    parts = []
    plot = ""
    for title, played in plays.items():
        if played.chosen.segments:
            measured = measure(played)
            hours, segments = played.chosen.all_hours(), len(played.chosen.segments)
            parts += [f"**{title}**: {hours:.1f} h, {segments} segments.", report.ranking(measured)]
            if not plot:
                plot = report.plot(measured)
                parts += [report.verdict(measured) + ".", f"![Precision against recall]({report.PLOT_NAME})"]
    first, *_, last = plays.values()
    configured = figures.all_of(plays)
    parts += ["**Ordinary chat**", report.ordinary(first, last)]
    parts += ["**With the numbers of configs/detector.toml**", report.configured(configured)]
    parts += [f"The share of each segment that its clip shows ({next(iter(plays))}): {report.shares(first)}."]
    return "\n\n".join(parts), plot, figures.as_json(configured)


def main() -> int:
    """Print the tables; with --write, update the document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/detection.md, its plot and the site's figures")
    chosen = parser.parse_args()
    (rules,) = load_all(RuleSettings)
    folder = os.environ.get("CHAT_DATA")
    if not folder:
        sys.stderr.write("evaluate: set CHAT_DATA to a folder with recordings, truth.json and index.json\n")
        return 2
    try:
        text, plot, for_site = evaluate(Path(folder), rules)
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"evaluate: CHAT_DATA={folder} cannot be used: {error}\n")
        return 2
    sys.stdout.write(text + "\n")
    if chosen.write:
        report.fill(DOCUMENT, text)
        (DOCUMENT.parent / report.PLOT_NAME).write_text(plot, encoding="utf-8")
        figures.SITE_FILE.write_text(for_site, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
