"""The detector alone: messages per CPU second against an earlier commit, bytes of state, memory of 10,000 channels.

`python tests/benchmarks/detector.py [--before COMMIT]` gives the same generated rows to the channel of this tree and to
that of the commit, in turns, each in a process of its own, and keeps the medians in results/detector.json. A row costs
what the job's operator does with it: `Channel.row`, then the state as bytes. The rest of the job is as it was, so that
the difference, added to what a message cost there (results/job.json), is what the whole job lost.
"""

import argparse
import gc
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

import psutil

REPOSITORY = Path(__file__).resolve().parents[2]
BEFORE = "00b4f86"  # the last commit that packed its state by struct
START = 1_790_000_040  # second
SECONDS = int(os.environ.get("DETECTOR_BENCH_SECONDS", "7200"))
MESSAGES = 14  # per second, as in job.py
BURSTS_AN_HOUR, BURST_SECONDS, BURST_TIMES = 10, 8, 6
CHATTERS = 4000
ROUNDS = 5
CHANNELS = 10_000  # in one job
QUIET = 1  # messages per second of each of many channels; all of Twitch has fewer
WORDS = ("lol", "gg", "what", "no", "way", "insane", "nice", "clip", "omg", "haha", "why", "again")


def texts(rnd: random.Random, count: int) -> list[str]:
    """Make the pieces of one second, see evidence.py."""
    return [
        f"{rnd.randrange(CHATTERS):016x}\x1f{rnd.getrandbits(32):08x}\x1f[]\x1f{' '.join(rnd.choices(WORDS, k=3))}"
        for _ in range(count)
    ]


def rows(rate: int, count: int) -> list[tuple[int, int, int, str, None]]:
    """Make a channel's seconds with bursts, as the SQL passes them on."""
    rnd, found = random.Random(1), []
    span = 3600 // BURSTS_AN_HOUR
    for second in range(count):
        loud = second > span and second % span < BURST_SECONDS
        pieces = texts(rnd, max(1, round(rnd.gauss(rate, rate**0.5))) * (BURST_TIMES if loud else 1))
        people = len({piece.partition("\x1f")[0] for piece in pieces})
        found.append((START + second, len(pieces), people, "\x1e".join(pieces), None))
    return found


def new_channel() -> tuple[object, object]:
    """Make a channel of the tree that this process imports from, and its texts."""
    from moment_detection.channel import Channel, DictSlots
    from moment_detection.detection.detector import Detector
    from moment_detection.detection.rules import Rules

    slots = DictSlots()
    return Channel("7", Detector(Rules()), slots), slots


def speed() -> dict[str, float]:
    """Return the CPU seconds of a channel's rows."""
    from moment_detection.channel import SecondRow
    from moment_detection.detection.state import pack

    given = [SecondRow(*row) for row in rows(MESSAGES, SECONDS)]
    channel, _ = new_channel()
    records = 0
    began = process_time()
    for row in given:
        records += len(channel.row(row))
        pack(channel.detector)
    used = process_time() - began
    return {"messages": sum(row.messages for row in given), "cpu_seconds": used, "records": records}


def state() -> dict[str, float]:
    """Return the bytes of a channel's state: after an hour of chat, with every peak, asleep; and of 10,000 channels."""
    from moment_detection.channel import Channel, DictSlots, SecondRow
    from moment_detection.detection.peak_history import OLDER_LIMIT, RATE_SECONDS, PastPeak
    from moment_detection.detection.rules import Rules
    from moment_detection.detection.state import pack, unpack

    channel, slots = new_channel()
    for row in rows(QUIET, 3600):
        channel.row(SecondRow(*row))
    packed = pack(channel.detector)
    kept = sum(len(text.encode()) for text in slots.slots.values())
    before = psutil.Process().memory_info().rss
    many = []
    for number in range(CHANNELS):
        own = DictSlots()
        own.slots = dict(slots.slots)
        many.append(Channel(str(number), unpack(packed, Rules()), own))
    gc.collect()
    grown = psutil.Process().memory_info().rss - before
    history = channel.detector.moment_rules[0].history
    history.peaks = [PastPeak(START + 60 * n, 400.0 - n, 1) for n in range(RATE_SECONDS // 60 + OLDER_LIMIT)]
    most = len(pack(channel.detector))
    channel.advance(START + 3600 + 900)
    history.peaks = []
    return {
        "state_bytes": len(packed),
        "state_bytes_at_most": most,
        "state_bytes_asleep": len(pack(channel.detector)),
        "text_bytes": kept,
        "channels": len(many),
        "python_mb": round(grown / 2**20),
        "packed_mb": round(CHANNELS * (len(packed) + kept) / 2**20),
    }


@contextmanager
def tree(commit: str) -> Iterator[Path]:
    """Extract the files of a commit into a folder of their own."""
    with tempfile.TemporaryDirectory() as directory:
        git = ["git", "-C", str(REPOSITORY)]
        archive = subprocess.run([*git, "archive", commit, "libraries", "services"], capture_output=True, check=True)
        subprocess.run(["tar", "-x", "-C", directory], input=archive.stdout, check=True)
        yield Path(directory)


def measure(source: Path, what: str) -> dict[str, float]:
    """Run one measurement in a process that imports from `source`."""
    path = os.pathsep.join(str(source / part) for part in ("libraries", "services"))
    command = [sys.executable, __file__, "--run", what]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": path})
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> int:
    """Compare and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", default=BEFORE, help="commit to compare with")
    parser.add_argument("--run", choices=("speed", "state"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        sys.stdout.write(json.dumps(speed() if options.run == "speed" else state()))
        return 0
    from _result import RESULTS, write_result

    found: dict[str, list[float]] = {"now": [], "before": []}
    with tree(options.before) as earlier:
        for _ in range(ROUNDS):
            for name, source in (("now", REPOSITORY), ("before", earlier)):
                figures = measure(source, "speed")
                found[name].append(figures["messages"] / figures["cpu_seconds"])
    now, before = (statistics.median(found[name]) for name in ("now", "before"))
    job = json.loads((RESULTS / "job.json").read_text())["with texts"]["windows"]["messages_per_cpu_second"]
    write_result(
        "detector",
        {
            "messages_per_cpu_second": round(now),
            "messages_per_cpu_second_before": round(before),
            "more_microseconds_a_message": round(1e6 / now - 1e6 / before, 2),
            "share_of_the_job_before": round((1 / job) / (1 / job + 1 / now - 1 / before), 2),
            **measure(REPOSITORY, "state"),
        },
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
