"""The self-score on recorded chat: `make self-score`, `python -m evaluation.viewers`. CHAT_DATA as for `make evaluate`.

The recordings name one clip of each place and not who made it, so what two viewers agree on cannot be told from them.
What can: how many of the clipped places have a moment, at which thresholds, and how many would have one by chance.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from chat_analysis.recording import START, SUFFIXES, Recording, read_recording, recording_name
from chat_analysis.replay import play
from evaluation.report import table
from moment_detection.detection.outputs import PEAKED, ConfirmedPeak, Revision
from moment_detection.detection.rules import NAME, RuleBook, Rules
from moment_detection.settings import RuleSettings
from self_score.matching import SeenMoment
from self_score.places import SEVERAL, Place, ViewersClip, places_of
from self_score.sweep import Score, added, score_of
from service_runtime.settings import load_all

PREFIX = "sphynx"  # whose truth is viewers' clips
TRIED = (2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0)  # thresholds
LOUD = 3.0  # the score of a peak that says something
BIN_SECONDS, BINS = 30, range(-4, 5)  # around a clip's start
MS = 1000


class Judged(NamedTuple):
    """What the recordings say: their clips and places, the score of each threshold (None: as configured) where one
    viewer is enough, and loud peaks by their distance from a clip's start, in bins, with how many chance gives each.
    """

    clips: int
    places: int
    by_several: int
    hours: float
    scores: dict[float | None, Score]
    around: Counter[int]
    by_chance: float


def trials(book: RuleBook) -> list[Rules]:
    """Return the configured rules, and others that differ by their threshold alone."""
    ours = book.of("")[0]
    return [ours, *(replace(ours, threshold=each, name=f"at-{each:g}", shadow=True) for each in TRIED)]


def judge(folder: Path, book: RuleBook) -> Judged:
    """Judge all recordings. Raises OSError, ValueError, KeyError if the folder lacks them."""
    truth = json.loads((folder / "truth.json").read_text())
    rules = trials(book)
    paths = [path for path in sorted(folder.glob(f"{PREFIX}*")) if path.name.endswith(SUFFIXES)]
    if not paths:
        raise ValueError(f"no recording begins with {PREFIX}")
    clips, places, loud, seconds = 0, [], 0, 0
    scores: dict[float | None, list[Score]] = {each: [] for each in (None, *TRIED)}
    around: Counter[int] = Counter()
    for path in paths:
        recording = read_recording(path)
        clipped = clips_of(truth.get(recording_name(path), ()))
        found, peaks = played(recording, rules)
        here = places_of(clipped)
        for threshold in scores:
            moments = found[NAME if threshold is None else f"at-{threshold:g}"]
            scores[threshold].append(scored(here, moments, recording.length))
        around.update((peak - clip.from_at // MS) // BIN_SECONDS for clip in clipped for peak in peaks)
        clips, loud, seconds = clips + len(clipped), loud + len(peaks), seconds + recording.length
        places += here
    return Judged(
        clips=clips,
        places=len(places),
        by_several=sum(each.is_judge for each in places),
        hours=seconds / 3600,
        scores={threshold: added(each) for threshold, each in scores.items()},
        around=around,
        by_chance=loud / seconds * BIN_SECONDS * clips,
    )


def clips_of(segments: Iterable[dict[str, float]]) -> list[ViewersClip]:
    """Read the clips of a recording, of which each is another viewer's as far as is known."""
    return [
        ViewersClip(str(number), round(MS * each["start"]), round(MS * each["end"]), round(each.get("views", 0)))
        for number, each in enumerate(segments)
    ]


def played(recording: Recording, rules: Sequence[Rules]) -> tuple[dict[str, list[SeenMoment]], list[int]]:
    """Return the moments of each rule's detector, and the seconds of loud peaks."""
    found: dict[str, list[SeenMoment]] = {each.name: [] for each in rules}
    peaks = []
    for output in play(recording, rules):
        if isinstance(output, Revision) and output.number == PEAKED:
            times = MS * (output.crossed + 1 - START), MS * (output.peak + 1 - START)
            found[output.detector].append(SeenMoment(str(output.crossed), *times, output.score))
        elif isinstance(output, ConfirmedPeak) and output.score >= LOUD:
            peaks.append(output.peak + 1 - START)
    return found, peaks


def scored(places: Sequence[Place], moments: Sequence[SeenMoment], seconds: int) -> Score:
    """Score a recording, all of which was read; one viewer is enough."""
    judges = [each._replace(viewers=max(each.viewers, SEVERAL)) for each in places]
    return score_of(judges, moments, [(0, MS * seconds)], 0, MS * seconds)


def said(judged: Judged) -> str:
    """Say what it means, with the tables."""
    ours = judged.scores[None]
    lines = [
        f"**Viewers' clips as the judge** ({PREFIX}): {judged.hours:.1f} h, {judged.clips} clips at {judged.places} "
        f"places, of which {judged.by_several} were clipped by two or more. So the self-score that the site counts has "
        f"{judged.by_several} places here. Where one viewer is enough, {ours.whole.found} of {ours.places} places have "
        f"a moment, {ours.whole.by_chance:.1f} would by chance; of {ours.whole.moments} moments {ours.whole.clipped} "
        "were clipped.",
        "Each threshold played anew, with all else as configured:",
        thresholds(judged),
        f"Peaks of at least {LOUD:g} around the clips' starts; chance gives {judged.by_chance:.1f} in each "
        f"{BIN_SECONDS} s:",
        around_starts(judged),
    ]
    return "\n\n".join(lines)


def thresholds(judged: Judged) -> str:
    """Tabulate the thresholds."""
    rows = [["threshold", "moments per hour", "of them clipped", "places found", "by chance"]]
    for threshold, score in judged.scores.items():
        whole = score.whole
        share = whole.clipped / whole.moments if whole.moments else 0.0
        rows.append(
            [
                "as configured" if threshold is None else f"{threshold:g}",
                f"{whole.moments / judged.hours:.1f}",
                f"{whole.clipped} ({share:.0%})",
                f"{whole.found} of {score.places}",
                f"{whole.by_chance:.1f}",
            ]
        )
    return table(rows)


def around_starts(judged: Judged) -> str:
    """Tabulate the peaks by their distance from a clip's start."""
    heads = [f"{BIN_SECONDS * each} to {BIN_SECONDS * (each + 1)} s" for each in BINS]
    return table([heads, [str(judged.around[each]) for each in BINS]])


def main() -> int:
    """Print it; 2 without usable recordings."""
    folder = os.environ.get("CHAT_DATA")
    if not folder:
        sys.stderr.write("evaluation.viewers: set CHAT_DATA to a folder with recordings and truth.json\n")
        return 2
    (rules,) = load_all(RuleSettings)
    try:
        judged = judge(Path(folder), rules.rules())
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"evaluation.viewers: CHAT_DATA={folder} cannot be used: {error}\n")
        return 2
    sys.stdout.write(said(judged) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
