"""List the peaks of recorded chat: `python -m chat_analysis FILE... --out moments.jsonl`.

FILE is a recording, NAME.jsonl or NAME.jsonl.gz (see recording.py), or a prefix of such names in the folder CHAT_DATA.

Each line of the output is a peak, moment or not. `peak`, `raised` (the crossing of its moment, null without one) and
`t` (when a live system knows the score) are seconds from the start of the recording. `rate` is the usual number of
messages per second, `expected` and `chatters` are the chatters in 7 s, usually and at the peak; `clip`: the configured
rate allows a clip. Nothing in a line depends on what comes after its `t`. A recording is held in memory, some 150 bytes
per message.
"""

import argparse
import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TextIO

from chat_analysis import sweep
from chat_analysis.peak_lines import peak_lines
from chat_analysis.recording import find_recordings, warn
from chat_analysis.recording_file import RecordingError
from moment_detection.detection.rules import RuleBook
from moment_detection.settings import RuleSettings
from service_runtime.settings import load_all

UNREADABLE = 2  # exit code: a file or a setting is wrong

_encode = json.JSONEncoder(ensure_ascii=False).encode


def main() -> int:
    """Write the peaks, or sweep thresholds; return 2 if a file or a setting is wrong."""
    options = _parse_arguments()
    (settings,) = load_all(RuleSettings)
    rules = settings.rules()
    try:
        paths = find_recordings(options.files)
        if options.sweep:
            result = sweep.sweep(paths, rules)
            sys.stdout.write(sweep.table(result))
            options.plot.write_text(sweep.plot(result), encoding="utf-8")
            return 0
        with options.out.open("w", encoding="utf-8") if options.out else nullcontext(sys.stdout) as out:
            return max([_write(path, rules, out) for path in paths], default=0)
    except (OSError, RecordingError) as error:
        warn(f"chat_analysis: {error}")
        return UNREADABLE


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m chat_analysis", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="recordings, or prefixes of their names in CHAT_DATA")
    parser.add_argument("--out", type=Path, help="file for the peaks (default: standard output)")
    parser.add_argument("--sweep", action="store_true", help="print and plot what other thresholds would have raised")
    parser.add_argument("--plot", type=Path, default=Path("sweep.svg"), help="file for the sweep's plot")
    return parser.parse_args()


def _write(path: Path, rules: RuleBook, out: TextIO) -> int:
    """Write the peaks of one recording; return the exit code, so that one bad file does not hide the others."""
    try:
        for line in peak_lines(path, rules):
            out.write(_encode(line._asdict()) + "\n")
    except (OSError, RecordingError) as error:
        warn(f"chat_analysis: {error}")
        return UNREADABLE
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
