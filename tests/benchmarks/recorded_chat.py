"""Highlights of recorded chat: seconds and memory for 500,000 messages of each form, 5 million of ours, and 2 GB.

`python tests/benchmarks/recorded_chat.py` makes the files in a temporary folder (3 GB), runs the program on each as a
process of its own with page and lists, and writes results/recorded_chat.json. The program has one thread, so what is
owed is held against its processor seconds: `seconds` are longer where others are busy, and `load` says so. The plain
way to compare with is to load a file with `json.load`, or all of its lines. `SMALL=1` makes a hundredth, for a look.
"""

import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from _bounds import Bound, judge, missed
from _chat_files import FOREIGN, own, twitch_downloader, write
from _result import write_result

SCALE = 100 if os.environ.get("SMALL") else 1
MESSAGES, OWN_MESSAGES = 500_000 // SCALE, 5_000_000 // SCALE
LARGE_BYTES, LARGE_MESSAGES = (2 << 30) // SCALE, 1_000_000 // SCALE
PLAIN = "import json,sys; file=open(sys.argv[1],encoding='utf-8'); json.load(file)"
PLAIN_LINES = "import sys; lines=open(sys.argv[1],encoding='utf-8').readlines()"
SECONDS, MEGABYTES = 60.0, 500.0  # owed


def run(arguments: list[str]) -> dict[str, float]:
    """Run a Python program; returns wall and processor seconds, and its memory at most. Raises if it fails."""
    began = time.monotonic()
    process = os.posix_spawn(
        sys.executable, [sys.executable, *arguments], os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )  # fmt: skip
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{arguments} ended with {status}")
    return {
        "seconds": round(time.monotonic() - began, 2),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "memory_mb": round(usage.ru_maxrss / 1024, 1),
    }


def highlights(path: Path) -> dict[str, float]:
    """Measure the whole program with its page and lists."""
    lists = [f"--{name}={path.parent / name}" for name in ("out", "html", "csv", "json", "edl", "premiere")]
    return {"megabytes": round(path.stat().st_size / 1e6, 1)} | run(["-m", "chat_analysis", str(path), *lists])


def compared(path: Path) -> dict[str, float]:
    """Measure the program, and how much of the plain way's time and memory it takes."""
    found = highlights(path)
    plain = run(["-c", PLAIN if path.suffix == ".json" else PLAIN_LINES, str(path)])
    return found | {
        "plain_seconds": plain["seconds"],
        "plain_memory_mb": plain["memory_mb"],
        "memory_ratio": round(found["memory_mb"] / plain["memory_mb"], 2),
    }


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """Measure one file after the other, so that the disk holds one."""
    figures = {}
    for form, writer in FOREIGN.items():
        is_json = form in ("TwitchDownloader", "chat-downloader, indented")
        path = write(folder / f"chat{'.json' if is_json else '.log'}", partial(writer, MESSAGES))
        figures[f"{MESSAGES:,} messages, {form}"] = compared(path)
        path.unlink()
    path = write(folder / "own.jsonl", partial(own, OWN_MESSAGES))
    figures[f"{OWN_MESSAGES:,} messages of our own"] = highlights(path)
    path.unlink()
    large = partial(twitch_downloader, LARGE_MESSAGES, embedded=LARGE_BYTES // 2)
    path = write(folder / "large.json", large)
    figures["2 GB of TwitchDownloader, half of it pictures"] = highlights(path)
    path.unlink()
    return figures


def main() -> int:
    """Measure and write the result; return 1 if what is owed is missed."""
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder))
    flat = {f"{name}: {figure}": value for name, found in figures.items() for figure, value in found.items()}
    bounds = [Bound(f"{name}: cpu_seconds", SECONDS, SECONDS / 2) for name in figures if "GB" not in name]
    bounds += [Bound(f"{name}: memory_mb", MEGABYTES, MEGABYTES / 2) for name in figures if "our own" not in name]
    table = judge(flat, bounds)
    write_result("recorded_chat", {"load": [round(each, 1) for each in os.getloadavg()], **figures, "owed": table})
    for line in missed(table):
        sys.stderr.write(f"{line}\n")
    return 1 if missed(table) else 0


if __name__ == "__main__":
    raise SystemExit(main())
