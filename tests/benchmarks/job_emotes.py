"""The job's messages per CPU second with other providers' emotes, against the same job with Twitch's alone, in one run.

`python tests/benchmarks/job_emotes.py` loads the messages of job.py once, and catalogues of 700 emotes for each of its
channels, among them words that every second message has. The job reads them in turns with and without the catalogues,
each time in a process of its own. Its moments must be the same but for their emotes and words. The floor is 95 % of the
messages per CPU second. JOB_MESSAGES, JOB_ROUNDS: fewer or more. Writes results/job_emotes.json.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import emote_lookup  # beside this file
import job
from _result import write_result

from contracts import topics
from contracts.codec import decode
from contracts.moments import Moment
from embedded.processes.ports import free_ports
from embedded.servers.kafka import Kafka
from emote_catalogue.emote import CatalogueEmote
from emote_catalogue.versions import Versions

MESSAGES = int(os.environ.get("JOB_MESSAGES", "1500000"))
ROUNDS = int(os.environ.get("JOB_ROUNDS", "3"))
WRITTEN = ("lol", "gg", "insane", "omg", "haha")  # words of job.py that are emotes here
FLOOR = 0.95


def fill(path: Path) -> None:
    """Store a catalogue for each channel, known before the first message."""
    rng, versions = random.Random(1), Versions(path)
    own = [CatalogueEmote(f"w{number}", word) for number, word in enumerate(WRITTEN)]
    for channel in range(job.CHANNELS):
        known = [emote_lookup.emote(number) for number in emote_lookup.chosen(rng)]
        versions.apply(str(10_000_000 + channel), "7tv", own + known[: -len(own)], (job.START - 3600) * 1000)
    versions.close()


def run(bootstrap: str, catalogues: Path | None) -> dict[str, float]:
    """Run the job over all that is in Kafka and return its figures."""
    command = [sys.executable, job.__file__, "--run", "windows", "--texts", "--bootstrap", bootstrap]
    command += ["--catalogues", str(catalogues)] if catalogues else []
    done = subprocess.run(command, capture_output=True, text=True, timeout=job.RUN_SECONDS, check=False)
    if done.returncode:
        raise SystemExit(f"the job failed:\n{done.stderr[-4000:]}")
    figures: dict[str, float] = job.figures_in(done.stdout)
    return figures | {"messages_per_cpu_second": round(MESSAGES / figures["cpu_seconds"])}


def moments_in(emitted: dict[str, list[tuple[bytes | None, bytes | None]]]) -> list[Moment]:
    """Return a run's moments."""
    found = [decode(topics.MOMENTS.name, value or b"") for _, value in emitted[topics.MOMENTS.name]]
    return [each for each in found if isinstance(each, Moment)]


def compare(bootstrap: str, catalogues: Path) -> dict[str, object]:
    """Run both in turns; raise AssertionError if they find other moments or minutes."""
    since: dict[str, int] = {}
    runs: dict[str, list[dict[str, float]]] = {"with": [], "without": []}
    emitted: dict[str, list[dict[str, list[tuple[bytes | None, bytes | None]]]]] = {name: [] for name in runs}
    for turn in range(ROUNDS):
        for name in list(runs) if turn % 2 else list(runs)[::-1]:  # neither always runs first
            runs[name].append(run(bootstrap, catalogues if name == "with" else None))
            emitted[name].append(job.results(bootstrap, since))
            sys.stderr.write(f"{name}: {runs[name][-1]}\n")
    first, plain = emitted["with"][0], emitted["without"][0]
    assert all(each == first for each in emitted["with"]), "two runs with the same catalogues differ"
    assert first[topics.CHAT_COUNTS.name] == plain[topics.CHAT_COUNTS.name], "the minutes of counts differ"
    found, bare = moments_in(first), moments_in(plain)
    ids = [
        sorted((each.moment_id, each.revision_number, each.score, each.mood) for each in each) for each in (found, bare)
    ]
    assert found, "no moments: nothing was compared"
    assert ids[0] == ids[1], "the moments differ in more than their words and emotes"
    named = {emote.name for each in found for emote in each.evidence.emotes if emote.provider == "7tv"}
    assert named == set(WRITTEN), named
    with_, without = (statistics.median(each["messages_per_cpu_second"] for each in runs[name]) for name in runs)
    return {"runs": runs, "revisions": len(found), "share_of_without": round(with_ / without, 3), "floor": FLOOR}


def main() -> int:
    """Compare and write the result; return 1 if the floor is missed."""
    with tempfile.TemporaryDirectory() as directory, Kafka(Path(directory) / "kafka", *free_ports(2)) as server:
        job.load(server.bootstrap_servers, MESSAGES)
        catalogues = Path(directory) / "catalogues.sqlite"
        fill(catalogues)
        figures = compare(server.bootstrap_servers, catalogues)
    write_result("job_emotes", {"messages": MESSAGES, "channels": job.CHANNELS, **figures})
    return 0 if float(str(figures["share_of_without"])) >= FLOOR else 1


if __name__ == "__main__":
    raise SystemExit(main())
