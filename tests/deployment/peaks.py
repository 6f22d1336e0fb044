"""The most memory that each container was seen to use, beside its limit, and what the machine killed for it."""

import re
import subprocess
import threading
from collections import defaultdict
from collections.abc import Iterable

LOOK_SECONDS = 10.0
ONCE = {"roles", "migrate", "kafka-init", "backup"}  # each runs and ends
UNITS = {"B": 1e-6, "KiB": 2**10 / 1e6, "MiB": 2**20 / 1e6, "GiB": 2**30 / 1e6}
COMPOSE = '{{index .Config.Labels "com.docker.compose.service"}} {{.State.OOMKilled}}'
Peaks = dict[str, tuple[float, float]]  # by container: MB used, MB allowed


def megabytes(size: str) -> float:
    """Return a size as Docker prints it."""
    number, unit = re.fullmatch(r"([\d.]+)(\w+)", size).groups()  # type: ignore[union-attr]
    return float(number) * UNITS[unit]


def docker(*words: str) -> list[str]:
    """Return the lines that Docker prints; none if a container went away meanwhile."""
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=False).stdout.splitlines()


def killed_for_memory(project: str) -> list[str]:
    """Return the services of a project of which the kernel killed a process, as their memory was full."""
    containers = docker("ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={project}")
    told = [line.split() for line in docker("inspect", "--format", COMPOSE, *containers)] if containers else []
    return [service for service, killed in told if killed == "true"]


class Watch:
    """Looks at all containers of these projects every few seconds, until it is stopped."""

    def __init__(self, projects: Iterable[str]) -> None:
        self._projects = tuple(projects)
        self._peaks: dict[str, Peaks] = defaultdict(dict)
        self._sums: dict[str, float] = defaultdict(float)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """Look once."""
        used: dict[str, float] = defaultdict(float)
        for line in docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}"):
            name, now, _, limit = line.split()
            project = next((each for each in self._projects if name.startswith(f"{each}-")), None)
            if project is None or limit == "0B":
                continue
            service = re.sub(r"-\d+$", "", name.removeprefix(f"{project}-"))
            before = self._peaks[project].get(service, (0.0, 0.0))[0]
            self._peaks[project][service] = (max(before, megabytes(now)), megabytes(limit))
            used[project] += megabytes(now)
        for project, total in used.items():
            self._sums[project] = max(self._sums[project], total)

    def table(self) -> str:
        """Return a table: each container's most and its limit, MB, and each machine's most at one time."""
        lines = ["| container | most, MB | limit, MB | share |", "|---|---|---|---|"]
        for project, peaks in self._peaks.items():
            for service, (most, limit) in sorted(peaks.items()):
                lines.append(f"| {project} {service} | {most:.0f} | {limit:.0f} | {most / limit:.0%} |")
            allowed = sum(limit for service, (_, limit) in peaks.items() if service not in ONCE)
            lines.append(f"| **{project}, at one time** | {self._sums[project]:.0f} | {allowed:.0f} | |")
        return "\n".join(lines)

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join()
