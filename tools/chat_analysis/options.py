"""What is asked for on the command line."""

import argparse
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from chat_analysis.report.lists import WRITERS
from highlight_exports.frame_rate import RATES

PROGRAM = "chat-highlights"
DESCRIPTION = """\
Find the highlights of a stream in its recorded chat, without an account, a server or the network.

FILE is TwitchDownloader's JSON (gzip too), chat-downloader's JSON or JSONL, a log of Chatterino, justlog or rustlog, or
a recording of Stream Scout (NAME.jsonl or NAME.jsonl.gz; or a prefix of such names in the folder CHAT_DATA). Which it
is shows in its content. On a terminal the highlights are a table; elsewhere, and in --out, there is a line of JSON for
each peak, highlight or not."""
LINES = """\
A line of JSON: `peak`, `raised` (the crossing of its moment, null without one) and `t` (when a live system knows the
score) are seconds from the start of the chat. `rate` is the usual number of messages per second, `expected` and
`chatters` are the chatters in 7 s, usually and at the peak; `clip`: the configured rate allows a clip. Nothing in a
line depends on what comes after its `t`.

With several FILEs, the name of each is put into the name of its lists: highlights.csv becomes highlights-NAME.csv."""
HELP = {
    "html": "one page with the whole stream's curve and its moments",
    "csv": "table for spreadsheets",
    "json": "the same as JSON",
    "chapters": "YouTube chapters, to be pasted into the video's description",
    "edl": "edit decision list (CMX 3600) that cuts the highlights together",
    "markers": "markers for DaVinci Resolve (Timelines > Import > Timeline Markers from EDL)",
    "premiere": "XML (Final Cut Pro 7) for Premiere and others: the highlights cut together, with markers",
}
VIDEO = re.compile(r"(?:.*/videos?/|v)?(\d{5,})(?:[?#/].*)?")
DEFAULT_RATE = "60"
LOWEST_THRESHOLD, HIGHEST_THRESHOLD = 2, 100


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    found = argparse.ArgumentParser(
        prog=PROGRAM, description=DESCRIPTION, epilog=LINES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("files", nargs="+", metavar="FILE", help="recorded chat")
    found.add_argument("--out", type=Path, metavar="FILE", help="write the lines of JSON here")
    found.add_argument("--table", action="store_true", help="print the table even where there is no terminal")
    found.add_argument(
        "--threshold",
        type=_threshold,
        metavar="N",
        help="how high chat must rise (default: 4); a small crowd may want 3",
    )
    found.add_argument("--top", type=_count, metavar="N", help="only the N highest, in the table and in lists")
    lists = found.add_argument_group("lists of the highlights")
    for name in WRITERS:
        lists.add_argument(f"--{name}", type=Path, metavar="FILE", help=HELP[name])
    _add_video(found.add_argument_group("the video"))
    trial = found.add_argument_group("other thresholds")
    trial.add_argument("--sweep", action="store_true", help="print and plot what other thresholds would have raised")
    trial.add_argument("--plot", type=Path, default=Path("sweep.svg"), metavar="FILE", help="file for the sweep's plot")
    return found


def _add_video(video: "argparse._ArgumentGroup") -> None:
    video.add_argument("--fps", choices=RATES, default=DEFAULT_RATE, help=f"its frame rate (default: {DEFAULT_RATE})")
    place = video.add_mutually_exclusive_group()
    place.add_argument(
        "--offset", type=_seconds, default=0.0, metavar="SECONDS",
        help="added to every time: where the chat's first second lies in the video, such as 90 or -1:02:03",
    )  # fmt: skip
    place.add_argument(
        "--start", type=_moment, metavar="TIME",
        help="when the video begins, such as 2026-11-30T18:00:00Z, for logs whose lines have a date",
    )  # fmt: skip
    video.add_argument("--vod", type=_video_id, metavar="ADDRESS", help="its address or id on Twitch, for links")
    video.add_argument("--video", metavar="FILE", help="its file, as editing programs should look for it")


def joined(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with a negative offset held to its name: by itself it would be taken for an option."""
    found: list[str] = []
    for argument in arguments:
        if found and found[-1] == "--offset" and argument.startswith("-"):
            found[-1] = f"--offset={argument}"
        else:
            found.append(argument)
    return found


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of highlights")
    return int(text)


def _threshold(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not LOWEST_THRESHOLD <= number <= HIGHEST_THRESHOLD:
        raise argparse.ArgumentTypeError(f"{text!r} is not between {LOWEST_THRESHOLD} and {HIGHEST_THRESHOLD}")
    return number


def _seconds(text: str) -> float:
    """Return seconds of "90", "-12.5" or "1:02:03"."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    if not re.fullmatch(r"(\d+:){0,2}\d+(\.\d+)?", digits):
        raise argparse.ArgumentTypeError(f"{text!r} is no time: write seconds, or 1:02:03")
    total = 0.0
    for part in digits.split(":"):
        total = total * 60 + float(part)
    return sign * total


def _moment(text: str) -> int:
    """Return the second since 1970 of an ISO time; without a zone it is taken as it is written in the log."""
    try:
        when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: write it like 2026-11-30T18:00:00Z") from None
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())


def _video_id(text: str) -> str:
    found = VIDEO.fullmatch(text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no video: write its address, or the number in it")
    return found[1]
