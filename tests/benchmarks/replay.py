"""Messages that the replay reads per CPU second, on chat of three sizes and on recorded chat if there is any.

`python tests/benchmarks/replay.py` writes recordings of an hour with a burst every six minutes, at 2, 20 and 200
messages per second, and lists their peaks; CHAT_DATA adds the recordings of that folder. The floor is 300,000 per
second. A peak costs the same however many messages it has, so quiet chat takes longer per message. Writes
results/replay.json.
"""

import gzip
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from time import process_time

from _result import write_result

from chat_analysis.peak_lines import peak_lines
from moment_detection.detection.rules import RuleBook

RATES = (2, 20, 200)  # messages per second
SECONDS = 3600
BURST_EVERY, BURST_SECONDS, BURST_TIMES = 360, 8, 6
ROUNDS = 5
FLOOR = 300_000
WORDS = ("lol", "gg", "what", "no", "way", "insane", "nice", "clip", "omg", "haha", "why", "again", "LUL", "KEKW")


def recording(folder: Path, rate: int) -> Path:
    """Make a recording of an hour."""
    rnd, path = random.Random(rate), folder / f"rate-{rate}.jsonl"
    with path.open("w") as file:
        for second in range(SECONDS):
            loud = second > BURST_EVERY and second % BURST_EVERY < BURST_SECONDS
            count = max(0, round(rnd.gauss(rate, rate**0.5))) * (BURST_TIMES if loud else 1)
            for t in sorted(second + rnd.random() for _ in range(count)):
                text = " ".join(rnd.choices(WORDS, k=rnd.randint(1, 8)))
                file.write(json.dumps({"t": round(t, 3), "user": int(rate * 200 * rnd.random() ** 2), "text": text}))
                file.write("\n")
    return path


def speed(paths: Iterable[Path]) -> dict[str, float]:
    """Return the best of some rounds; the messages are counted, the peaks are listed."""
    paths = list(paths)
    messages = sum(path.open("rb").read().count(b"\n") for path in paths)
    best, lines = sys.float_info.max, 0
    for _ in range(ROUNDS):
        began = process_time()
        lines = sum(1 for path in paths for _ in peak_lines(path, RuleBook()))
        best = min(best, process_time() - began)
    return {"messages": messages, "peaks": lines, "messages_per_cpu_second": round(messages / best)}


def unpacked(folder: Path, recordings: Path) -> list[Path]:
    """Copy recorded chat without compression, so that both are read alike."""
    found = []
    for path in sorted(recordings.glob("*.jsonl.gz")):
        found.append(folder / path.name.removesuffix(".gz"))
        found[-1].write_bytes(gzip.decompress(path.read_bytes()))
    return found


def main() -> int:
    """Measure and write the result; return 1 if recorded chat (busy chat if there is none) misses the floor."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        figures: dict[str, dict[str, float]] = {
            f"{rate} messages per second": speed([recording(folder, rate)]) for rate in RATES
        }
        if data := os.environ.get("CHAT_DATA"):
            figures["recorded chat"] = speed(unpacked(folder, Path(data)))
    write_result("replay", {**figures, "floor": FLOOR})
    return 0 if list(figures.values())[-1]["messages_per_cpu_second"] >= FLOOR else 1


if __name__ == "__main__":
    raise SystemExit(main())
