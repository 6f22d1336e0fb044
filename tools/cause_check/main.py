"""Prints how well causes and moods are told: `python -m cause_check [--plays 100] [--seed 70000]`, or `make causes`.

Made-up plays and true bursts run through collector, rows and detector; with CHAT_DATA, the moments that people chose
and the hand-labelled peaks too.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from cause_check import labels, table, trial
from cause_check.recordings import happenings, reaction_share, read_said, recording_path, scene
from cause_check.table import Rate
from chat_analysis.replay import ReplayLine, recordings, replay
from moment_detection.causes.causes import RAID_SECONDS, RAID_VIEWERS, find_causes
from moment_detection.causes.reactions import may_clip
from moment_detection.detection.rules import RuleBook
from moment_detection.evidence.chat_message import ChatMessage

LABELLED = "kappa-108244967"  # whose highlights people chose
AFTER_SECONDS = 30  # a moment this long after a highlight's end is still of it
SETS = ("kappa", "sphynx", "bocru")


def made_up(number: int, seed: int) -> Iterator[str]:
    """Recall and false positives on made-up chat."""
    yield f"Causes, {number} plays of each (seed {seed}); a play that raises no moment needs no cause"
    yield from table.lines(table.plays(number, seed), "recall", "not clipped")
    yield ""
    yield f"True bursts, {number} of each"
    yield from table.lines(table.true_bursts(number, seed), "right causes", "may be clipped")


def real(folder: Path) -> Iterator[str]:
    """What is called a cause in recorded chat."""
    rules = RuleBook({})
    yield "Recorded chat: moments of the detector, and those with a cause (a recording has no notices)"
    raided: list[tuple[bool, bool]] = []
    for beginning in SETS:
        found: list[ReplayLine] = []
        for path in recordings([beginning]):
            moments = [line for line in replay(path, rules) if line.raised is not None]
            raided += at_raids(read_said(path), moments)
            found += moments
        named = [line for line in found if line.causes]
        counts = Counter(cause for line in named for cause in line.causes)
        yield f"{beginning:10} {Rate(len(named), len(found))}  {dict(counts)}"
        if beginning == LABELLED.partition("-")[0]:
            truth = json.loads((folder / "truth.json").read_text())[LABELLED]
            true = [line for line in found if any(_hits(line, each) for each in truth)]
            called = Rate(sum(bool(line.causes) for line in true), len(true))
            yield f"{'':10} {called}  of them in highlights that people chose"
    names, clips = sum(named for named, _ in raided), sum(clip for named, clip in raided if named)
    yield f"moments within {RAID_SECONDS} s of a real raid, told of as a notice: named {Rate(names, len(raided))}"
    yield f"  of these a crowd reacts beside it and may be clipped: {clips}"


def _hits(line: ReplayLine, highlight: dict[str, float]) -> bool:
    return highlight["start"] <= line.t <= highlight["end"] + AFTER_SECONDS


def at_raids(said: Sequence[ChatMessage], moments: Sequence[ReplayLine]) -> Iterator[tuple[bool, bool]]:
    """For each moment at a raid: whether the raid is named, and whether a clip is made all the same."""
    raids = [each.second for each in happenings(said) if each.amount >= RAID_VIEWERS]
    for line in moments:
        crossed, peak = (line.raised or line.peak) - 1, line.peak - 1
        if any(crossed - RAID_SECONDS <= second <= peak for second in raids):
            seen = scene(said, crossed, peak, 1)
            found = find_causes(seen)
            yield "raid" in found, may_clip(seen, found)


def ordinary_reactions(folder: Path) -> Iterator[str]:
    """The share of lines with a mood in all recorded chat, for the constant of that name."""
    for beginning in SETS:
        names = sorted(path.name.removesuffix(".jsonl.gz") for path in folder.glob(f"{beginning}-*.jsonl.gz"))
        said = [message for name in names for message in read_said(recording_path(folder, name))]
        yield f"{beginning:10} lines with a mood: {reaction_share(said):.2f}"
    made = [ChatMessage(0, "", "", "[]", text.text) for pool in trial.pools().values() for text in pool]
    yield f"{'made up':10} lines with a mood: {reaction_share(made):.2f}"


def agreement(folder: Path) -> Iterator[str]:
    """How far the labels agree."""
    every = labels.read_labels()
    pairs = dict(labels.scenes(folder, every))
    for name, half in (("tuned on", every[0::2]), ("held out", every[1::2]), ("all", every)):
        agreed = labels.moods((label, pairs[label]) for label in half)
        yield f"mood, {name:9}: {agreed.total} moments, equal {agreed.accuracy:.0%}, Cohen's kappa {agreed.kappa:.2f}"
    yield "person -> program, all that differ: " + ", ".join(
        f"{person} -> {program} {count}"
        for (person, program), count in sorted(agreed.pairs.items())
        if person != program
    )
    told = labels.causes((label, pairs[label]) for label in every)
    yield f"cause: {told.total} moments, equal {told.accuracy:.0%}, Cohen's kappa {told.kappa:.2f}: {dict(told.pairs)}"


def main() -> int:
    """Print everything."""
    parser = argparse.ArgumentParser(prog="python -m cause_check", description=__doc__)
    parser.add_argument("--plays", type=int, default=100, help="of each kind")
    parser.add_argument("--seed", type=int, default=70_000, help="the rules were made with other seeds, all below it")
    chosen = parser.parse_args()
    folder = os.environ.get("CHAT_DATA")
    sections = [made_up(chosen.plays, chosen.seed)]
    if folder:
        sections += [real(Path(folder)), ordinary_reactions(Path(folder)), agreement(Path(folder))]
    for section in sections:
        for line in section:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        sys.stdout.write("\n")
    if not folder:
        sys.stdout.write("Without CHAT_DATA (folder of recorded chat) nothing more can be said.\n")
    return 0
