"""Find the highlights of recorded chat: `chat-highlights FILE...`, or `python -m chat_analysis FILE...`."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from shutil import get_terminal_size
from typing import TextIO

from chat_analysis import sweep
from chat_analysis.forms.errors import RecordingError
from chat_analysis.forms.facts import Facts
from chat_analysis.options import PROGRAM, joined, parser
from chat_analysis.peak_lines import PeakLine, findings
from chat_analysis.progress import ProgressBar
from chat_analysis.recording import Recording, find_recordings, read_recording, warn
from chat_analysis.report.highlight import Video, report_of
from chat_analysis.report.lists import WRITERS, parts_of, path_for, write_list
from chat_analysis.report.table import table
from contracts.moments import Moment
from highlight_exports.frame_rate import RATES
from highlight_exports.ranges import ExportError
from moment_detection.detection.rules import RuleBook
from moment_detection.settings import RuleSettings
from service_runtime.settings import load_all

UNREADABLE = 2  # exit code: a file or a setting is wrong
FALLBACK_WIDTH = (100, 24)  # of a table that goes to no terminal

_encode = json.JSONEncoder(ensure_ascii=False).encode


def main() -> int:
    """Read each file and write what is asked for; return 2 if a file or a setting is wrong. The others are read."""
    _speak_utf8()
    options = parser().parse_args(joined(sys.argv[1:]))
    (settings,) = load_all(RuleSettings)
    rules = settings.rules()
    if options.threshold is not None:
        rules = replace(rules, detector={**rules.detector, "threshold": options.threshold})
    paths, code = _found(options.files)
    if lost := _overwritten(paths, options):
        return _failed(RecordingError(f"{lost} is chat that is read, and would be written over: name another file"))
    try:
        if options.sweep:
            result = sweep.sweep(paths, rules)
            sys.stdout.write(sweep.table(result))
            options.plot.write_text(sweep.plot(result), encoding="utf-8")
            return code
        with _lines_to(options) as out:
            return max([code, *(_analyse(path, rules, options, out, is_only=len(paths) == 1) for path in paths)])
    except (OSError, RecordingError) as error:
        return _failed(error)
    except KeyboardInterrupt:
        warn(f"{PROGRAM}: interrupted")
        return 130


def _speak_utf8() -> None:
    """Write UTF-8 into files and pipes on Windows too; a terminal that lacks a character shows another one."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", **({} if stream.isatty() else {"encoding": "utf-8"}))


def _found(names: list[str]) -> tuple[list[Path], int]:
    """Return the files, and the exit code: one that is missing does not hide the others."""
    paths, code = list[Path](), 0
    for name in names:
        try:
            paths += find_recordings([name])
        except OSError as error:
            code = _failed(error)
    return paths, code


def _overwritten(paths: list[Path], options: argparse.Namespace) -> Path | None:
    """Return a file of chat that a list would replace."""
    read = {path.resolve() for path in paths}
    written = [options.out, *(getattr(options, kind) for kind in WRITERS)]
    return next((path for path in written if path and path.resolve() in read), None)


def _failed(error: Exception) -> int:
    warn(f"{PROGRAM}: {error}")
    return UNREADABLE


@contextmanager
def _lines_to(options: argparse.Namespace) -> Iterator[TextIO | None]:
    """Open where the lines of JSON go: --out, else standard output unless the table goes there."""
    is_for_people = options.table or sys.stdout.isatty()
    with (
        options.out.open("w", encoding="utf-8", newline="\n")
        if options.out
        else nullcontext(None if is_for_people else sys.stdout)
    ) as out:
        yield out


def _analyse(path: Path, rules: RuleBook, options: argparse.Namespace, out: TextIO | None, *, is_only: bool) -> int:
    """Read one file and write all of it; return the exit code, so that one bad file does not hide the others."""
    bar = ProgressBar(path.name)
    try:
        recording = read_recording(path, lambda sentence: bar.say(f"{PROGRAM}: {sentence}"), bar)
    except (OSError, RecordingError) as error:
        bar.clear()
        return _failed(error)
    bar.clear()
    moments = list[Moment]()
    for finding in findings(recording, rules):
        if isinstance(finding, Moment):
            moments.append(finding)
        elif out:
            out.write(_encode(_plain(finding)) + "\n")
    return _report(recording, moments, options, is_only=is_only)


def _plain(line: PeakLine) -> dict[str, object]:
    return line._asdict()


def _report(recording: Recording, moments: list[Moment], options: argparse.Namespace, *, is_only: bool) -> int:
    report = report_of(recording, moments, _video(recording, options), options.top)
    if options.table or sys.stdout.isatty():
        sys.stdout.write(table(report, get_terminal_size(FALLBACK_WIDTH).columns))
    code, parts = 0, parts_of(report, RATES[options.fps])
    for kind in WRITERS:
        path = getattr(options, kind)
        if not path:
            continue
        try:
            write_list(kind, parts, path_for(path, recording.name, is_only=is_only))
        except (OSError, ExportError) as error:
            code = _failed(ExportError(f"{recording.name}: --{kind}: {error}"))
    return code


def _video(recording: Recording, options: argparse.Namespace) -> Video:
    return Video(
        offset=_offset(recording.facts, options),
        id=options.vod or recording.facts.video_id,
        file=options.video or f"{recording.name}.mp4",
    )


def _offset(facts: Facts, options: argparse.Namespace) -> float:
    if options.start is not None and facts.first_at is None:
        warn(f"{PROGRAM}: --start is for logs whose lines have a date; these times count from the video's start")
        return 0.0
    return float(facts.first_at - options.start if options.start is not None else options.offset)


if __name__ == "__main__":
    raise SystemExit(main())
