"""Prints how well causes and moods are found: `python -m cause_check [--plays 100] [--seed 70000]`, or `make causes`.

Simulated plays and true bursts run through parser, rows and detector; with CHAT_DATA, so do the moments of recorded
chat, and the program's labels are compared with a person's.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from cause_check import results
from cause_check.agreement import compare_causes, compare_moods
from cause_check.labels import RAISED, labelled_moments, read_labels
from cause_check.rate import Rate
from cause_check.recorded_moments import context_at, mood_share, raids_in, read_messages, recording_path
from cause_check.trial_channel import ordinary_texts
from chat_analysis.peak_lines import PeakLine, peak_lines
from chat_analysis.recording import find_recordings
from moment_detection.causes.causes import RAID_SECONDS, RAID_VIEWERS, find_causes
from moment_detection.causes.reactions import may_clip
from moment_detection.detection.rules import RuleBook
from moment_detection.evidence.chat_message import ChatMessage

HIGHLIGHTED = "kappa-108244967"  # whose highlights people chose
AFTER_SECONDS = 30  # a moment this long after a highlight's end still belongs to it
CHANNELS = ("kappa", "sphynx", "bocru")


def simulated_chat(number: int, seed: int) -> Iterator[str]:
    """Report recall and false positives on simulated chat."""
    yield f"Causes, {number} plays of each (seed {seed}); recall is of the plays that raise a moment"
    yield from results.table(results.plays(number, seed), named="recall", right="not clipped")
    yield ""
    yield f"True bursts, {number} of each"
    yield from results.table(results.true_bursts(number, seed), named="right causes", right="may be clipped")


def recorded_chat(folder: Path) -> Iterator[str]:
    """Report which moments of recorded chat are given a cause."""
    rules = RuleBook({})
    yield "Recorded chat: the detector's moments, and the share with a cause (recordings have no notices)"
    at_raids: list[tuple[bool, bool]] = []
    for channel in CHANNELS:
        moments: list[PeakLine] = []
        for path in find_recordings([channel]):
            found = [line for line in peak_lines(path, rules) if line.raised is not None]
            at_raids += moments_at_raids(read_messages(path), found)
            moments += found
        with_cause = [line for line in moments if line.causes]
        counts = Counter(cause for line in with_cause for cause in line.causes)
        with_mood = Rate(sum(line.mood is not None for line in moments), len(moments))
        yield f"{channel:10} {Rate(len(with_cause), len(moments))}  {dict(counts)}"
        yield f"{'':10} {with_mood}  of them with a mood"
        if HIGHLIGHTED.startswith(channel):
            yield f"{'':10} {in_highlights(folder, moments)}  of them in highlights that people chose"
    named, clips = sum(named for named, _ in at_raids), sum(clip for named, clip in at_raids if named)
    yield f"moments within {RAID_SECONDS} s of a real raid, given its notice: cause found {Rate(named, len(at_raids))}"
    yield f"  may be clipped, since people also react to the stream: {clips}"


def in_highlights(folder: Path, moments: Sequence[PeakLine]) -> Rate:
    """Return how many of the moments in chosen highlights are given a cause."""
    highlights = json.loads((folder / "truth.json").read_text())[HIGHLIGHTED]
    true = [line for line in moments if any(_is_in(line, each) for each in highlights)]
    return Rate(sum(bool(line.causes) for line in true), len(true))


def _is_in(line: PeakLine, highlight: dict[str, float]) -> bool:
    return highlight["start"] <= line.t <= highlight["end"] + AFTER_SECONDS


def moments_at_raids(messages: Sequence[ChatMessage], moments: Sequence[PeakLine]) -> Iterator[tuple[bool, bool]]:
    """Yield for each moment at a raid: whether the raid is found, and whether it may be clipped nevertheless."""
    raids = [each.second for each in raids_in(messages) if each.amount >= RAID_VIEWERS]
    for line in moments:
        crossed, peak = (line.raised or line.peak) - 1, line.peak - 1
        if any(crossed - RAID_SECONDS <= second <= peak for second in raids):
            context = context_at(messages, crossed=crossed, peak=peak, stream_started=1)
            causes = find_causes(context)
            yield "raid" in causes, may_clip(context, causes)


def ordinary_reactions(folder: Path) -> Iterator[str]:
    """Report the share of messages with a mood in recorded chat and in ours: what `ORDINARY_REACTIONS` is set from."""
    for channel in CHANNELS:
        names = sorted(path.name.removesuffix(".jsonl.gz") for path in folder.glob(f"{channel}-*.jsonl.gz"))
        messages = [message for name in names for message in read_messages(recording_path(folder, name))]
        yield f"{channel:10} messages with a mood: {mood_share(messages):.2f}"
    simulated = [ChatMessage(0, "", "", "[]", text.text) for texts in ordinary_texts().values() for text in texts]
    yield f"{'simulated':10} messages with a mood: {mood_share(simulated):.2f}"


def agreement(folder: Path) -> Iterator[str]:
    """Report how far a person's labels and the program's agree."""
    labels = read_labels()
    contexts = dict(labelled_moments(folder, labels))
    for name, part in (("tuned on", labels[0::2]), ("held out", labels[1::2]), ("all", labels)):
        moods = compare_moods((label, contexts[label]) for label in part)
        yield f"mood, {name:9}: {moods.total} moments, equal {moods.accuracy:.0%}, Cohen's kappa {moods.kappa:.2f}"
    yield "person -> program, all differences: " + ", ".join(
        f"{person} -> {program} {count}"
        for (person, program), count in sorted(moods.pairs.items())
        if person != program
    )
    causes = compare_causes((label, contexts[label]) for label in labels)
    agreed = f"equal {causes.accuracy:.0%}, Cohen's kappa {causes.kappa:.2f}"
    yield f"cause: {causes.total} moments, {agreed}: {dict(causes.pairs)}"
    raised = compare_moods(labelled_moments(folder, read_labels(RAISED)))
    yield f"mood, raised  : {raised.total} moments, equal {raised.accuracy:.0%}, right where given {raised.precision}"


def main() -> int:
    """Print every section."""
    parser = argparse.ArgumentParser(prog="python -m cause_check", description=__doc__)
    parser.add_argument("--plays", type=int, default=100, help="of each kind")
    parser.add_argument("--seed", type=int, default=70_000, help="the rules were tuned with seeds below 70000 only")
    chosen = parser.parse_args()
    folder = os.environ.get("CHAT_DATA")
    sections = [simulated_chat(chosen.plays, chosen.seed)]
    if folder:
        sections += [recorded_chat(Path(folder)), ordinary_reactions(Path(folder)), agreement(Path(folder))]
    for section in sections:
        for line in section:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        sys.stdout.write("\n")
    if not folder:
        sys.stdout.write("Set CHAT_DATA to a folder of recorded chat to check that as well.\n")
    return 0
