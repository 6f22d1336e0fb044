"""Runs the detector over recorded chat and writes its alerts: `python -m clip_detector.replay NAME… > alerts.jsonl`.

Recorded chat is CHAT_DATA/NAME.jsonl.gz, one {"t": seconds, "user": number, "text": …} a line, in time order.
NAME is a recording or a prefix ("sphynx"). An alert's `t` is the second at which a live system would have raised it,
its `score` the peak's, which ranks moments by intensity.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from pydantic import DirectoryPath, Field
from pydantic_settings import BaseSettings

from clip_detector.detector import Detector, Rules
from clip_detector.emissions import CLOSED, Emission, Revision
from service_runtime.settings import load_all

START = 1_500_000_000  # any second: the recordings begin at 0
TAIL_SECONDS = 600  # after the last message; closes what is open


class ReplaySettings(BaseSettings):
    """Where the recordings are."""

    chat_data: DirectoryPath = Field(description="folder of recorded chat, CHAT_DATA")


def read_seconds(path: Path) -> Iterator[tuple[int, int, int]]:
    """(second, messages, distinct chatters) of a recording, second 0 being its start."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        messages = (json.loads(line) for line in lines)
        for second, said in groupby(messages, key=lambda message: int(message["t"])):
            users = [message["user"] for message in said]
            yield second, len(users), len(set(users))


def alerts(seconds: Iterator[tuple[int, int, int]], rules: Rules) -> Iterator[dict[str, float]]:
    """Each moment of a recording as an alert."""
    detector = Detector(rules)
    last = 0
    for second, messages, chatters in seconds:
        last = second
        yield from _closed(detector.second(START + second, messages, chatters))
    yield from _closed(detector.advance(START + last + TAIL_SECONDS))


def _closed(told: list[Emission]) -> Iterator[dict[str, float]]:
    for revision in told:
        if isinstance(revision, Revision) and revision.number == CLOSED:
            yield {"t": revision.crossed + 1 - START, "score": round(revision.score, 4)}


def main() -> int:
    """Write the alerts of the named recordings to standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", help="recordings, or prefixes of their names")
    parser.add_argument("--threshold", type=float, default=Rules.threshold)
    parser.add_argument("--rearm-share", type=float, default=Rules.rearm_share)
    chosen = parser.parse_args()
    (found,) = load_all(ReplaySettings)
    rules = Rules(chosen.threshold, chosen.rearm_share)
    for path in sorted(found.chat_data.glob("*.jsonl.gz")):
        name = path.name.removesuffix(".jsonl.gz")
        if name.startswith(tuple(chosen.names)):
            for alert in alerts(read_seconds(path), rules):
                sys.stdout.write(json.dumps({"name": name, **alert}) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
