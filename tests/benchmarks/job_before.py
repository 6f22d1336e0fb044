"""The whole job against that of an earlier commit: messages per CPU second of both, in one run.

`python tests/benchmarks/job_before.py [--before COMMIT]` loads the messages of job.py once and lets the job of this
tree and that of the commit read them in turns, each in a process of its own. Their minutes of counts must be the same;
moments may differ if the commits detect differently. The floor is 80 % of the messages per CPU second. Writes
results/job_before.json.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import detector  # beside this file
import job
from _result import write_result

from contracts import topics
from embedded.processes.ports import free_ports
from embedded.servers.kafka import Kafka

MESSAGES = int(os.environ.get("JOB_MESSAGES", "3000000"))
ROUNDS = int(os.environ.get("JOB_ROUNDS", "2"))
FLOOR = 0.8


def run(tree: Path, bootstrap: str) -> dict[str, float]:
    """Run the job of a tree over all that is in Kafka and return its figures."""
    path = os.pathsep.join(str(tree / part) for part in ("libraries", "services"))
    command = [sys.executable, job.__file__, "--run", "windows", "--texts", "--bootstrap", bootstrap]
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=job.RUN_SECONDS, check=False, env=environment
    )
    if done.returncode:
        raise SystemExit(f"the job of {tree} failed:\n{done.stderr[-4000:]}")
    figures: dict[str, float] = job.figures_in(done.stdout)
    return figures | {"messages_per_cpu_second": round(MESSAGES / figures["cpu_seconds"])}


def compare(bootstrap: str, before: Path) -> dict[str, object]:
    """Run both in turns; raise AssertionError if their counts differ."""
    since: dict[str, int] = {}
    runs: dict[str, list[dict[str, float]]] = {"now": [], "before": []}
    emitted = []
    for _ in range(ROUNDS):
        for name, tree in (("now", detector.REPOSITORY), ("before", before)):
            runs[name].append(run(tree, bootstrap))
            emitted.append(job.results(bootstrap, since))
            sys.stderr.write(f"{name}: {runs[name][-1]}\n")
    counts = [each[topics.CHAT_COUNTS.name] for each in emitted]
    assert counts[0], "no minutes: nothing was compared"
    assert all(each == counts[0] for each in counts), "the jobs' minutes of counts differ"
    now, earlier = (statistics.median(each["messages_per_cpu_second"] for each in runs[name]) for name in runs)
    return {
        "runs": runs,
        "moments": {name: len({key for key, _ in emitted[n][topics.MOMENTS.name]}) for n, name in enumerate(runs)},
        "minutes_of_counts": len(counts[0]),
        "share_of_before": round(now / earlier, 2),
        "floor": FLOOR,
    }


def main() -> int:
    """Compare and write the result; return 1 if the floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", default=detector.BEFORE, help="commit to compare with")
    before = parser.parse_args().before
    with (
        tempfile.TemporaryDirectory() as directory,
        detector.tree(before) as earlier,
        Kafka(Path(directory) / "kafka", *free_ports(2)) as server,
    ):
        job.load(server.bootstrap_servers, MESSAGES)
        figures = compare(server.bootstrap_servers, earlier)
    write_result("job_before", {"messages": MESSAGES, "before": before, **figures})
    return 0 if float(str(figures["share_of_before"])) >= FLOOR else 1


if __name__ == "__main__":
    raise SystemExit(main())
